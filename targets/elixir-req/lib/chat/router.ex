defmodule Chat.Router do
  @moduledoc "`POST /chat`, `POST /batch`, `GET /health` and `GET /info`. Its option is the settings."

  use Plug.Router, copy_opts_to_assign: :settings

  alias Chat.{Body, Messages, Order}
  alias Chat.Handlers.{Batch, Completion}
  alias Plumbing.{Info, Reply}

  plug :match
  plug :dispatch

  post "/chat" do
    conn = fetch_query_params(conn)
    answer = if conn.query_params["stream"] == "1", do: &Completion.pass_on/2, else: &Completion.join/2
    Body.with_json(conn, &Messages.check/1, answer)
  end

  post "/batch" do
    Body.with_json(conn, &Order.check/1, &Batch.run/2)
  end

  get "/health" do
    send_resp(conn, 200, "")
  end

  get "/info" do
    pools = %{upstream: conn.assigns.settings.pool}
    Reply.json(conn, 200, Info.describe(applications: [:req, :finch, :mint], pools: pools))
  end

  match _ do
    send_resp(conn, 404, "")
  end
end
