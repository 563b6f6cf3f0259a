defmodule Rank.Application do
  @moduledoc "Supervises the database and the listener: what fails is started again; if it keeps failing, the container ends."

  use Application

  @impl true
  def start(_type, _args) do
    settings = Rank.Settings.from_env(System.get_env())
    Rank.Scorer.open(settings.model)

    children = [
      Rank.Database.child_spec(settings),
      Plumbing.Listener.child_spec(plug: {Rank.Router, settings}, port: settings.port)
    ]

    Supervisor.start_link(children, strategy: :one_for_one, name: Rank.Supervisor)
  end
end
