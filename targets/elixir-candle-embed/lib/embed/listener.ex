defmodule Embed.Listener do
  @moduledoc "Cowboy's HTTP listener and its routes, as a child of a supervisor."

  alias Embed.Handlers

  @doc """
  Options: `:port` to listen on, 0 for any free one, and `:name` of the listener, which `:ranch.get_port/1` takes.
  """
  def child_spec(options) do
    name = Keyword.get(options, :name, __MODULE__)

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
      env: %{dispatch: dispatch()},
      connection_type: :supervisor,
      # The default closes a connection after 1000 requests.
      max_keepalive: :infinity
    }

    :ranch.child_spec(name, :ranch_tcp, transport, :cowboy_clear, protocol)
  end

  defp dispatch do
    :cowboy_router.compile([
      {:_,
       [
         {"/embed", Handlers.Embedding, []},
         {"/health", Handlers.About, :health},
         {"/info", Handlers.About, :info}
       ]}
    ])
  end
end
