defmodule Embed.Model do
  @moduledoc """
  all-MiniLM-L6-v2 in Candle, through the NIF that native/ is compiled to. There is no rustler in mix.exs: that package
  builds the library and writes this module, and both are a few lines.
  """

  # The library is not there yet when this is compiled.
  @compile {:autoload, false}
  @on_load :load

  @type model :: reference()
  @typedoc "A text as the model reads it: its tokens' ids."
  @type ids :: [non_neg_integer()]
  @type answer :: {:ok, [float()]} | {:error, String.t()}

  @doc false
  def load do
    :embed |> :code.priv_dir() |> Path.join("libscorer") |> to_charlist() |> :erlang.load_nif(0)
  end

  @doc "Reads the weights. A model has as many runs at once as ask for one."
  @spec open(Path.t()) :: model()
  def open(_file), do: :erlang.nif_error(:not_loaded)

  @doc "One answer a text, in their order. Texts are computed in runs of similar length."
  @spec embed(model(), [ids()]) :: [answer()]
  def embed(_model, _texts), do: :erlang.nif_error(:not_loaded)

  @doc "How many threads one product of matrices is split over."
  @spec threads() :: pos_integer()
  def threads, do: :erlang.nif_error(:not_loaded)

  @doc "Versions of what the library was compiled from."
  @spec versions() :: [{name :: String.t(), version :: String.t()}]
  def versions, do: :erlang.nif_error(:not_loaded)
end
