defmodule Chat.Application do
  @moduledoc "Supervises the client, the tasks and the listener: what fails is started again; if it keeps failing, the container ends."

  use Application

  @impl true
  def start(_type, _args) do
    settings = Chat.Settings.from_env(System.get_env())
    Chat.Upstream.open(settings)

    children = [
      Chat.Upstream.pool(settings),
      {Task.Supervisor, name: Chat.Tasks},
      Plumbing.Listener.child_spec(plug: {Chat.Router, settings}, port: settings.port)
    ]

    Supervisor.start_link(children, strategy: :one_for_one, name: Chat.Supervisor)
  end
end
