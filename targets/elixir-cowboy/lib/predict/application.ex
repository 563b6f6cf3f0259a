defmodule Predict.Application do
  @moduledoc "Supervises the listener: if it fails, it is started again; if it keeps failing, the container ends."

  use Application

  @impl true
  def start(_type, _args) do
    children = [Predict.Listener.child_spec(port: port(System.get_env("PORT", "8080")))]
    Supervisor.start_link(children, strategy: :one_for_one, name: Predict.Supervisor)
  end

  defp port(text) do
    case Integer.parse(text) do
      {port, ""} when port in 1..65_535 -> port
      _ -> raise ArgumentError, "PORT is #{inspect(text)}, want a whole number from 1 to 65535"
    end
  end
end
