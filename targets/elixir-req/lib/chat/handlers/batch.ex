defmodule Chat.Handlers.Batch do
  @moduledoc "`POST /batch`: the article's fan-out, so many tasks and so many of them under way at any time."

  import Plug.Conn

  alias Chat.{Order, Upstream, Watched}

  def run(conn, order) do
    started = System.monotonic_time(:millisecond)

    case Watched.run(conn, fn -> texts(order) end) do
      {:done, texts} -> answer(conn, order, texts, System.monotonic_time(:millisecond) - started)
      # A plug has to answer, though nobody is there to read it.
      :gone -> send_resp(conn, 503, "")
    end
  end

  defp answer(conn, order, texts, wall_ms) do
    failed = Enum.count(texts, &is_nil/1)
    # In the order of the tasks, a line each; a failed task's line is empty.
    digest = :crypto.hash(:sha256, Enum.map(texts, &[&1 || "", ?\n])) |> Base.encode16(case: :lower)

    body =
      :json.encode_key_value_list(
        [tasks: order.tasks, ok: order.tasks - failed, failed: failed, digest: digest],
        &:json.encode_value/2
      )

    conn
    |> put_resp_header("content-type", "application/json")
    |> put_resp_header("x-wall-ms", Integer.to_string(wall_ms))
    |> send_resp(200, body)
  end

  # The tasks are linked to this process: when the client goes away they end with it.
  defp texts(order) do
    1..order.tasks
    |> Task.async_stream(&text(order, &1), max_concurrency: order.concurrency, timeout: :infinity)
    |> Enum.map(fn {:ok, text} -> text end)
  end

  defp text(order, task) do
    case order |> Order.messages(task) |> Upstream.text() do
      {:ok, text} -> text
      {:error, _failure} -> nil
    end
  end
end
