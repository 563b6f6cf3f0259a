defmodule Chat.Upstream.ChunkedTest do
  use ExUnit.Case, async: true

  alias Chat.Upstream.Chunked

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
end
