defmodule Embed.Settings do
  @moduledoc "What the container's environment says."

  alias Plumbing.Environment

  @enforce_keys [:port, :servings, :batches, :batch_size, :model_dir]
  defstruct @enforce_keys

  @type t :: %__MODULE__{
          port: :inet.port_number(),
          servings: pos_integer(),
          # how many batches a serving computes at once
          batches: pos_integer(),
          batch_size: pos_integer(),
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
    servings = Environment.number(env, "SERVINGS", 1)
    cores = Environment.number(env, "CORES", System.schedulers_online())

    %__MODULE__{
      port: Environment.port(env),
      servings: servings,
      # A core has a batch of its own, whichever serving it belongs to.
      batches: Environment.number(env, "BATCHES", max(div(cores, servings), 1)),
      batch_size: Environment.number(env, "BATCH_SIZE", 32),
      model_dir: Map.get(env, "MODEL_DIR", "/models/minilm")
    }
  end
end
