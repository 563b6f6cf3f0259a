defmodule Chat.Upstream.Chunked do
  @moduledoc "HTTP's chunked transfer coding (RFC 9112, section 7.1), without trailers."

  @doc """
  Decodes what is complete in the buffer.

  `:more` comes with the data and the bytes that wait for the rest of their chunk, `:done` with the data and what follows
  the body.
  """
  @spec decode(binary()) :: {:more | :done, data :: binary(), rest :: binary()} | :error
  def decode(buffer), do: decode(buffer, [])

  defp decode(buffer, data) do
    with [line, rest] <- :binary.split(buffer, "\r\n"),
         {size, extension} when extension == "" or binary_part(extension, 0, 1) == ";" <- Integer.parse(line, 16) do
      take(size, rest, buffer, data)
    else
      [_incomplete_line] -> result(:more, data, buffer)
      _ -> :error
    end
  end

  defp take(0, "\r\n" <> rest, _buffer, data), do: result(:done, data, rest)
  defp take(0, rest, buffer, data) when byte_size(rest) < 2, do: result(:more, data, buffer)

  defp take(size, rest, buffer, data) when size > 0 do
    case rest do
      <<chunk::binary-size(^size), "\r\n", rest::binary>> -> decode(rest, [data | chunk])
      _ when byte_size(rest) < size + 2 -> result(:more, data, buffer)
      _ -> :error
    end
  end

  defp take(_size, _rest, _buffer, _data), do: :error

  defp result(kind, data, rest), do: {kind, IO.iodata_to_binary(data), rest}
end
