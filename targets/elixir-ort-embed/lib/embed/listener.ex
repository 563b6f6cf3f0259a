defmodule Embed.Listener do
  @moduledoc "The routes, and the listener that serves them."

  alias Embed.Handlers

  @routes [
    {"/embed", Handlers.Embedding, []},
    {"/health", Handlers.About, :health},
    {"/info", Handlers.About, :info}
  ]

  @doc "Options: `:port` to listen on, 0 for any free one, and `:name` of the listener, for `:ranch.get_port/1`."
  def child_spec(options) do
    [name: __MODULE__, routes: @routes] |> Keyword.merge(options) |> Plumbing.Listener.child_spec()
  end
end
