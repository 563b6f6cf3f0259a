defmodule Chat.Body do
  @moduledoc "Reads a request's body as JSON, and answers when that is not possible."

  @largest_body 1_048_576

  @doc """
  Calls `next` with what `check` made of the decoded body. A wrong method, a body that is too large, that is not JSON
  or that `check` refuses is answered here.
  """
  def with_json(%{method: "POST"} = request, check, next) do
    with {:ok, bytes, request} <- read(request, []),
         {:ok, json} <- decode(bytes, request),
         {:ok, order} <- checked(check.(json), request) do
      next.(order, request)
    else
      {:refused, status, text, request} -> Chat.Reply.error(request, status, text)
    end
  end

  def with_json(request, _check, _next), do: :cowboy_req.reply(405, %{"allow" => "POST"}, request)

  defp read(request, parts) do
    {more?, part, request} = :cowboy_req.read_body(request, %{length: @largest_body})
    parts = [parts | part]

    cond do
      IO.iodata_length(parts) > @largest_body -> {:refused, 413, "the body is larger than 1 MiB", request}
      more? == :more -> read(request, parts)
      true -> {:ok, IO.iodata_to_binary(parts), request}
    end
  end

  defp decode(bytes, request) do
    case JSON.decode(bytes) do
      {:ok, json} -> {:ok, json}
      {:error, _reason} -> {:refused, 400, "the body is not JSON in UTF-8", request}
    end
  end

  defp checked({:ok, order}, _request), do: {:ok, order}
  defp checked({:error, text}, request), do: {:refused, 400, text, request}
end
