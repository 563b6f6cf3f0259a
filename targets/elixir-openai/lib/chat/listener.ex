defmodule Chat.Listener do
  @moduledoc "The routes, and the listener that serves them."

  alias Chat.Handlers

  @routes [
    {"/chat", Handlers.Completion, []},
    {"/batch", Handlers.Batch, []},
    {"/health", Handlers.About, :health},
    {"/info", Handlers.About, :info}
  ]

  # Otherwise a connection ends that brought nothing for 75 s, though a long answer may be under way.
  @protocol %{idle_timeout: :infinity}

  @doc "Options: `:port` to listen on, 0 for any free one, and `:name` of the listener, for `:ranch.get_port/1`."
  def child_spec(options) do
    [name: __MODULE__, routes: @routes, protocol: @protocol] |> Keyword.merge(options) |> Plumbing.Listener.child_spec()
  end
end
