defmodule Rank.Database.Failure do
  @moduledoc "What an error of Postgrex means for who asked."

  @doc """
  `:unavailable` when the database does not answer: it is gone, going, full, or too slow, or no connection came free in
  time. Anything else is a mistake of ours and stays what it is.
  """
  @spec reason(Exception.t()) :: :unavailable | Exception.t()
  # Classes of SQLSTATE that a server answers with when it is going, full or not yet there.
  def reason(%{postgres: %{pg_code: <<class::binary-size(2), _::binary>>}}) when class in ["08", "53", "57"],
    do: :unavailable

  def reason(error) when is_struct(error, DBConnection.ConnectionError), do: :unavailable
  def reason(error), do: error
end
