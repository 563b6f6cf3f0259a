defmodule EmbedNx.Application do
  @moduledoc "Supervises the servings and the listener: what fails is started again; if it keeps failing, the container ends."

  use Application

  alias EmbedNx.Embedding

  @impl true
  def start(_type, _args) do
    # Started one after the other: the port opens when every serving has compiled its model.
    children = Embedding.servings() ++ [{Bandit, plug: EmbedNx.Router, port: port(), startup_log: false}]
    Supervisor.start_link(children, strategy: :one_for_one, name: EmbedNx.Supervisor)
  end

  defp port, do: Application.fetch_env!(:embed_nx, :port)
end
