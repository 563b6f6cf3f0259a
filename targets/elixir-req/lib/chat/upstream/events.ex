defmodule Chat.Upstream.Events do
  @moduledoc """
  Server-sent events of which only the data matters. OpenAI's API ends lines in a line feed; the standard also allows a
  carriage return, and both.
  """

  @doc "The data of the events that are complete in the text, and the rest of it."
  @spec split(binary()) :: {[String.t()], rest :: binary()}
  def split(text) do
    case :binary.match(text, "\r") do
      :nomatch -> split(:binary.split(text, "\n\n"), [])
      _found -> split_returns(text)
    end
  end

  defp split([rest], events), do: {Enum.reverse(events), rest}
  defp split([event, rest], events), do: split(:binary.split(rest, "\n\n"), collect(event, events))

  # The last carriage return may be half of a line's end, or all of it: what comes next tells. Only where it ends an
  # event either way is that not waited for; a line feed that follows is then an empty line before the next event.
  defp split_returns(text) do
    kept = binary_part(text, 0, byte_size(text) - 1)

    with true <- :binary.last(text) == ?\r,
         lines = line_feeds(kept),
         false <- lines == "" or String.ends_with?(lines, "\n") do
      {events, rest} = split(:binary.split(lines, "\n\n"), [])
      {events, rest <> "\r"}
    else
      _ -> split(:binary.split(line_feeds(text), "\n\n"), [])
    end
  end

  defp line_feeds(text) do
    text |> :binary.replace("\r\n", "\n", [:global]) |> :binary.replace("\r", "\n", [:global])
  end

  # An event without data, a comment for instance, is none.
  defp collect(event, events) do
    case for "data:" <> data <- :binary.split(event, "\n", [:global]), do: trim(data) do
      [] -> events
      [data] -> [data | events]
      lines -> [Enum.join(lines, "\n") | events]
    end
  end

  defp trim(" " <> data), do: data
  defp trim(data), do: data
end
