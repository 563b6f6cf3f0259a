defmodule Chat.Upstream.EventsTest do
  use ExUnit.Case, async: true

  alias Chat.Upstream.Events

  for {text, expected} <- [
        {"data: a\n\ndata: b\n\n", {["a", "b"], ""}},
        {"data: a\n\ndat", {["a"], "dat"}},
        {": a comment\n\ndata:x\n\n", {["x"], ""}},
        {"event: e\ndata: a\ndata: b\n\n", {["a\nb"], ""}},
        {"data: a\r\n\r\ndata: b\r\n\r\n", {["a", "b"], ""}},
        {"data: a\r\rdata: b\r\r", {["a", "b"], ""}},
        {"data: a\r\n\r\ndat", {["a"], "dat"}},
        {"data: a\r", {[], "data: a\r"}}
      ] do
    test "events #{inspect(text)}" do
      assert Events.split(unquote(text)) == unquote(Macro.escape(expected))
    end
  end

  for {name, ending} <- [{"line feeds", "\n"}, {"carriage returns", "\r"}, {"both", "\r\n"}] do
    test "events with #{name}, in pieces of any length" do
      lines = ": hi\n\ndata: a\n\nevent: e\ndata: b\ndata: ü\n\n\ndata: [DONE]\n\n"
      text = String.replace(lines, "\n", unquote(ending))

      for length <- 1..byte_size(text) do
        assert in_pieces(text, length) == ["a", "b\nü", "[DONE]"], "in pieces of #{length}"
      end
    end
  end

  # As the connection does: what is left of one piece stands before the next.
  defp in_pieces(text, length, rest \\ "", events \\ [])
  defp in_pieces("", _length, _rest, events), do: events

  defp in_pieces(text, length, rest, events) do
    size = min(length, byte_size(text))
    <<piece::binary-size(^size), later::binary>> = text
    {more, rest} = Events.split(rest <> piece)
    in_pieces(later, length, rest, events ++ more)
  end
end
