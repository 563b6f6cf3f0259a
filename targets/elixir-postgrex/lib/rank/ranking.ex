defmodule Rank.Ranking do
  @moduledoc "A request for a ranking, checked: at least one candidate, none twice."

  @most_candidates 1000

  @enforce_keys [:user_id, :item_ids, :size]
  defstruct @enforce_keys

  @type id :: -0x80000000..0x7FFFFFFF
  @type t :: %__MODULE__{user_id: id(), item_ids: [id(), ...], size: pos_integer()}

  # What a row's id can be: PostgreSQL's int.
  defguardp is_id(value) when is_integer(value) and value in -0x80000000..0x7FFFFFFF

  @spec parse(binary()) :: {:ok, t()} | {:refused, 400 | 413, String.t()}
  def parse(body) do
    case JSON.decode(body) do
      {:ok, json} when is_map(json) -> check(json)
      {:ok, _json} -> {:refused, 400, "the body is not a JSON object"}
      {:error, _reason} -> {:refused, 400, "the body is not JSON in UTF-8"}
    end
  end

  @doc "The answer to a body with too many candidates, or too large to hold an allowed number of them."
  @spec too_many() :: {:refused, 413, String.t()}
  def too_many, do: {:refused, 413, "at most #{@most_candidates} item_ids"}

  defp check(json) do
    with {:ok, user_id} <- user_id(json),
         {:ok, item_ids} <- item_ids(json),
         {:ok, size} <- size(json) do
      if length(item_ids) > @most_candidates,
        do: too_many(),
        else: {:ok, %__MODULE__{user_id: user_id, item_ids: Enum.uniq(item_ids), size: size}}
    end
  end

  defp user_id(%{"user_id" => id}) when is_id(id), do: {:ok, id}
  defp user_id(_json), do: {:refused, 400, "user_id must be a whole number of 32 bits"}

  defp item_ids(%{"item_ids" => [_ | _] = ids}) do
    if Enum.all?(ids, &is_id/1), do: {:ok, ids}, else: {:refused, 400, "item_ids must be whole numbers of 32 bits"}
  end

  defp item_ids(_json), do: {:refused, 400, "item_ids must be a list of at least one id"}

  defp size(%{"size" => size}) when is_integer(size) and size >= 1, do: {:ok, size}
  defp size(_json), do: {:refused, 400, "size must be a whole number of at least 1"}
end
