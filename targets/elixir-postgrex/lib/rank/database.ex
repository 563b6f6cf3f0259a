defmodule Rank.Database do
  @moduledoc "PostgreSQL through a pool of Postgrex's: a connection belongs to a request until it has its rows."

  alias Rank.Database.{Failure, Types}

  # What a query may take, the wait for a connection included.
  @deadline_ms 2_000

  @doc "A child of a supervisor. Connections are made at once, and again after an outage."
  def child_spec(settings) do
    options = [
      name: __MODULE__,
      pool_size: settings.pool,
      types: Types,
      # Who waits for a connection is turned away after a second (twice the target), once nobody of a whole interval got
      # one within the target: after one and a half at most. Postgrex's own target of 50 ms is less than a full pool's
      # queue takes under load.
      queue_target: 500,
      queue_interval: 500,
      connect_timeout: @deadline_ms,
      # After an outage: the defaults would leave it for half a minute.
      backoff_min: 100,
      backoff_max: 1_000
    ]

    Postgrex.child_spec(options ++ settings.database)
  end

  @doc """
  The rows of a statement, which a connection prepares when it runs it for the first time, under its name. From then on
  it is one round trip.
  """
  @spec run(name :: String.t(), sql :: String.t(), parameters :: [term()]) ::
          {:ok, [[term()]]} | {:error, :unavailable | Exception.t()}
  def run(name, sql, parameters) do
    case Postgrex.query(__MODULE__, sql, parameters, cache_statement: name, timeout: @deadline_ms) do
      {:ok, result} -> {:ok, result.rows}
      {:error, error} -> {:error, Failure.reason(error)}
    end
  end
end
