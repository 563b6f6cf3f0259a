defmodule Embed.ServingsTest do
  use ExUnit.Case

  alias Embed.{Serving, Servings}

  for count <- [1, 2, 3] do
    test "#{count} take turns, whichever process asks" do
      for name <- Servings.take_turns(unquote(count)) do
        run = fn inputs -> Enum.map(inputs, fn _ -> name end) end
        start_supervised!(Supervisor.child_spec({Serving, name: name, run: run, size: 1, timeout: 0}, id: name))
      end

      asked = for _ <- 1..30, do: Servings.embed([1])
      from_others = for _ <- 1..30, do: Task.await(Task.async(fn -> Servings.embed([1]) end))

      for answers <- [asked, from_others] do
        counts = answers |> Enum.frequencies() |> Map.values()
        assert counts == List.duplicate(div(30, unquote(count)), unquote(count))
      end
    end
  end
end
