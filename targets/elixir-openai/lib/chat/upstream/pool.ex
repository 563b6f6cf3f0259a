defmodule Chat.Upstream.Pool do
  @moduledoc """
  Keeps connections that are not in use. It never refuses one and never waits: who finds none here opens one.

  A socket belongs to the process that uses it, so that it closes when that process ends, and to this one in between.
  The last one in is the first one out: it is the least likely to have been closed by the other side.
  """

  use GenServer

  def start_link(_options), do: GenServer.start_link(__MODULE__, [], name: __MODULE__)

  @doc "A connected socket that now belongs to the caller, or `nil`."
  @spec take() :: :gen_tcp.socket() | nil
  def take, do: GenServer.call(__MODULE__, :take)

  @doc "Gives back a socket on which no answer is outstanding."
  @spec give(:gen_tcp.socket()) :: :ok
  def give(socket) do
    case :gen_tcp.controlling_process(socket, Process.whereis(__MODULE__)) do
      :ok -> GenServer.cast(__MODULE__, {:give, socket})
      {:error, _closed} -> :ok
    end
  end

  @impl true
  def init(idle), do: {:ok, idle}

  @impl true
  def handle_call(:take, {caller, _tag}, idle), do: take(idle, caller)

  @impl true
  def handle_cast({:give, socket}, idle), do: {:noreply, [socket | idle]}

  defp take([], _caller), do: {:reply, nil, []}

  defp take([socket | idle], caller) do
    case :gen_tcp.controlling_process(socket, caller) do
      :ok -> {:reply, socket, idle}
      {:error, _closed} -> take(idle, caller)
    end
  end
end
