# Copied from templates/elixir-hex/lib/plumbing/reply.ex: change it there, then run node scripts/copy-templates.mjs.
defmodule Plumbing.Reply do
  @moduledoc "Answers in the forms that routers share."

  import Plug.Conn

  @doc "Plug says the charset beside the type, which JSON has none of: so the header is put as it is."
  def json(conn, status, value) do
    conn |> put_resp_header("content-type", "application/json") |> send_resp(status, JSON.encode_to_iodata!(value))
  end

  def text(conn, status, text), do: conn |> put_resp_content_type("text/plain") |> send_resp(status, text)
end
