defmodule Predict.Router do
  @moduledoc "`GET /predict`, `GET /health` and `GET /info`."

  use Plug.Router

  alias Plumbing.{Info, Reply}

  plug :match
  plug :dispatch

  get "/predict" do
    Reply.text(conn, 200, "Prediction: Iris-Setosa")
  end

  get "/health" do
    send_resp(conn, 200, "")
  end

  get "/info" do
    Reply.json(conn, 200, Info.describe())
  end

  match _ do
    send_resp(conn, 404, "")
  end
end
