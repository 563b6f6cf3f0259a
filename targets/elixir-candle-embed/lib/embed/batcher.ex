defmodule Embed.Batcher do
  @moduledoc """
  Computes together what waits together. What arrives while every session is busy is the next batch: nobody waits for a
  batch to fill, a single request goes at once, and batches grow with the load.

  A batch is computed in a process of its own. If that process fails, its callers fail and the next batch does not.
  """

  use GenServer

  # A batch takes a tenth of a second; under the heaviest load a caller waits for a few of them.
  @patience_ms 60_000

  @enforce_keys [:run, :size, :idle]
  defstruct [:run, :size, :idle, running: %{}, waiting: []]

  @doc "Options: `:sessions`, `:run` (a session and inputs to outputs, in order), `:size` of a batch, and `:name`."
  def start_link(options) do
    {name, options} = Keyword.pop(options, :name, __MODULE__)
    GenServer.start_link(__MODULE__, options, name: name)
  end

  @doc "The output for one input."
  @spec call(GenServer.server(), input :: term()) :: {:ok, output :: term()} | {:failed, reason :: term()}
  def call(batcher \\ __MODULE__, input), do: GenServer.call(batcher, {:run, input}, @patience_ms)

  @impl true
  def init(options) do
    {sessions, options} = Keyword.pop!(options, :sessions)
    {:ok, struct!(__MODULE__, [idle: sessions] ++ options)}
  end

  @impl true
  def handle_call({:run, input}, from, state), do: next(%{state | waiting: [{from, input} | state.waiting]})

  @impl true
  def handle_info(:timeout, state), do: state |> start() |> next()

  def handle_info({:DOWN, monitor, :process, _pid, reason}, state) do
    {{session, callers}, running} = Map.pop!(state.running, monitor)
    if reason != :normal, do: Enum.each(callers, &GenServer.reply(&1, {:failed, reason}))
    next(%{state | running: running, idle: [session | state.idle]})
  end

  # A timeout of 0 comes when no message is left: all that waits has been taken in by then.
  defp next(%{idle: [_ | _], waiting: [_ | _]} = state), do: {:noreply, state, 0}
  defp next(state), do: {:noreply, state}

  defp start(%{idle: [session | idle], run: run} = state) do
    # Whoever left is not computed for.
    waiting = for {{pid, _tag}, _input} = call <- Enum.reverse(state.waiting), Process.alive?(pid), do: call

    case Enum.split(waiting, state.size) do
      {[], []} ->
        %{state | waiting: []}

      {batch, rest} ->
        {callers, inputs} = Enum.unzip(batch)
        {_pid, monitor} = spawn_monitor(fn -> answer(callers, run.(session, inputs)) end)
        running = Map.put(state.running, monitor, {session, callers})
        %{state | idle: idle, running: running, waiting: Enum.reverse(rest)}
    end
  end

  defp answer(callers, outputs) do
    callers |> Enum.zip(outputs) |> Enum.each(fn {caller, output} -> GenServer.reply(caller, {:ok, output}) end)
  end
end
