defmodule Chat.Handlers.Completion do
  @moduledoc "`POST /chat`: one completion, as its joined text or, with `?stream=1`, as server-sent events."

  import Plug.Conn

  alias Chat.{Upstream, Watched}
  alias Plumbing.Reply

  def join(conn, messages) do
    case Watched.run(conn, fn -> Upstream.text(messages) end) do
      {:done, {:ok, text}} -> Reply.text(conn, 200, text)
      {:done, {:error, failure}} -> refuse(conn, failure)
      :gone -> nobody(conn)
    end
  end

  # The first piece decides the status: a failure before it is an ordinary answer, a failure after it is an event.
  def pass_on(conn, messages) do
    case Watched.run(conn, &Upstream.each(messages, &1), {:silent, conn}, &send_piece/2) do
      {:done, :ok, so_far} -> so_far |> begun() |> finish("data: [DONE]\n\n")
      {:done, {:error, failure}, {:begun, conn}} -> finish(conn, ["event: error\n", event(%{error: failure.text})])
      {:done, {:error, failure}, {:silent, conn}} -> refuse(conn, failure)
      {:gone, {:begun, conn}} -> conn
      {:gone, {:silent, conn}} -> nobody(conn)
    end
  end

  defp send_piece(piece, so_far) do
    conn = begun(so_far)

    case chunk(conn, event(%{content: piece})) do
      {:ok, conn} -> {:ok, {:begun, conn}}
      {:error, _closed} -> {:gone, {:begun, conn}}
    end
  end

  defp begun({:begun, conn}), do: conn

  defp begun({:silent, conn}) do
    conn
    |> put_resp_header("content-type", "text/event-stream; charset=utf-8")
    |> put_resp_header("cache-control", "no-cache")
    |> send_chunked(200)
  end

  defp finish(conn, last) do
    case chunk(conn, last) do
      {:ok, conn} -> conn
      {:error, _closed} -> conn
    end
  end

  defp refuse(conn, failure), do: Reply.json(conn, failure.status, %{error: failure.text})

  # A plug has to answer, though nobody is there to read it.
  defp nobody(conn), do: send_resp(conn, 503, "")

  defp event(data), do: ["data: ", JSON.encode_to_iodata!(data), "\n\n"]
end
