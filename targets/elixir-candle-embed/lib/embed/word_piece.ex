defmodule Embed.WordPiece do
  @moduledoc """
  BERT's uncased tokenizer, with the rules of Hugging Face's tokenizers: clean, strip accents, lower-case, split at
  spaces and punctuation, then take each word apart into the longest pieces that the vocabulary has.
  """

  # What the model reads, [CLS] and [SEP] included.
  @most_tokens 256
  # A longer word is unknown.
  @longest_word 100
  # Bytes of a text that are prepared at once.
  @slice 4096

  # Tokens with a meaning of their own, found in a text as they are written.
  @special ~r/\[(?:PAD|UNK|CLS|SEP|MASK)\]/
  # Control characters that are no white space, formatting, private use.
  @dropped ~r/(?![\t\n\r])[\p{Cc}\p{Cf}\p{Co}\x{FFFD}]/u
  @beyond_ascii ~r/[^\x00-\x7F]/
  @accents ~r/\p{Mn}/u
  # A character of punctuation, an ideograph, or anything else up to the next of them or a space. ASCII's symbols are
  # punctuation here, which Unicode does not count as such.
  @punctuation "\\p{P}$+<=>^`|~"
  @ideographs "\\x{4E00}-\\x{9FFF}\\x{3400}-\\x{4DBF}\\x{F900}-\\x{FAFF}\\x{20000}-\\x{2A6DF}\\x{2A700}-\\x{2B81F}" <>
                "\\x{2B920}-\\x{2CEAF}\\x{2F800}-\\x{2FA1F}"
  @word Regex.compile!("[#{@punctuation}#{@ideographs}]|[^\\s#{@punctuation}#{@ideographs}]+", "u")

  @enforce_keys [:starts, :continuations, :cls, :sep, :unk]
  defstruct @enforce_keys

  @doc "How many tokens are kept of a text."
  def most_tokens, do: @most_tokens

  @doc "Reads a vocabulary, for all processes: one piece a line, the line's number is its id."
  @spec load(Path.t()) :: :ok
  def load(path), do: :persistent_term.put(__MODULE__, path |> File.read!() |> new())

  @doc false
  def new(vocabulary) do
    pieces = vocabulary |> String.split("\n", trim: true) |> Enum.with_index()
    {continuations, starts} = Enum.split_with(pieces, fn {piece, _id} -> String.starts_with?(piece, "##") end)
    starts = Map.new(starts)

    %__MODULE__{
      starts: starts,
      continuations: Map.new(continuations, fn {"##" <> piece, id} -> {piece, id} end),
      cls: Map.fetch!(starts, "[CLS]"),
      sep: Map.fetch!(starts, "[SEP]"),
      unk: Map.fetch!(starts, "[UNK]")
    }
  end

  @doc "The text's tokens between [CLS] and [SEP], and whether there were more than are kept."
  @spec encode(String.t()) :: {[non_neg_integer()], truncated? :: boolean()} | :empty
  def encode(text, vocabulary \\ :persistent_term.get(__MODULE__)) do
    case text |> words() |> take(vocabulary) do
      {[], _} -> :empty
      {ids, truncated?} -> {[vocabulary.cls | Enum.reverse([vocabulary.sep | ids])], truncated?}
    end
  end

  # Lazy, so that nothing behind the last token that is kept is looked at.
  defp words(text) do
    @special
    |> Regex.split(text, include_captures: true)
    |> Stream.flat_map(fn part ->
      if part =~ @special, do: [part], else: part |> slices() |> Stream.flat_map(&plain_words/1)
    end)
  end

  # Parts of a few kilobytes, cut at spaces.
  defp slices(text) do
    Stream.unfold(text, fn
      "" -> nil
      text -> text |> slice_size() |> then(&{binary_part(text, 0, &1), binary_part(text, &1, byte_size(text) - &1)})
    end)
  end

  defp slice_size(text) when byte_size(text) <= @slice, do: byte_size(text)

  defp slice_size(text) do
    case :binary.match(text, " ", scope: {@slice, byte_size(text) - @slice}) do
      {space, 1} -> space
      :nomatch -> byte_size(text)
    end
  end

  defp plain_words(text) do
    text = Regex.replace(@dropped, text, "")
    # Without accents to strip, which is most text, two passes are none and the third is a table look-up.
    text =
      if text =~ @beyond_ascii, do: text |> without_accents() |> String.downcase(), else: String.downcase(text, :ascii)

    @word |> Regex.scan(text) |> Stream.map(&hd/1)
  end

  defp without_accents(text), do: Regex.replace(@accents, String.normalize(text, :nfd), "")

  # The ids, last first: at most as many as [CLS] and [SEP] leave room for.
  defp take(words, vocabulary) do
    room = @most_tokens - 2

    {ids, count} =
      Enum.reduce_while(words, {[], 0}, fn word, {ids, count} ->
        pieces = pieces(word, vocabulary)
        count = count + length(pieces)
        {if(count > room, do: :halt, else: :cont), {Enum.reverse(pieces, ids), count}}
      end)

    {Enum.drop(ids, max(count - room, 0)), count > room}
  end

  defp pieces(word, vocabulary) do
    # Counting characters takes a while for a word of a megabyte, and bytes are at most four times as many.
    if byte_size(word) > @longest_word and longer?(word),
      do: [vocabulary.unk],
      else: pieces(word, vocabulary.starts, vocabulary, [])
  end

  defp pieces("", _table, _vocabulary, ids), do: Enum.reverse(ids)

  defp pieces(word, table, vocabulary, ids) do
    case longest(word, byte_size(word), table) do
      {id, rest} -> pieces(rest, vocabulary.continuations, vocabulary, [id | ids])
      nil -> [vocabulary.unk]
    end
  end

  defp longest(_word, 0, _table), do: nil

  # Cuts inside a character as well: no piece of the vocabulary is one.
  defp longest(word, size, table) do
    <<piece::binary-size(^size), rest::binary>> = word

    case table do
      %{^piece => id} -> {id, rest}
      _ -> longest(word, size - 1, table)
    end
  end

  defp longer?(word), do: byte_size(word) > 4 * @longest_word or length(String.to_charlist(word)) > @longest_word
end
