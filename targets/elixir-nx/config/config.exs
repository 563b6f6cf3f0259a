import Config

config :logger, level: :warning

# What no compiler takes over runs on EXLA's backend, not on Nx's own, which is plain Elixir.
config :nx, default_backend: EXLA.Backend
