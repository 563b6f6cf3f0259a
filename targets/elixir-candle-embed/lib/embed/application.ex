defmodule Embed.Application do
  @moduledoc "Supervises the servings and the listener: what fails is started again; if it keeps failing, the container ends."

  use Application

  alias Embed.{Batcher, Listener, Model, Servings, Settings, WordPiece}

  @impl true
  def start(_type, _args) do
    settings = Settings.load(System.get_env())
    WordPiece.load(Path.join(settings.model_dir, "vocab.txt"))

    # All servings share the weights: what a batcher calls a session is the one model, as often as it may be used at once.
    sessions = settings.model_dir |> Path.join("model.safetensors") |> Model.open() |> List.duplicate(settings.batches)

    servings =
      for name <- Servings.take_turns(settings.servings) do
        options = [name: name, sessions: sessions, run: &Model.embed/2, size: settings.batch_size]
        Supervisor.child_spec({Batcher, options}, id: name)
      end

    children = servings ++ [Listener.child_spec(port: settings.port)]
    Supervisor.start_link(children, strategy: :one_for_one, name: Embed.Supervisor)
  end
end
