defmodule Embed.Application do
  @moduledoc "Supervises the servings and the listener: what fails is started again; if it keeps failing, the container ends."

  use Application

  @impl true
  def start(_type, _args) do
    settings = Embed.Settings.load(System.get_env())
    Embed.WordPiece.load(Path.join(settings.model_dir, "vocab.txt"))
    Embed.Model.open(Path.join(settings.model_dir, "model.safetensors"))

    servings =
      for name <- Embed.Servings.take_turns(settings.servings) do
        options = [name: name, run: &Embed.Model.embed/1, size: settings.batch_size, timeout: settings.batch_timeout_ms]
        Supervisor.child_spec({Embed.Serving, options}, id: name)
      end

    children = servings ++ [Embed.Listener.child_spec(port: settings.port)]
    Supervisor.start_link(children, strategy: :one_for_one, name: Embed.Supervisor)
  end
end
