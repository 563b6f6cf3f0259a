# Copied from templates/elixir-nx/lib/embed_nx/application.ex: change it there, then run node scripts/copy-templates.mjs.
defmodule EmbedNx.Application do
  @moduledoc "Supervises the servings and the listener: what fails is started again; if it keeps failing, the container ends."

  use Application

  alias EmbedNx.Embedding

  @impl true
  def start(_type, _args) do
    # Started one after the other: the port opens when every serving has compiled its model.
    Supervisor.start_link(Embedding.servings() ++ [listener()], strategy: :one_for_one, name: EmbedNx.Supervisor)
  end

  # Bandit compresses for clients that take it, which no other target does.
  defp listener, do: {Bandit, plug: EmbedNx.Router, port: port(), startup_log: false, http_options: [compress: false]}

  defp port, do: Application.fetch_env!(:embed_nx, :port)
end
