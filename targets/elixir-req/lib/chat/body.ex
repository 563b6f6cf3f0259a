defmodule Chat.Body do
  @moduledoc "Reads a request's body as JSON, and answers when that is not possible."

  alias Plumbing.Reply

  @largest_body 1_048_576

  @doc """
  Calls `next` with what `check` made of the decoded body. A body that is too large, that is not JSON or that `check`
  refuses is answered here.
  """
  def with_json(conn, check, next) do
    with {:ok, bytes, conn} <- read(conn),
         {:ok, json} <- decode(bytes, conn),
         {:ok, order} <- checked(check.(json), conn) do
      next.(conn, order)
    else
      {:refused, status, text, conn} -> Reply.json(conn, status, %{error: text})
    end
  end

  defp read(conn) do
    case Plug.Conn.read_body(conn, length: @largest_body) do
      {:ok, bytes, conn} -> {:ok, bytes, conn}
      {:more, _part, conn} -> {:refused, 413, "the body is larger than 1 MiB", conn}
      {:error, _reason} -> {:refused, 400, "the body ended early", conn}
    end
  end

  defp decode(bytes, conn) do
    case JSON.decode(bytes) do
      {:ok, json} -> {:ok, json}
      {:error, _reason} -> {:refused, 400, "the body is not JSON in UTF-8", conn}
    end
  end

  defp checked({:ok, order}, _conn), do: {:ok, order}
  defp checked({:error, text}, conn), do: {:refused, 400, text, conn}
end
