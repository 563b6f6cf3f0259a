# Copied from templates/elixir-hex/lib/plumbing/listener.ex: change it there, then run node scripts/copy-templates.mjs.
defmodule Plumbing.Listener do
  @moduledoc "Bandit, as a child of a supervisor."

  @doc "Options: the `:plug` that answers, and the `:port` to listen on, 0 for any free one."
  def child_spec(options) do
    bandit = [
      plug: Keyword.fetch!(options, :plug),
      port: Keyword.fetch!(options, :port),
      startup_log: false,
      # Bandit compresses for clients that take it, which no other target does.
      http_options: [compress: false],
      websocket_options: [enabled: false],
      # How long answers under way may take after a TERM, in ms, before their connections are cut.
      thousand_island_options: [shutdown_timeout: 1_000]
    ]

    Supervisor.child_spec({Bandit, bandit}, [])
  end
end
