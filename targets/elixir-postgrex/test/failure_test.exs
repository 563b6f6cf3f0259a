defmodule Rank.Database.FailureTest do
  use ExUnit.Case, async: true

  alias Rank.Database.Failure

  for {because, code} <- [
        {"its connection was cut", "08006"},
        {"it has too many connections", "53300"},
        {"it is shutting down", "57P01"},
        {"it is starting", "57P03"}
      ] do
    test "the database is unavailable when #{because}" do
      assert Failure.reason(%{postgres: %{pg_code: unquote(code)}}) == :unavailable
    end
  end

  # As a map: the exception itself is in a package.
  test "and when no connection came free, or one was lost" do
    assert Failure.reason(%{__struct__: DBConnection.ConnectionError, message: "tcp recv: closed"}) == :unavailable
  end

  test "a mistake in a statement stays what it is" do
    assert Failure.reason(%{postgres: %{pg_code: "42P01"}}) == %{postgres: %{pg_code: "42P01"}}
  end
end
