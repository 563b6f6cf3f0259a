defmodule Rank.Features do
  @moduledoc "Users' and items' features from PostgreSQL, as the arrays it sends."

  require Logger

  alias Rank.{Database, Ranking, Rows}

  # Both look-ups are one statement, so that they are one round trip: Postgrex sends nothing before it has the answer to
  # what it sent last. array_send gives a real[] as the bytes of the wire, which the model reads in one go; as an array
  # Postgrex would make a float of every element.
  @features """
  SELECT NULL::int, array_send(features) FROM users WHERE id = $1
  UNION ALL
  SELECT id, array_send(features) FROM items WHERE id = ANY($2::int[])
  """

  @doc "A user's features and those of each item, in the order the database answers; or why not, with its status."
  @spec fetch(Ranking.t()) :: {:ok, Rows.t()} | {:refused, 404 | 500 | 503, String.t()}
  def fetch(ranking) do
    case Database.run("features", @features, [ranking.user_id, ranking.item_ids]) do
      {:ok, rows} -> Rows.gather(rows, ranking)
      {:error, reason} -> refusal(reason)
    end
  end

  @spec ping() :: :ok | {:refused, 500 | 503, String.t()}
  def ping do
    case Database.run("ping", "SELECT 1", []) do
      {:ok, [[1]]} -> :ok
      {:error, reason} -> refusal(reason)
    end
  end

  defp refusal(:unavailable), do: {:refused, 503, "the database does not answer"}

  defp refusal(reason) do
    Logger.error("database: #{inspect(reason)}")
    {:refused, 500, "internal error"}
  end
end
