defmodule Rank.Settings do
  @moduledoc "What the container's environment says."

  alias Plumbing.Environment

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
    cores = Environment.number(env, "CORES", 1)

    %__MODULE__{
      port: Environment.port(env),
      database: env |> Environment.required("DATABASE_URL") |> database(),
      connections: Environment.number(env, "DATABASE_POOL", cores * @connections_per_core),
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
end
