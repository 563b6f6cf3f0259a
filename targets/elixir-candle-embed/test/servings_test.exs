defmodule Embed.ServingsTest do
  use ExUnit.Case

  alias Embed.{Batcher, Servings}

  for count <- [1, 2, 3] do
    test "#{count} take turns, whichever process asks" do
      # Answers with the serving that computed it.
      for name <- Servings.take_turns(unquote(count)) do
        run = fn serving, texts -> Enum.map(texts, fn _ -> {:ok, serving} end) end
        start_supervised!(Supervisor.child_spec({Batcher, name: name, sessions: [name], run: run, size: 4}, id: name))
      end

      asked = for _ <- 1..30, do: Servings.embed([1])
      from_others = for _ <- 1..30, do: Task.await(Task.async(fn -> Servings.embed([1]) end))
      at_once = 1..30 |> Enum.map(fn _ -> Task.async(fn -> Servings.embed([1]) end) end) |> Task.await_many()

      for answers <- [asked, from_others, at_once] do
        counts = answers |> Enum.frequencies() |> Map.values()
        assert counts == List.duplicate(div(30, unquote(count)), unquote(count))
      end
    end
  end
end
