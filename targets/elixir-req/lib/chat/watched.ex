defmodule Chat.Watched do
  @moduledoc """
  Work for a request in a process of its own, while the connection's looks after the client: when that goes away the work
  ends, and with it its sockets and the tasks that are linked to it.
  """

  alias Chat.Departure

  # How long a client may be gone before it is noticed.
  @look_ms 100

  @type emit :: (term() -> term())

  @doc """
  Runs `work`, which is given a function to hand out pieces with, and folds `fun` over these in the calling process.
  `fun` gives `{:ok, acc}`, or `{:gone, acc}` where it found out by itself that the client is.
  """
  @spec run(Plug.Conn.t(), (emit() -> result), acc, (piece :: term(), acc -> {:ok | :gone, acc})) ::
          {:done, result, acc} | {:gone, acc}
        when result: term(), acc: term()
  def run(conn, work, acc, fun) do
    owner = self()
    pieces = make_ref()
    # Not linked: the connection's process traps exits, and would be left with a message for each.
    task = Task.Supervisor.async_nolink(Chat.Tasks, fn -> work.(&send(owner, {pieces, &1})) end)

    try do
      wait(conn, task, pieces, acc, fun)
    rescue
      # Bandit raises where it cannot write the head of an answer.
      error ->
        Task.shutdown(task, :brutal_kill)
        reraise error, __STACKTRACE__
    end
  end

  @doc "The same for work that has one result and no pieces."
  @spec run(Plug.Conn.t(), (-> result)) :: {:done, result} | :gone when result: term()
  def run(conn, work) do
    case run(conn, fn _emit -> work.() end, nil, fn _piece, nil -> {:ok, nil} end) do
      {:done, result, nil} -> {:done, result}
      {:gone, nil} -> :gone
    end
  end

  defp wait(conn, %Task{ref: ref} = task, pieces, acc, fun) do
    receive do
      {^pieces, piece} ->
        case fun.(piece, acc) do
          {:ok, acc} -> wait(conn, task, pieces, acc, fun)
          {:gone, acc} -> leave(task, acc)
        end

      {^ref, result} ->
        Process.demonitor(ref, [:flush])
        {:done, result, acc}

      {:DOWN, ^ref, :process, _pid, reason} ->
        exit(reason)
    after
      @look_ms -> if Departure.gone?(conn), do: leave(task, acc), else: wait(conn, task, pieces, acc, fun)
    end
  end

  defp leave(task, acc) do
    Task.shutdown(task, :brutal_kill)
    {:gone, acc}
  end
end
