defmodule Embed.Settings do
  @moduledoc "What the container's environment says."

  alias Plumbing.Environment

  @enforce_keys [:port, :servings, :batch_size, :batch_timeout_ms, :model_dir]
  defstruct @enforce_keys

  @type t :: %__MODULE__{
          port: :inet.port_number(),
          servings: pos_integer(),
          batch_size: pos_integer(),
          batch_timeout_ms: non_neg_integer(),
          model_dir: Path.t()
        }

  @doc "Reads the environment, for `get/0` to give everywhere."
  @spec load(%{String.t() => String.t()}) :: t()
  def load(env) do
    settings = from_env(env)
    :persistent_term.put(__MODULE__, settings)
    settings
  end

  @spec get() :: t()
  def get, do: :persistent_term.get(__MODULE__)

  @spec from_env(%{String.t() => String.t()}) :: t()
  def from_env(env) do
    %__MODULE__{
      port: Environment.port(env),
      servings: Environment.number(env, "SERVINGS", 1),
      # 32 is the batch size of the corrected article; its timeout is Nx.Serving's own, 100 ms. The first one had batches of 1.
      batch_size: Environment.number(env, "BATCH_SIZE", 32),
      batch_timeout_ms: Environment.number(env, "BATCH_TIMEOUT_MS", 10, 0),
      model_dir: Map.get(env, "MODEL_DIR", "/models/minilm")
    }
  end
end
