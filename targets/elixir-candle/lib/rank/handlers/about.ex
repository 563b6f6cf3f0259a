defmodule Rank.Handlers.About do
  @moduledoc "`GET /health` and `GET /info`."

  @behaviour :cowboy_handler

  alias Rank.{Database, Features, Reply, Scorer}

  @impl true
  def init(%{method: "GET"} = request, :health) do
    case Features.ping() do
      :ok -> {:ok, Reply.json(request, 200, %{status: "ok"}), :health}
      refusal -> {:ok, Reply.refuse(request, refusal), :health}
    end
  end

  def init(%{method: "GET"} = request, :info), do: {:ok, Reply.json(request, 200, describe()), :info}
  def init(request, resource), do: {:ok, Reply.method_not_allowed(request, "GET"), resource}

  defp describe do
    Plumbing.Info.describe(
      versions: Scorer.versions(),
      threads: %{candle: Scorer.threads()},
      pools: %{database: Database.size()}
    )
  end
end
