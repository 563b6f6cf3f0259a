# Copied from templates/elixir-nx/lib/embed_nx/router.ex: change it there, then run node scripts/copy-templates.mjs.
defmodule EmbedNx.Router do
  @moduledoc "`POST /embed`, `GET /health` and `GET /info`."

  use Plug.Router

  alias EmbedNx.{Embedding, Info, Text}

  plug :match
  plug :dispatch

  post "/embed" do
    with {:ok, body, conn} <- read_body(conn, length: Text.largest_body()),
         {:ok, text} <- Text.parse(body),
         {:ok, embedding, truncated_to} <- Embedding.embed(text) do
      conn |> say(truncated_to) |> json(200, %{embedding: embedding})
    else
      {:more, _part, conn} -> json(conn, 413, %{error: "at most #{Text.largest_body()} bytes"})
      :empty -> json(conn, 400, %{error: "text is empty"})
      :failed -> json(conn, 503, %{error: "the model ended before it had answered"})
      {:refused, message} -> json(conn, 400, %{error: message})
      {:error, reason} -> json(conn, 400, %{error: "the body ended early: #{inspect(reason)}"})
    end
  end

  get "/health" do
    json(conn, 200, %{status: "ok"})
  end

  get "/info" do
    json(conn, 200, Info.describe())
  end

  match _ do
    json(conn, 404, %{error: "not found"})
  end

  defp say(conn, nil), do: conn
  defp say(conn, tokens), do: put_resp_header(conn, "x-truncated-to-tokens", to_string(tokens))

  defp json(conn, status, value) do
    conn |> put_resp_content_type("application/json") |> send_resp(status, JSON.encode_to_iodata!(value))
  end
end
