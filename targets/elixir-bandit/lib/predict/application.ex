defmodule Predict.Application do
  @moduledoc "Supervises the listener: if it fails, it is started again; if it keeps failing, the container ends."

  use Application

  @impl true
  def start(_type, _args) do
    port = Plumbing.Environment.port(System.get_env())
    children = [Plumbing.Listener.child_spec(plug: Predict.Router, port: port)]
    Supervisor.start_link(children, strategy: :one_for_one, name: Predict.Supervisor)
  end
end
