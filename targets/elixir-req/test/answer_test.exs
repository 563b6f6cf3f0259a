defmodule Chat.Upstream.AnswerTest do
  use ExUnit.Case, async: true

  alias Chat.Upstream.{Answer, Failure}

  @role ~s(data: {"choices":[{"delta":{"role":"assistant","content":""},"finish_reason":null}],"usage":null}\n\n)
  @one ~s(data: {"choices":[{"delta":{"content":"one"},"finish_reason":null}]}\n\n)
  @two ~s(data: {"choices":[{"delta":{"content":" tw\\u00f6"},"finish_reason":null}]}\n\n)
  @stop ~s(data: {"choices":[{"delta":{},"finish_reason":"stop"}]}\n\n)
  @usage ~s(data: {"choices":[],"usage":{"total_tokens":3}}\n\n)
  @done "data: [DONE]\n\n"
  @whole @role <> @one <> @two <> @stop <> @usage <> @done

  test "pieces are joined, in reads of any length" do
    for length <- 1..byte_size(@whole) do
      assert @whole |> in_pieces(length) |> Answer.result() == {:ok, ["one", " twö"]}, "in pieces of #{length}"
    end
  end

  for {because, stream, failure} <- [
        {"that ends before it is finished", @role <> @one, Failure.ended_early()},
        {"that says nothing", "", Failure.ended_early()},
        {"of which an event is no JSON", @one <> "data: {\"choices\n\n" <> @two <> @stop, Failure.malformed()}
      ] do
    test "a stream #{because} is a failure" do
      assert new() |> Answer.take(unquote(stream)) |> Answer.result() == {:error, unquote(Macro.escape(failure))}
    end
  end

  test "pieces before a malformed event are out, and none after it" do
    answer = Answer.take(new(), @one <> "data: oops\n\n" <> @two)
    assert {answer.malformed?, answer.acc} == {true, ["one"]}
  end

  defp new, do: Answer.new([], fn piece, pieces -> pieces ++ [piece] end)

  defp in_pieces(stream, length) do
    stream
    |> :binary.bin_to_list()
    |> Enum.chunk_every(length)
    |> Enum.reduce(new(), &Answer.take(&2, :binary.list_to_bin(&1)))
  end
end
