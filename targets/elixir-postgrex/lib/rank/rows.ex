defmodule Rank.Rows do
  @moduledoc """
  What the rows of the one statement are: the user's is the one without an id. They come as they come, since SQL promises
  no order between the two parts of a union.
  """

  alias Rank.Ranking

  @type t :: %{user: binary(), ids: [Ranking.id()], items: [binary()]}

  @doc "The user's features and the items', or what of it is unknown."
  @spec gather([[Ranking.id() | nil | binary()]], Ranking.t()) :: {:ok, t()} | {:refused, 404, String.t()}
  def gather(rows, ranking) do
    {users, items} = Enum.split_with(rows, &match?([nil, _features], &1))

    case users do
      [[nil, user]] when length(items) == length(ranking.item_ids) ->
        {ids, features} = items |> Enum.map(&List.to_tuple/1) |> Enum.unzip()
        {:ok, %{user: user, ids: ids, items: features}}

      _ ->
        {:refused, 404, unknown(ranking, users, items)}
    end
  end

  defp unknown(ranking, users, items) do
    known = MapSet.new(items, &hd/1)
    missing = Enum.reject(ranking.item_ids, &(&1 in known))

    parts =
      if(users == [], do: ["unknown user: #{ranking.user_id}"], else: []) ++
        if missing == [], do: [], else: ["unknown items: #{Enum.join(missing, ", ")}"]

    Enum.join(parts, "; ")
  end
end
