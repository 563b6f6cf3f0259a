defmodule Embed.Handlers.Embedding do
  @moduledoc "`POST /embed`: a text's embedding."

  @behaviour :cowboy_handler

  alias Embed.{Reply, Servings, Text, WordPiece}

  @impl true
  def init(%{method: "POST"} = request, state) do
    case read(request) do
      {:ok, body, request} -> {:ok, answer(request, body), state}
      {:too_large, request} -> {:ok, refuse_unread(request), state}
    end
  end

  def init(request, state), do: {:ok, Reply.method_not_allowed(request, "POST"), state}

  defp answer(request, body) do
    with {:ok, text} <- Text.parse(body),
         {ids, truncated?} <- WordPiece.encode(text),
         {:ok, {:ok, embedding}} <- Servings.embed(ids) do
      request |> say(truncated?) |> Reply.json(200, %{embedding: embedding})
    else
      :empty -> Reply.refuse(request, Text.empty())
      {:refused, _status, _text} = refusal -> Reply.refuse(request, refusal)
      {:ok, {:error, reason}} -> fail(request, reason)
      {:failed, reason} -> fail(request, reason)
    end
  end

  # The log gets the details, the client does not.
  defp fail(request, reason) do
    require Logger
    Logger.error("a text was not embedded: #{inspect(reason)}")
    Reply.refuse(request, {:refused, 500, "internal error"})
  end

  defp say(request, false), do: request

  defp say(request, true),
    do: :cowboy_req.set_resp_header("x-truncated-to-tokens", to_string(WordPiece.most_tokens()), request)

  defp read(request, parts \\ []) do
    {more?, part, request} = :cowboy_req.read_body(request, %{length: Text.largest_body()})
    parts = [parts | part]

    cond do
      IO.iodata_length(parts) > Text.largest_body() -> {:too_large, request}
      more? == :more -> read(request, parts)
      true -> {:ok, IO.iodata_to_binary(parts), request}
    end
  end

  # What is left of the body is not read, so nothing else can follow on this connection.
  defp refuse_unread(request) do
    "connection" |> :cowboy_req.set_resp_header("close", request) |> Reply.refuse(Text.too_large())
  end
end
