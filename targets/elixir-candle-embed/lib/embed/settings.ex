defmodule Embed.Settings do
  @moduledoc "What the container's environment says."

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
      port: number(env, "PORT", 8080, 1),
      servings: number(env, "SERVINGS", 1, 1),
      # The article's: Nx.Serving with batch_size: 32 and batch_timeout: 10.
      batch_size: number(env, "BATCH_SIZE", 32, 1),
      batch_timeout_ms: number(env, "BATCH_TIMEOUT_MS", 10, 0),
      model_dir: Map.get(env, "MODEL_DIR", "/models/minilm")
    }
  end

  defp number(env, name, fallback, least) do
    text = Map.get(env, name, to_string(fallback))

    case Integer.parse(text) do
      {number, ""} when number >= least -> number
      _ -> raise ArgumentError, "#{name} is #{inspect(text)}, want a whole number of at least #{least}"
    end
  end
end
