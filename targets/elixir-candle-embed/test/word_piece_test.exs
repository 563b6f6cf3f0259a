defmodule Embed.WordPieceTest do
  use ExUnit.Case, async: true

  alias Embed.WordPiece

  @pieces ~w([PAD] [UNK] [CLS] [SEP] [MASK] a un ##aff ##able cafe hello [ , 漢 字 ##a)
  @vocabulary WordPiece.new(Enum.join(@pieces, "\n"))

  for {name, text, expected} <- [
        {"a word is its longest pieces", "unaffable", "un ##aff ##able"},
        {"a word with a rest is unknown", "unaffx a", "[UNK] a"},
        {"case and accents do not count", "CAFÉ cafe\u0301", "cafe cafe"},
        {"punctuation is a word", "a,a", "a , a"},
        {"so is an ideograph", "a漢字a", "a 漢 字 a"},
        {"a compatibility ideograph is its origin", "\uFA47", "漢"},
        {"white space of any kind separates", "a\u00A0a\u3000a\n", "a a a"},
        {"what is not visible is not there", "he\u00ADl\u200Blo\0", "hello"},
        {"special tokens mean themselves", "a[MASK]a [SEP]", "a [MASK] a [SEP]"},
        {"but only as they are written", "[mask", "[ [UNK]"},
        {"100 letters are a word", String.duplicate("a", 100), "a" <> String.duplicate(" ##a", 99)},
        {"101 letters are none", String.duplicate("a", 101), "[UNK]"},
        {"100 letters of two bytes are unknown for another reason", String.duplicate("я", 100), "[UNK]"}
      ] do
    test name do
      assert {ids, false} = WordPiece.encode(unquote(text), @vocabulary)
      assert Enum.map_join(ids, " ", &Enum.at(@pieces, &1)) == "[CLS] #{unquote(expected)} [SEP]"
    end
  end

  test "nothing is nothing" do
    for text <- ["", " \t\n", "\u200B\0\uFFFD"], do: assert(WordPiece.encode(text, @vocabulary) == :empty)
  end

  test "a text is cut where the model's limit is" do
    for {words, truncated?} <- [{253, false}, {254, false}, {255, true}, {100_000, true}] do
      {ids, ^truncated?} = "a " |> String.duplicate(words) |> WordPiece.encode(@vocabulary)
      assert length(ids) == min(words + 2, 256)
      assert List.last(ids) == 3
    end
  end

  test "a word may be cut in its middle" do
    {ids, true} = WordPiece.encode(String.duplicate("a ", 253) <> "unaff [MASK]", @vocabulary)
    assert Enum.drop(ids, 253) == [5, 6, 3]
  end
end
