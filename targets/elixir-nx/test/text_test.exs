# Copied from templates/elixir-nx/test/text_test.exs: change it there, then run node scripts/copy-templates.mjs.
defmodule EmbedNx.TextTest do
  use ExUnit.Case, async: true

  alias EmbedNx.Text

  for {name, body} <- [
        {"an empty body", ""},
        {"null", "null"},
        {"a list", ~S(["a"])},
        {"no text", "{}"},
        {"a text that is null", ~S({"text":null})},
        {"a text that is a number", ~S({"text":17})},
        {"JSON that ends early", ~S({"text":"a)},
        {"text after the object", ~S({"text":"a"} x)},
        {"half a surrogate pair", ~S({"text":"\ud83d"})},
        {"what is no UTF-8", "{\"text\":\"gr" <> <<0xFC>> <> "\"}"}
      ] do
    test "#{name} is refused" do
      assert {:refused, _message} = Text.parse(unquote(body))
    end
  end

  test "other members are ignored" do
    assert Text.parse(~S({"n":[1],"text":"h\u00e4"})) == {:ok, "hä"}
  end
end
