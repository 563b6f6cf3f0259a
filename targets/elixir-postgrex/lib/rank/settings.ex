defmodule Rank.Settings do
  @moduledoc "What the container's environment says."

  alias Plumbing.Environment

  # How many queries are under way at once: beyond it they only queue in the database.
  @pool_per_core 8

  @enforce_keys [:port, :database, :pool, :model]
  defstruct @enforce_keys

  @typedoc "As Postgrex names its options."
  @type database :: [
          hostname: String.t(),
          port: :inet.port_number(),
          username: String.t(),
          password: String.t(),
          database: String.t()
        ]

  @type t :: %__MODULE__{port: :inet.port_number(), database: database(), pool: pos_integer(), model: Path.t()}

  @spec from_env(%{String.t() => String.t()}) :: t()
  def from_env(env) do
    cores = Environment.number(env, "CORES", 1)

    %__MODULE__{
      port: Environment.port(env),
      database: env |> Environment.required("DATABASE_URL") |> database(),
      pool: Environment.number(env, "DATABASE_POOL", cores * @pool_per_core),
      model: env |> Map.get("MODEL_DIR", "/models") |> Path.join("ranknet.safetensors")
    }
  end

  defp database(url) do
    with %URI{scheme: scheme, host: host, path: "/" <> name} = uri when scheme in ["postgres", "postgresql"] <-
           URI.parse(url),
         [user, password] <- String.split(uri.userinfo || "", ":", parts: 2) do
      [
        hostname: host,
        port: uri.port || 5432,
        username: URI.decode(user),
        password: URI.decode(password),
        database: URI.decode(name)
      ]
    else
      _ -> raise ArgumentError, "DATABASE_URL must look like postgres://user:password@host:port/name"
    end
  end
end
