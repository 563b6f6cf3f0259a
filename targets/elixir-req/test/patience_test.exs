defmodule Chat.Upstream.PatienceTest do
  use ExUnit.Case, async: true

  alias Chat.Upstream.Patience

  for status <- [408, 409, 429, 500, 503] do
    test "#{status} is asked again", do: assert(Patience.retryable?(unquote(status)))
  end

  for status <- [400, 401, 404] do
    test "#{status} is final", do: refute(Patience.retryable?(unquote(status)))
  end

  test "what Retry-After says is kept" do
    assert Patience.pause_ms("2", 0) == 2000
    assert Patience.pause_ms("0", 1) == 0
  end

  for header <- [nil, "61", "-1", "soon", "Wed, 21 Oct 2026 07:28:00 GMT"] do
    test "the usual pause has to do for #{inspect(header)}, and grows" do
      assert Patience.pause_ms(unquote(header), 0) in 375..499
      assert Patience.pause_ms(unquote(header), 1) in 750..999
      assert Patience.pause_ms(unquote(header), 9) in 6000..7999
    end
  end
end
