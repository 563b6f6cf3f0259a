defmodule Chat.Handlers.About do
  @moduledoc "`GET /health` and `GET /info`."

  @behaviour :cowboy_handler

  @impl true
  def init(%{method: "GET"} = request, :health), do: {:ok, :cowboy_req.reply(200, request), :health}

  def init(%{method: "GET"} = request, :info) do
    {:ok, Chat.Reply.json(request, 200, JSON.encode_to_iodata!(Plumbing.Info.describe())), :info}
  end

  def init(request, resource), do: {:ok, :cowboy_req.reply(405, %{"allow" => "GET"}, request), resource}
end
