# Copied from templates/elixir-nx/lib/embed_nx/rows.ex: change it there, then run node scripts/copy-templates.mjs.
defmodule EmbedNx.Rows do
  @moduledoc """
  How many rows a run has. A model is compiled for fixed shapes, so a run is padded to one of them: a text that is alone
  should not cost what a full batch does.
  """

  @doc "Numbers of rows to compile for: `:full` is the batch size alone, `:fitting` has the powers of two below it as well."
  @spec sizes(:full | :fitting, pos_integer()) :: [pos_integer(), ...]
  def sizes(:full, batch_size), do: [batch_size]

  def sizes(:fitting, batch_size) do
    1 |> Stream.iterate(&(&1 * 2)) |> Enum.take_while(&(&1 < batch_size)) |> Enum.concat([batch_size])
  end

  @doc "The run with the fewest rows that has room for so many texts. Runs are `{rows, run}`, the smallest first."
  @spec fitting([{pos_integer(), run}], pos_integer()) :: run when run: term()
  def fitting(runs, count) do
    {_rows, run} = Enum.find(runs, fn {rows, _run} -> rows >= count end)
    run
  end
end
