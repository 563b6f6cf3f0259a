defmodule Chat.Handlers.Batch do
  @moduledoc "`POST /batch`: the article's fan-out, so many tasks and so many of them under way at any time."

  @behaviour :cowboy_handler

  alias Chat.{Body, Reply, Upstream}

  @most_tasks 100_000
  @most_concurrency 10_000

  @impl true
  def init(request, state), do: {:ok, Body.with_json(request, &check/1, &run/2), state}

  defp check(%{"tasks" => tasks, "concurrency" => concurrency} = json) do
    # seed moves the numbers that are asked about, suffix ends every question
    seed = Map.get(json, "seed", 0)
    suffix = Map.get(json, "suffix", "")

    cond do
      not (is_integer(tasks) and tasks in 1..@most_tasks) ->
        {:error, "tasks must be a whole number from 1 to #{@most_tasks}"}

      not (is_integer(concurrency) and concurrency in 1..@most_concurrency) ->
        {:error, "concurrency must be a whole number from 1 to #{@most_concurrency}"}

      not (is_integer(seed) and seed >= 0) ->
        {:error, "seed must be a whole number of at least 0"}

      not is_binary(suffix) ->
        {:error, "suffix must be text"}

      true ->
        {:ok, %{tasks: tasks, concurrency: concurrency, seed: seed, suffix: suffix}}
    end
  end

  defp check(_json), do: {:error, "tasks and concurrency are required"}

  defp run(order, request) do
    started = System.monotonic_time(:millisecond)
    texts = texts(order)
    wall_ms = System.monotonic_time(:millisecond) - started

    failed = Enum.count(texts, &is_nil/1)
    # In the order of the tasks, a line each; a failed task's line is empty.
    digest = :crypto.hash(:sha256, Enum.map(texts, &[&1 || "", ?\n])) |> Base.encode16(case: :lower)

    body =
      :json.encode_key_value_list(
        [tasks: order.tasks, ok: order.tasks - failed, failed: failed, digest: digest],
        &:json.encode_value/2
      )

    Reply.json(request, 200, body, %{"x-wall-ms" => Integer.to_string(wall_ms)})
  end

  # The tasks are linked to this process: when the client goes away they end with it.
  defp texts(order) do
    1..order.tasks
    |> Task.async_stream(&answer(order, &1), max_concurrency: order.concurrency, timeout: :infinity)
    |> Enum.map(fn {:ok, text} -> text end)
  end

  defp answer(order, task) do
    case Upstream.text(question(order.seed + task, order.suffix)) do
      {:ok, text} -> text
      {:error, _failure} -> nil
    end
  end

  defp question(number, suffix) do
    [
      %{"role" => "system", "content" => "You are a helpful assistant."},
      %{"role" => "user", "content" => "What is the number #{number}?#{suffix}"}
    ]
  end
end
