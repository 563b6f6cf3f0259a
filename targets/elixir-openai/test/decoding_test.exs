defmodule Chat.Upstream.DecodingTest do
  use ExUnit.Case, async: true

  alias Chat.Upstream.{Chunked, Events}

  for {buffer, expected} <- [
        {"", {:more, "", ""}},
        {"3\r\nabc\r\n", {:more, "abc", ""}},
        {"3\r\nabc\r\n2\r\nd", {:more, "abc", "2\r\nd"}},
        {"3\r\nabc\r", {:more, "", "3\r\nabc\r"}},
        {"A\r\n0123456789\r\n1", {:more, "0123456789", "1"}},
        {"3;x=y\r\nabc\r\n0\r\n\r\n", {:done, "abc", ""}},
        {"0\r\n\r\nHTTP", {:done, "", "HTTP"}},
        {"0\r\n", {:more, "", "0\r\n"}},
        {"3\r\nabcd\r\n", :error},
        {"zz\r\n", :error}
      ] do
    test "chunked #{inspect(buffer)}" do
      assert Chunked.decode(unquote(buffer)) == unquote(Macro.escape(expected))
    end
  end

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
