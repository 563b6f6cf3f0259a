defmodule Embed.Model do
  @moduledoc """
  all-MiniLM-L6-v2 in ONNX Runtime, through the NIF that native/ is compiled to. There is no rustler in mix.exs: that
  package builds the library and writes this module, and both are a few lines.
  """

  # The library is not there yet when this is compiled.
  @compile {:autoload, false}
  @on_load :load

  @type session :: reference()
  @type answer :: {:ok, [float()], truncated_to :: pos_integer() | nil} | :empty | {:error, String.t()}

  @doc false
  def load do
    :embed |> :code.priv_dir() |> Path.join("libembedder") |> to_charlist() |> :erlang.load_nif(0)
  end

  @doc "Reads tokenizer and weights from a folder. A session has one run at a time."
  @spec open_session(Path.t()) :: session()
  def open_session(_folder), do: :erlang.nif_error(:not_loaded)

  @doc "One answer a text, in their order. Texts are computed in runs of similar length."
  @spec embed(session(), [String.t()]) :: [answer()]
  def embed(_session, _texts), do: :erlang.nif_error(:not_loaded)

  @doc "How many threads one run is split over."
  @spec intra_op_threads() :: pos_integer()
  def intra_op_threads, do: :erlang.nif_error(:not_loaded)

  @doc "Versions of what the library was compiled from, and of what it has loaded."
  @spec versions() :: [{name :: String.t(), version :: String.t() | nil}]
  def versions, do: :erlang.nif_error(:not_loaded)
end
