defmodule Embed.Servings do
  @moduledoc """
  The servings of this node, which take turns: one, or as many as are asked for. A serving is what Nx.Serving is, without
  its timeout: a process that computes together what waits together (`Embed.Batcher`).
  """

  alias Embed.{Batcher, Model}

  @doc "The names of so many servings, between which `embed/1` alternates from now on. Whoever asks starts them."
  @spec take_turns(pos_integer()) :: [atom()]
  def take_turns(count) do
    names = for n <- 1..count, do: :"#{__MODULE__}.#{n}"
    :persistent_term.put(__MODULE__, {List.to_tuple(names), :atomics.new(1, signed: false)})
    names
  end

  @spec embed(Model.ids()) :: {:ok, Model.answer()} | {:failed, reason :: term()}
  def embed(ids), do: Batcher.call(next(), ids)

  # A count of all calls. `:erlang.unique_integer/1` will not do: on a scheduler it goes up in steps that a small number divides, so its
  # remainder is always the same.
  defp next do
    {names, calls} = :persistent_term.get(__MODULE__)
    elem(names, rem(:atomics.add_get(calls, 1, 1), tuple_size(names)))
  end
end
