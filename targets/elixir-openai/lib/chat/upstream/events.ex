defmodule Chat.Upstream.Events do
  @moduledoc "Server-sent events as OpenAI's API writes them: lines end in a line feed, and only data matters."

  @doc "The data of the events that are complete in the text, and the rest of it."
  @spec split(binary()) :: {[String.t()], rest :: binary()}
  def split(text), do: split(:binary.split(text, "\n\n"), [])

  defp split([rest], events), do: {Enum.reverse(events), rest}
  defp split([event, rest], events), do: split(:binary.split(rest, "\n\n"), collect(event, events))

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
