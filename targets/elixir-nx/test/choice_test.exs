# Copied from templates/elixir-nx/test/choice_test.exs: change it there, then run node scripts/copy-templates.mjs.
defmodule EmbedNx.ChoiceTest do
  use ExUnit.Case, async: true

  alias EmbedNx.Choice

  test "servings take turns, whichever process asks" do
    choice = Choice.new(2, :turns)
    taken = for _ <- 1..100, do: fn -> Choice.next(choice) end |> Task.async() |> Task.await()
    assert Enum.frequencies(taken) == %{1 => 50, 2 => 50}
  end

  test "all are taken at random, and none that is not there" do
    choice = Choice.new(3, :random)
    assert 1..1000 |> Enum.map(fn _ -> Choice.next(choice) end) |> Enum.uniq() |> Enum.sort() == [1, 2, 3]
  end

  test "one serving is no choice" do
    assert for(kind <- [:turns, :random], do: Choice.next(Choice.new(1, kind))) == [1, 1]
  end
end
