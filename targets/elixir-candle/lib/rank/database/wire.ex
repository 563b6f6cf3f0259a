defmodule Rank.Database.Wire do
  @moduledoc "PostgreSQL's protocol 3.0, as far as it is needed here: prepared statements of one parameter, all values in binary."

  @type row :: [binary() | nil]

  @int4 23

  @doc "A message of any type but the first one, which has none."
  @spec message(byte(), iodata()) :: iodata()
  def message(type, body), do: [type, <<IO.iodata_length(body) + 4::32>>, body]

  @spec startup(user :: String.t(), database :: String.t()) :: iodata()
  def startup(user, database) do
    body = [<<3::16, 0::16>>, "user", 0, user, 0, "database", 0, database, 0, 0]
    [<<IO.iodata_length(body) + 4::32>>, body]
  end

  @doc "Prepares statements under their names."
  @spec prepare([{name :: String.t(), sql :: String.t()}]) :: iodata()
  def prepare(statements) do
    [for({name, sql} <- statements, do: message(?P, [name, 0, sql, 0, <<0::16>>])), message(?S, [])]
  end

  @doc "Runs statements one after the other. The answer is complete with its `ReadyForQuery`, of which there is one."
  @spec pipeline([{name :: String.t(), parameter :: iodata()}]) :: binary()
  def pipeline(statements) do
    # One binary, because that goes to another process without being copied.
    IO.iodata_to_binary([for({name, parameter} <- statements, do: run(name, parameter)), message(?S, [])])
  end

  defp run(name, parameter) do
    length = IO.iodata_length(parameter)
    # An unnamed portal, one parameter, and everything in binary (1).
    bind = [0, name, 0, <<1::16, 1::16, 1::16, length::32>>, parameter, <<1::16, 1::16>>]
    [message(?B, bind), message(?E, [0, <<0::32>>])]
  end

  @spec int(integer()) :: binary()
  def int(value), do: <<value::signed-32>>

  @spec int_array([integer()]) :: iodata()
  def int_array(values) do
    # one dimension, no nulls, the element's type, how many, the first one's index
    [<<1::32, 0::32, @int4::32, length(values)::32, 1::32>>, for(value <- values, do: <<4::32, value::signed-32>>)]
  end

  @doc """
  Looks for the end of the first answer in a buffer, from a place where a message begins: `{:answer, size}`, or
  `{:more, place}` with the place to go on from.
  """
  @spec find_answer(binary(), non_neg_integer()) :: {:answer, pos_integer()} | {:more, non_neg_integer()}
  def find_answer(buffer, place) do
    case buffer do
      <<_::binary-size(place), type, length::32, _::binary>> when byte_size(buffer) > place + length ->
        next = place + 1 + length
        if type == ?Z, do: {:answer, next}, else: find_answer(buffer, next)

      _incomplete ->
        {:more, place}
    end
  end

  @doc "The rows of each statement in an answer, last row first."
  @spec results(binary()) :: {:ok, [[row()]]} | {:error, {:sqlstate, String.t()}}
  def results(answer), do: results(answer, [], [])

  defp results(<<type, length::32, rest::binary>>, rows, done) do
    size = length - 4
    <<body::binary-size(size), rest::binary>> = rest

    case type do
      ?D -> results(rest, [row(body) | rows], done)
      ?C -> results(rest, [], [rows | done])
      ?Z -> {:ok, Enum.reverse(done)}
      ?E -> {:error, {:sqlstate, error_field(body, ?C)}}
      _other -> results(rest, rows, done)
    end
  end

  defp row(<<_count::16, columns::binary>>), do: columns(columns)

  defp columns(<<-1::signed-32, rest::binary>>), do: [nil | columns(rest)]
  defp columns(<<size::32, value::binary-size(size), rest::binary>>), do: [value | columns(rest)]
  defp columns(<<>>), do: []

  @doc "A field of an error: `?C` is its SQLSTATE, `?M` its text."
  @spec error_field(binary(), byte()) :: String.t()
  def error_field(body, wanted) do
    Enum.find_value(:binary.split(body, <<0>>, [:global]), "", fn
      <<^wanted, value::binary>> -> value
      _other -> nil
    end)
  end
end
