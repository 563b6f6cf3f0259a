defmodule Rank.Database.WireTest do
  use ExUnit.Case, async: true

  alias Rank.Database.Wire

  @bound "2" <> <<4::32>>
  @row "D" <> <<14::32, 1::16, 4::32, 7::32>>
  @null "D" <> <<10::32, 1::16, -1::32>>
  @complete "C" <> <<13::32>> <> "SELECT 1\0"
  @ready "Z" <> <<5::32>> <> "I"
  @error "E" <> <<24::32>> <> "SERROR\0C57P01\0Mbye\0\0"

  test "a message counts its own length but not its type" do
    assert IO.iodata_to_binary(Wire.message(?X, "abc")) == "X" <> <<7::32>> <> "abc"
  end

  test "rows are told apart by statement" do
    assert Wire.results(@bound <> @row <> @complete <> @bound <> @row <> @null <> @complete <> @ready) ==
             {:ok, [[[<<7::32>>]], [[nil], [<<7::32>>]]]}
  end

  test "an error is its SQLSTATE" do
    assert Wire.results(@error <> @ready) == {:error, {:sqlstate, "57P01"}}
  end

  test "an answer is found whole, wherever the stream is cut" do
    first = @bound <> @row <> @complete <> @ready
    stream = first <> @bound

    for cut <- 0..byte_size(stream) do
      case Wire.find_answer(binary_part(stream, 0, cut), 0) do
        {:answer, size} ->
          assert size == byte_size(first)
          assert cut >= size

        {:more, place} ->
          assert cut < byte_size(first)
          # Going on from there finds it, too.
          assert Wire.find_answer(stream, place) == {:answer, byte_size(first)}
      end
    end
  end
end
