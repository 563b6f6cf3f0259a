defmodule Embed.Handlers.About do
  @moduledoc "`GET /health` and `GET /info`."

  @behaviour :cowboy_handler

  alias Embed.{Model, Reply, Settings}

  # The model is loaded before the listener starts.
  @impl true
  def init(%{method: "GET"} = request, :health), do: {:ok, Reply.json(request, 200, %{status: "ok"}), :health}
  def init(%{method: "GET"} = request, :info), do: {:ok, Reply.json(request, 200, describe()), :info}
  def init(request, resource), do: {:ok, Reply.method_not_allowed(request, "GET"), resource}

  defp describe do
    %{servings: servings, batches: batches, batch_size: batch_size} = Settings.get()

    Plumbing.Info.describe(
      versions: Model.versions(),
      threads: %{candle: Model.threads(), batches: servings * batches},
      flags: %{servings: servings, batch_size: batch_size}
    )
  end
end
