defmodule Rank.Router do
  @moduledoc "`POST /rank`, `GET /health` and `GET /info`. Its option is the settings."

  use Plug.Router, copy_opts_to_assign: :settings

  alias Plumbing.{Info, Reply}
  alias Rank.{Features, Ranking, Scorer}

  @largest_body 1_048_576

  plug :match
  plug :dispatch

  post "/rank" do
    case read_body(conn, length: @largest_body) do
      {:ok, body, conn} -> rank(conn, body)
      {:more, _part, conn} -> refuse(conn, Ranking.too_many())
      {:error, reason} -> refuse(conn, {:refused, 400, "the body ended early: #{inspect(reason)}"})
    end
  end

  get "/health" do
    case Features.ping() do
      :ok -> Reply.json(conn, 200, %{status: "ok"})
      refusal -> refuse(conn, refusal)
    end
  end

  get "/info" do
    info =
      Info.describe(
        applications: [:postgrex, :db_connection],
        versions: Scorer.versions(),
        threads: %{candle: Scorer.threads()},
        pools: %{database: conn.assigns.settings.pool}
      )

    Reply.json(conn, 200, info)
  end

  match _ do
    send_resp(conn, 404, "")
  end

  defp rank(conn, body) do
    with {:ok, ranking} <- Ranking.parse(body),
         {:ok, rows} <- Features.fetch(ranking) do
      Reply.json(conn, 200, %{outputs: best(rows, ranking.size)})
    else
      refusal -> refuse(conn, refusal)
    end
  end

  defp best(rows, size) do
    rows.user
    |> Scorer.score(rows.items)
    |> Enum.zip(rows.ids)
    |> Enum.sort(:desc)
    |> Enum.take(size)
    |> Enum.map(fn {score, id} -> %{id: id, score: score} end)
  end

  defp refuse(conn, {:refused, status, text}), do: Reply.json(conn, status, %{error: text})
end
