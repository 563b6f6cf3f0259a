# Copied from templates/elixir-cowboy/lib/plumbing/listener.ex: change it there, then run node scripts/copy-templates.mjs.
defmodule Plumbing.Listener do
  @moduledoc "Cowboy's HTTP listener, as a child of a supervisor."

  @doc """
  Options: `:name` of the listener, which `:ranch.get_port/1` takes; `:port` to listen on, 0 for any free one; `:routes`,
  as `:cowboy_router` has them; and `:protocol`, options of Cowboy's for its connections.
  """
  def child_spec(options) do
    transport = %{
      socket_opts: [port: Keyword.fetch!(options, :port)],
      # Cowboy's processes for requests are supervised by their connection's, as `:cowboy.start_clear/3` has it.
      connection_type: :supervisor,
      # ranch stops accepting at 1024 otherwise; how many may come is for the load to say.
      max_connections: :infinity,
      # How long answers under way may take after a TERM, in ms, before their connections are cut.
      shutdown: 1_000
    }

    protocol = %{
      env: %{dispatch: :cowboy_router.compile([{:_, Keyword.fetch!(options, :routes)}])},
      connection_type: :supervisor,
      # The default closes a connection after 1000 requests.
      max_keepalive: :infinity,
      # In ms: the defaults close a connection 5 s after an answer, and after a minute without a byte. A request that
      # comes at that moment is not answered.
      request_timeout: 75_000,
      idle_timeout: 75_000
    }

    protocol = Map.merge(protocol, Keyword.get(options, :protocol, %{}))
    :ranch.child_spec(Keyword.fetch!(options, :name), :ranch_tcp, transport, :cowboy_clear, protocol)
  end
end
