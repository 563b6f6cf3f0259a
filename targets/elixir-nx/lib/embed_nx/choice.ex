# Copied from templates/elixir-nx/lib/embed_nx/choice.ex: change it there, then run node scripts/copy-templates.mjs.
defmodule EmbedNx.Choice do
  @moduledoc """
  Which of several servings takes a text: each in turn, or any.

  Turns are a count of all texts. `:erlang.unique_integer/1` will not do: on a scheduler it goes up in steps that a small number divides, so
  that its remainder is always the same, and one serving gets all texts.
  """

  @type t :: {count :: pos_integer(), :turns | :random, :atomics.atomics_ref()}

  @spec new(pos_integer(), :turns | :random) :: t()
  def new(count, choice) when choice in [:turns, :random], do: {count, choice, :atomics.new(1, signed: false)}

  @doc "A number from 1 to the count."
  @spec next(t()) :: pos_integer()
  def next({1, _choice, _calls}), do: 1
  def next({count, :turns, calls}), do: rem(:atomics.add_get(calls, 1, 1), count) + 1
  def next({count, :random, _calls}), do: :rand.uniform(count)
end
