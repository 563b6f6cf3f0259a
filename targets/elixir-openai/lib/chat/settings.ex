defmodule Chat.Settings do
  @moduledoc "What the container's environment says."

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
    base = env |> required("OPENAI_BASE_URL") |> URI.parse()

    unless base.scheme == "http" and is_binary(base.host) do
      raise ArgumentError, "OPENAI_BASE_URL is #{base}, want http://host:port/path: this client speaks no TLS"
    end

    %__MODULE__{
      port: positive(env, "PORT", 8080),
      host: base.host,
      upstream_port: base.port,
      path: String.trim_trailing(base.path || "", "/") <> "/chat/completions",
      api_key: required(env, "OPENAI_API_KEY"),
      model: required(env, "OPENAI_MODEL"),
      silence_ms: positive(env, "UPSTREAM_TIMEOUT_MS", 60_000)
    }
  end

  @doc "Read by every request and written once: a persistent term is neither copied nor asked of a process."
  @spec put(t()) :: :ok
  def put(settings), do: :persistent_term.put(__MODULE__, settings)

  @spec get() :: t()
  def get, do: :persistent_term.get(__MODULE__)

  defp required(env, name) do
    case env[name] do
      value when value in [nil, ""] -> raise ArgumentError, "#{name} is required"
      value -> value
    end
  end

  defp positive(env, name, fallback) do
    text = Map.get(env, name, to_string(fallback))

    case Integer.parse(text) do
      {number, ""} when number >= 1 -> number
      _ -> raise ArgumentError, "#{name} is #{inspect(text)}, want a whole number of at least 1"
    end
  end
end
