defmodule Chat.Application do
  @moduledoc "Supervises the pool and the listener: what fails is started again; if it keeps failing, the container ends."

  use Application

  @impl true
  def start(_type, _args) do
    settings = Chat.Settings.from_env(System.get_env())
    Chat.Settings.put(settings)

    children = [Chat.Upstream.Pool, Chat.Listener.child_spec(port: settings.port)]
    Supervisor.start_link(children, strategy: :one_for_one, name: Chat.Supervisor)
  end
end
