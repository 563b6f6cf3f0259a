defmodule Embed.Servings do
  @moduledoc "The servings of this node: one, or as many as are asked for, which take turns."

  alias Embed.{Serving, Settings}

  @spec names() :: [atom()]
  def names, do: for(n <- 1..Settings.get().servings, do: name(n))

  @spec embed([pos_integer()]) :: {:ok, [float()]} | {:error, term()}
  def embed(ids) do
    turn = rem(:erlang.unique_integer([:positive]), Settings.get().servings) + 1
    turn |> name() |> Serving.call(ids)
  end

  defp name(n), do: :"#{Serving}.#{n}"
end
