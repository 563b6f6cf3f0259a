defmodule Embed.Model do
  @moduledoc """
  all-MiniLM-L6-v2 in Candle, through the NIF that native/ is compiled to. There is no rustler in mix.exs: that package
  builds the library and writes this module, and both are a few lines.
  """

  # The share of a run's tokens that may be padding. Texts of very different lengths are better computed apart.
  @most_padding 0.25

  # The library is not there yet when this is compiled.
  @compile {:autoload, false}
  @on_load :load

  @doc false
  def load do
    :embed |> :code.priv_dir() |> Path.join("libscorer") |> to_charlist() |> :erlang.load_nif(0)
  end

  @doc "Reads the weights, which all processes then share."
  @spec open(Path.t()) :: :ok
  def open(model), do: :persistent_term.put(__MODULE__, open_model(model))

  @doc "One embedding a text, in their order. A text is its tokens' ids."
  @spec embed([[pos_integer()]]) :: [[float()]]
  def embed(texts) do
    model = :persistent_term.get(__MODULE__)

    texts
    |> Enum.with_index()
    |> Enum.sort_by(fn {ids, _place} -> length(ids) end)
    |> runs()
    |> Enum.flat_map(fn texts ->
      {ids, places} = Enum.unzip(texts)
      Enum.zip(places, run(model, ids))
    end)
    |> Enum.sort()
    |> Enum.map(fn {_place, embedding} -> embedding end)
  end

  @doc "Splits texts, the shortest first, into runs of similar length."
  @spec runs([{ids :: [pos_integer()], place}]) :: [[{ids :: [pos_integer()], place}]] when place: term()
  def runs(texts), do: Enum.chunk_while(texts, {[], 0}, &grow/2, fn {run, _tokens} -> {:cont, run, nil} end)

  # This text is the longest so far, and all would be padded to it.
  defp grow({ids, _place} = text, {run, tokens}) do
    length = length(ids)
    padding = 1 - (tokens + length) / (length * (length(run) + 1))

    if run != [] and padding > @most_padding,
      do: {:cont, run, {[text], length}},
      else: {:cont, {[text | run], tokens + length}}
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
  def run(_model, _texts), do: :erlang.nif_error(:not_loaded)
end
