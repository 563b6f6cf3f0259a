# Copied from templates/elixir-hex/config/config.exs: change it there, then run node scripts/copy-templates.mjs.
import Config

config :logger, level: :warning
