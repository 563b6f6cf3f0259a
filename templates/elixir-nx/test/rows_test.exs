# Copied from templates/elixir-nx/test/rows_test.exs: change it there, then run node scripts/copy-templates.mjs.
defmodule EmbedNx.RowsTest do
  use ExUnit.Case, async: true

  alias EmbedNx.Rows

  for {batch_size, sizes} <- [{1, [1]}, {2, [1, 2]}, {6, [1, 2, 4, 6]}, {8, [1, 2, 4, 8]}] do
    test "a batch of #{batch_size} has runs of #{inspect(sizes)} rows" do
      assert Rows.sizes(:fitting, unquote(batch_size)) == unquote(sizes)
    end
  end

  test "a full batch is the only size where every run is padded to it" do
    assert Rows.sizes(:full, 32) == [32]
  end

  test "the smallest run that has room is taken" do
    runs = for rows <- [1, 2, 4, 8], do: {rows, rows}
    assert Enum.map(1..8, &Rows.fitting(runs, &1)) == [1, 2, 4, 4, 8, 8, 8, 8]
  end
end
