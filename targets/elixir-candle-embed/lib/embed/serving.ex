defmodule Embed.Serving do
  @moduledoc """
  What Nx.Serving does, without Nx: gathers calls into a batch, until it is full or the first of them has waited long
  enough, and computes one batch after the other in a process of its own. If that process fails, its callers
  fail and the next batch does not.
  """

  use GenServer

  # A batch takes a tenth of a second; under the heaviest load a caller waits for a few of them.
  @patience_ms 60_000

  defstruct [:run, :size, :timeout, :timer, :running, waiting: [], count: 0, due?: false]

  @doc "Options: `:name`, `:run` (inputs to outputs), `:size` of a batch and `:timeout` in ms after its first call."
  def start_link(options) do
    {name, options} = Keyword.pop!(options, :name)
    GenServer.start_link(__MODULE__, options, name: name)
  end

  @doc "The output for one input."
  @spec call(GenServer.server(), input :: term()) :: {:ok, output :: term()} | {:error, reason :: term()}
  def call(serving, input), do: GenServer.call(serving, {:run, input}, @patience_ms)

  @impl true
  def init(options), do: {:ok, struct!(__MODULE__, options)}

  @impl true
  def handle_call({:run, input}, from, state) do
    {:noreply, %{state | waiting: [{from, input} | state.waiting], count: state.count + 1} |> set_timer() |> dispatch()}
  end

  @impl true
  def handle_info(:due, state), do: {:noreply, dispatch(%{state | due?: true, timer: nil})}

  def handle_info({:DOWN, monitor, :process, _pid, reason}, %{running: {monitor, callers}} = state) do
    if reason != :normal, do: Enum.each(callers, &GenServer.reply(&1, {:error, reason}))
    {:noreply, dispatch(%{state | running: nil})}
  end

  # Whoever waits when a batch starts without him has waited already: the next one does not wait for its timeout again.
  defp set_timer(%{timer: nil, due?: false} = state),
    do: %{state | timer: Process.send_after(self(), :due, state.timeout)}

  defp set_timer(state), do: state

  defp dispatch(%{running: nil, count: count} = state) when count > 0 and (count >= state.size or state.due?) do
    {batch, rest} = state.waiting |> Enum.reverse() |> Enum.split(state.size)
    if state.timer, do: Process.cancel_timer(state.timer)

    %{
      state
      | running: start(batch, state.run),
        waiting: Enum.reverse(rest),
        count: length(rest),
        timer: nil,
        due?: rest != []
    }
  end

  defp dispatch(state), do: state

  defp start(batch, run) do
    {callers, inputs} = Enum.unzip(batch)

    {_pid, monitor} =
      spawn_monitor(fn ->
        callers
        |> Enum.zip(run.(inputs))
        |> Enum.each(fn {caller, output} -> GenServer.reply(caller, {:ok, output}) end)
      end)

    {monitor, callers}
  end
end
