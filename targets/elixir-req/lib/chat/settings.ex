defmodule Chat.Settings do
  @moduledoc "What the container's environment says."

  alias Plumbing.Environment

  # As many as a batch may have under way. A pool opens a connection when it is first needed, so that room costs nothing.
  @pool 10_000

  @enforce_keys [:port, :url, :api_key, :model, :silence_ms, :pool]
  defstruct @enforce_keys

  @type t :: %__MODULE__{
          port: :inet.port_number(),
          url: String.t(),
          api_key: String.t(),
          model: String.t(),
          # the longest silence of the upstream that is waited for
          silence_ms: pos_integer(),
          # the most connections to the upstream
          pool: pos_integer()
        }

  @spec from_env(%{String.t() => String.t()}) :: t()
  def from_env(env) do
    %__MODULE__{
      port: Environment.port(env),
      url: env |> Environment.required("OPENAI_BASE_URL") |> url(),
      api_key: Environment.required(env, "OPENAI_API_KEY"),
      model: Environment.required(env, "OPENAI_MODEL"),
      silence_ms: Environment.number(env, "UPSTREAM_TIMEOUT_MS", 60_000),
      pool: Environment.number(env, "UPSTREAM_POOL", @pool)
    }
  end

  defp url(base) do
    case URI.parse(base) do
      %URI{scheme: scheme, host: host} when scheme in ["http", "https"] and is_binary(host) ->
        String.trim_trailing(base, "/") <> "/chat/completions"

      _ ->
        raise ArgumentError, "OPENAI_BASE_URL is #{base}, want http://host:port/path"
    end
  end
end
