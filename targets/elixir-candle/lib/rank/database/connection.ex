defmodule Rank.Database.Connection do
  @moduledoc """
  One connection, on which the questions of many processes are under way at a time. PostgreSQL answers in the order it
  was asked, so a queue of who waits is all that is needed.

  It connects when it is first asked, and again after it was cut off.
  """

  use GenServer

  require Logger

  alias Rank.Database.{Handshake, Wire}

  # What a request may spend on the database, connecting included.
  @deadline_ms 2_000

  # After a failed attempt to connect: who asks in this time is refused at once. Otherwise all who queued up behind the attempt would
  # each make their own.
  @pause_ms 200

  @statements [
    {"user", "SELECT features FROM users WHERE id = $1"},
    {"items", "SELECT id, features FROM items WHERE id = ANY($1)"}
  ]

  @enforce_keys [:database]
  # unsent: questions since the last send; scanned: where in the buffer the first incomplete message begins;
  # down: nil, or {reason, when to try again}
  defstruct @enforce_keys ++ [socket: nil, waiting: :queue.new(), unsent: [], buffer: "", scanned: 0, down: nil]

  @spec start_link({GenServer.name(), Rank.Settings.database()}) :: GenServer.on_start()
  def start_link({name, database}), do: GenServer.start_link(__MODULE__, database, name: name)

  @doc "Sends messages that end with a Sync, and gives the answer up to its ReadyForQuery."
  @spec ask(GenServer.server(), binary()) :: {:ok, binary()} | {:error, term()}
  def ask(connection, messages) do
    GenServer.call(connection, {:ask, messages}, @deadline_ms)
  catch
    :exit, {reason, _call} -> {:error, reason}
  end

  @impl true
  def init(database), do: {:ok, %__MODULE__{database: database}}

  @impl true
  def handle_call({:ask, messages}, from, state) do
    case connected(state) do
      %{socket: nil, down: {reason, _until}} = state ->
        {:reply, {:error, reason}, state}

      state ->
        continue(%{state | waiting: :queue.in(from, state.waiting), unsent: [state.unsent | messages]})
    end
  end

  @impl true
  def handle_info(:timeout, %{socket: nil} = state), do: continue(state)

  def handle_info(:timeout, state) do
    case :gen_tcp.send(state.socket, state.unsent) do
      :ok -> continue(%{state | unsent: []})
      {:error, reason} -> state |> cut_off(reason) |> continue()
    end
  end

  def handle_info({:tcp, socket, data}, %{socket: socket} = state) do
    %{state | buffer: state.buffer <> data} |> answer() |> continue()
  end

  def handle_info({:tcp_closed, socket}, %{socket: socket} = state), do: state |> cut_off(:closed) |> continue()
  def handle_info({:tcp_error, socket, reason}, %{socket: socket} = state), do: state |> cut_off(reason) |> continue()

  # of a connection that is given up already
  def handle_info(_message, state), do: continue(state)

  # A timeout of 0 comes when no message is left: what was asked meanwhile leaves in one system call.
  defp continue(%{unsent: []} = state), do: {:noreply, state}
  defp continue(state), do: {:noreply, state, 0}

  defp connected(%{socket: nil, down: {_reason, until}} = state) do
    if System.monotonic_time(:millisecond) < until, do: state, else: connect(state)
  end

  defp connected(%{socket: nil} = state), do: connect(state)
  defp connected(state), do: state

  defp connect(state) do
    with {:ok, socket} <- Handshake.open(state.database, @statements),
         :ok <- :inet.setopts(socket, active: true) do
      if state.down, do: Logger.notice("database: answers again")
      %{state | socket: socket, down: nil}
    else
      {:error, reason} ->
        # once an outage, not once a request
        if state.down == nil, do: Logger.error("database: #{inspect(reason)}")
        %{state | down: {reason, System.monotonic_time(:millisecond) + @pause_ms}}
    end
  end

  defp cut_off(state, reason) do
    Logger.error("database: #{inspect(reason)}")
    :gen_tcp.close(state.socket)
    for from <- :queue.to_list(state.waiting), do: GenServer.reply(from, {:error, reason})
    # It may be back already, so the next question tries without a pause.
    %__MODULE__{database: state.database, down: {reason, System.monotonic_time(:millisecond)}}
  end

  defp answer(state) do
    case Wire.find_answer(state.buffer, state.scanned) do
      {:answer, size} ->
        <<answer::binary-size(size), rest::binary>> = state.buffer
        {{:value, from}, waiting} = :queue.out(state.waiting)
        GenServer.reply(from, {:ok, answer})
        answer(%{state | waiting: waiting, buffer: rest, scanned: 0})

      {:more, place} ->
        %{state | scanned: place}
    end
  end
end
