# Copied from templates/elixir-nx/config/config.exs: change it there, then run node scripts/copy-templates.mjs.
import Config

config :logger, level: :warning

# What no compiler takes over runs on a native backend, not on Nx's own, which is plain Elixir.
backends = %{"exla" => EXLA.Backend, "torchx" => Torchx.Backend}
config :nx, default_backend: Map.fetch!(backends, System.get_env("NX_BACKEND", "exla"))
