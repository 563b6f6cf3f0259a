defmodule Chat.Order do
  @moduledoc "A request for a batch, checked: so many tasks, and so many of them under way at any time."

  @most_tasks 100_000
  @most_concurrency 10_000

  @enforce_keys [:tasks, :concurrency, :seed, :suffix]
  defstruct @enforce_keys

  @type t :: %__MODULE__{
          tasks: pos_integer(),
          concurrency: pos_integer(),
          # moves the numbers that are asked about
          seed: non_neg_integer(),
          # ends every question
          suffix: String.t()
        }

  @spec check(term()) :: {:ok, t()} | {:error, String.t()}
  def check(%{"tasks" => tasks, "concurrency" => concurrency} = json) do
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
        {:ok, %__MODULE__{tasks: tasks, concurrency: concurrency, seed: seed, suffix: suffix}}
    end
  end

  def check(_json), do: {:error, "tasks and concurrency are required"}

  @doc "The messages of one task of the batch, counted from 1."
  @spec messages(t(), pos_integer()) :: Chat.Messages.t()
  def messages(order, task) do
    [
      %{"role" => "system", "content" => "You are a helpful assistant."},
      %{"role" => "user", "content" => "What is the number #{order.seed + task}?#{order.suffix}"}
    ]
  end
end
