defmodule Embed.Application do
  @moduledoc "Supervises the batcher and the listener: what fails is started again; if it keeps failing, the container ends."

  use Application

  alias Embed.{Batcher, Listener, Model, Settings}

  @impl true
  def start(_type, _args) do
    settings = Settings.load(System.get_env())
    sessions = for _ <- 1..settings.cores, do: Model.open_session(settings.model_dir)

    children = [
      {Batcher, sessions: sessions, run: &Model.embed/2, size: settings.batch_size},
      Listener.child_spec(port: settings.port)
    ]

    Supervisor.start_link(children, strategy: :one_for_one, name: Embed.Supervisor)
  end
end
