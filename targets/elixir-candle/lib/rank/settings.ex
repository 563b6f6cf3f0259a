defmodule Rank.Settings do
  @moduledoc "What the container's environment says."

  # More connections than this only split what PostgreSQL could have read and answered in one go.
  @connections_per_core 2

  @enforce_keys [:port, :database, :connections, :model]
  defstruct @enforce_keys

  @type database :: %{
          host: String.t(),
          port: :inet.port_number(),
          user: String.t(),
          password: String.t(),
          name: String.t()
        }

  @type t :: %__MODULE__{
          port: :inet.port_number(),
          database: database(),
          connections: pos_integer(),
          model: Path.t()
        }

  @spec from_env(%{String.t() => String.t()}) :: t()
  def from_env(env) do
    %__MODULE__{
      port: positive(env, "PORT", 8080),
      database: env |> required("DATABASE_URL") |> database(),
      connections: positive(env, "DATABASE_POOL", positive(env, "CORES", 1) * @connections_per_core),
      model: env |> Map.get("MODEL_DIR", "/models") |> Path.join("ranknet.safetensors")
    }
  end

  defp database(url) do
    with %URI{scheme: scheme, host: host, path: "/" <> name} = uri when scheme in ["postgres", "postgresql"] <-
           URI.parse(url),
         [user, password] <- String.split(uri.userinfo || "", ":", parts: 2) do
      %{
        host: host,
        port: uri.port || 5432,
        user: URI.decode(user),
        password: URI.decode(password),
        name: URI.decode(name)
      }
    else
      _ -> raise ArgumentError, "DATABASE_URL must look like postgres://user:password@host:port/name"
    end
  end

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
