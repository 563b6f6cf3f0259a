defmodule Predict.Listener do
  @moduledoc "The routes, and the listener that serves them."

  @routes [
    {"/predict", Predict.Handler, :predict},
    {"/health", Predict.Handler, :health},
    {"/info", Predict.Handler, :info},
    {"/[...]", Predict.Handler, :unknown}
  ]

  @doc "Options: `:port` to listen on, 0 for any free one, and `:name` of the listener, for `:ranch.get_port/1`."
  def child_spec(options) do
    [name: __MODULE__, routes: @routes] |> Keyword.merge(options) |> Plumbing.Listener.child_spec()
  end
end
