defmodule Rank.Features do
  @moduledoc "Users' and items' features from PostgreSQL, as the arrays it sends."

  require Logger

  alias Rank.{Database, Ranking}
  alias Rank.Database.Wire

  @doc "A user's features and those of each item, in the order the database answers; or why not, with its status."
  @spec fetch(Ranking.t()) ::
          {:ok, user :: binary(), [{Ranking.id(), binary()}]} | {:refused, 404 | 500 | 503, String.t()}
  def fetch(ranking) do
    case Database.run([{"user", Wire.int(ranking.user_id)}, {"items", Wire.int_array(ranking.item_ids)}]) do
      {:ok, [users, items]} ->
        found(ranking, users, for([<<id::signed-32>>, features] <- items, do: {id, features}))

      {:error, reason} ->
        refusal(reason)
    end
  end

  @spec ping() :: :ok | {:refused, 500 | 503, String.t()}
  def ping do
    case Database.run([]) do
      {:ok, []} -> :ok
      {:error, reason} -> refusal(reason)
    end
  end

  defp found(ranking, [[user]], items) when length(items) == length(ranking.item_ids), do: {:ok, user, items}

  defp found(ranking, users, items) do
    known = MapSet.new(items, fn {id, _features} -> id end)
    unknown = Enum.reject(ranking.item_ids, &(&1 in known))

    parts =
      if(users == [], do: ["unknown user: #{ranking.user_id}"], else: []) ++
        if unknown == [], do: [], else: ["unknown items: #{Enum.join(unknown, ", ")}"]

    {:refused, 404, Enum.join(parts, "; ")}
  end

  defp refusal(:unavailable), do: {:refused, 503, "the database does not answer"}

  defp refusal(reason) do
    Logger.error("database: #{inspect(reason)}")
    {:refused, 500, "internal error"}
  end
end
