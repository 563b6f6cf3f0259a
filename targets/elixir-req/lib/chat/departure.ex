defmodule Chat.Departure do
  @moduledoc """
  Whether the client of a request has gone away. Bandit does not tell a plug that waits: on HTTP/1 the plug runs in the
  connection's process, which reads nothing meanwhile. To read here would take what the client sends next; so the kernel is
  asked for the connection's state.
  """

  # IPPROTO_TCP and TCP_INFO, whose first byte is the state, and the one of a connection that both sides have open.
  @tcp 6
  @info 11
  @established 1

  @doc "A connection of another kind than Bandit's on HTTP/1 is taken to be there."
  @spec gone?(Plug.Conn.t()) :: boolean()
  def gone?(%{adapter: {_bandit, %{transport: %{socket: %{socket: socket}}}}}), do: closed?(socket)
  def gone?(_conn), do: false

  @doc "Whether the other side has closed a socket, as far as the kernel knows."
  @spec closed?(:inet.socket()) :: boolean()
  def closed?(socket) do
    case :inet.getopts(socket, [{:raw, @tcp, @info, 1}]) do
      {:ok, [{:raw, @tcp, @info, <<state, _::binary>>}]} -> state != @established
      {:ok, _nothing} -> false
      {:error, _reason} -> true
    end
  end
end
