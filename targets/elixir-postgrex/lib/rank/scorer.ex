defmodule Rank.Scorer do
  @moduledoc """
  The RankNet in Candle, through the NIF that native/ is compiled to. There is no rustler in mix.exs: that package
  builds the library and writes this module, and both are a few lines.
  """

  # A NIF should be back within a millisecond, or the scheduler it runs on cannot serve anybody else: about that many rows.
  @most_rows_here 250

  # The library is not there yet when this is compiled.
  @compile {:autoload, false}
  @on_load :load

  @doc false
  def load do
    :rank |> :code.priv_dir() |> Path.join("libscorer") |> to_charlist() |> :erlang.load_nif(0)
  end

  @doc "Reads the weights, which all processes then share."
  @spec open(Path.t()) :: :ok
  def open(model), do: :persistent_term.put(__MODULE__, open_model(model))

  @doc "One score an item, in their order. Features are arrays as PostgreSQL sends them."
  @spec score(user :: binary(), items :: [binary()]) :: [float()]
  def score(user, items) do
    model = :persistent_term.get(__MODULE__)

    # Handing 20 rows to a dirty scheduler and back would cost as much as scoring them.
    if length(items) <= @most_rows_here,
      do: score_here(model, user, items),
      else: score_aside(model, user, items)
  end

  @doc "How many threads one product of matrices is split over."
  @spec threads() :: pos_integer()
  def threads, do: :erlang.nif_error(:not_loaded)

  @doc "Versions of what the library was compiled from."
  @spec versions() :: [{name :: String.t(), version :: String.t()}]
  def versions, do: :erlang.nif_error(:not_loaded)

  @doc false
  def open_model(_path), do: :erlang.nif_error(:not_loaded)
  @doc false
  def score_here(_model, _user, _items), do: :erlang.nif_error(:not_loaded)
  @doc false
  def score_aside(_model, _user, _items), do: :erlang.nif_error(:not_loaded)
end
