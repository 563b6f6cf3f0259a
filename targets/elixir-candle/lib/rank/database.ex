defmodule Rank.Database do
  @moduledoc """
  A few connections to PostgreSQL that all requests share, by turns. There is no pool to check connections out of: a
  connection pipelines, so that whoever comes while others wait is sent along at once.
  """

  use Supervisor

  alias Rank.Database.{Connection, Wire}

  @spec start_link(Rank.Settings.t()) :: Supervisor.on_start()
  def start_link(settings), do: Supervisor.start_link(__MODULE__, settings, name: __MODULE__)

  @impl true
  def init(settings) do
    names = for number <- 1..settings.connections, do: Module.concat(Connection, "N#{number}")
    :persistent_term.put(__MODULE__, {List.to_tuple(names), :atomics.new(1, signed: false)})

    children = for name <- names, do: Supervisor.child_spec({Connection, {name, settings.database}}, id: name)
    Supervisor.init(children, strategy: :one_for_one)
  end

  @doc """
  Runs prepared statements in one round trip. Gives the rows of each, last row first; a row is a list of its columns in
  PostgreSQL's binary form.

  `:unavailable` when the database does not answer: it is gone, going, full, or too slow.
  """
  @spec run([{statement :: String.t(), parameter :: iodata()}]) ::
          {:ok, [[Wire.row()]]} | {:error, :unavailable} | {:error, {:sqlstate, String.t()}}
  def run(statements) do
    case statements |> Wire.pipeline() |> ask() do
      {:ok, answer} -> answer |> Wire.results() |> available()
      {:error, _reason} -> {:error, :unavailable}
    end
  end

  @spec size() :: pos_integer()
  def size do
    {names, _turn} = :persistent_term.get(__MODULE__)
    tuple_size(names)
  end

  defp ask(messages) do
    {names, turn} = :persistent_term.get(__MODULE__)
    names |> elem(rem(:atomics.add_get(turn, 1, 1), tuple_size(names))) |> Connection.ask(messages)
  end

  # Classes of SQLSTATE that a server answers with when it is going, full or not yet there.
  defp available({:error, {:sqlstate, <<class::binary-size(2), _::binary>>}}) when class in ["08", "53", "57"],
    do: {:error, :unavailable}

  defp available(results), do: results
end
