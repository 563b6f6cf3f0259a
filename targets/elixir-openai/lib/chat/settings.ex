defmodule Chat.Settings do
  @moduledoc "What the container's environment says."

  alias Plumbing.Environment

  @enforce_keys [:port, :host, :upstream_port, :path, :api_key, :model, :silence_ms]
  defstruct @enforce_keys

  @type t :: %__MODULE__{
          port: :inet.port_number(),
          host: String.t(),
          upstream_port: :inet.port_number(),
          path: String.t(),
          api_key: String.t(),
          model: String.t(),
          # the longest silence of the upstream that is waited for
          silence_ms: pos_integer()
        }

  @spec from_env(%{String.t() => String.t()}) :: t()
  def from_env(env) do
    base = env |> Environment.required("OPENAI_BASE_URL") |> URI.parse()

    unless base.scheme == "http" and is_binary(base.host) do
      raise ArgumentError, "OPENAI_BASE_URL is #{base}, want http://host:port/path: this client speaks no TLS"
    end

    %__MODULE__{
      port: Environment.port(env),
      host: base.host,
      upstream_port: base.port,
      path: String.trim_trailing(base.path || "", "/") <> "/chat/completions",
      api_key: Environment.required(env, "OPENAI_API_KEY"),
      model: Environment.required(env, "OPENAI_MODEL"),
      silence_ms: Environment.number(env, "UPSTREAM_TIMEOUT_MS", 60_000)
    }
  end

  @doc "Read by every request and written once: a persistent term is neither copied nor asked of a process."
  @spec put(t()) :: :ok
  def put(settings), do: :persistent_term.put(__MODULE__, settings)

  @spec get() :: t()
  def get, do: :persistent_term.get(__MODULE__)
end
