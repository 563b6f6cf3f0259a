defmodule Chat.Handlers.Completion do
  @moduledoc """
  `POST /chat`: one completion, as its joined text or, with `?stream=1`, as server-sent events.

  Cowboy ends this process when the client goes away, and the upstream's socket ends with it.
  """

  @behaviour :cowboy_handler

  alias Chat.{Body, Reply, Upstream}

  @roles ~w(system developer user assistant)
  @text %{"content-type" => "text/plain; charset=utf-8"}
  @events %{"content-type" => "text/event-stream; charset=utf-8", "cache-control" => "no-cache"}

  @impl true
  def init(request, state) do
    answer = if :cowboy_req.match_qs([{:stream, [], "0"}], request).stream == "1", do: &pass_on/2, else: &join/2
    {:ok, Body.with_json(request, &check/1, answer), state}
  end

  defp check(%{"messages" => [_ | _] = messages}) do
    if Enum.all?(messages, &message?/1),
      do: {:ok, Enum.map(messages, &Map.take(&1, ["role", "content"]))},
      else: {:error, "a message needs a role (#{Enum.join(@roles, ", ")}) and text as its content"}
  end

  defp check(_json), do: {:error, "messages must be a list of at least one message"}

  defp message?(%{"role" => role, "content" => content}) when role in @roles and is_binary(content), do: content != ""
  defp message?(_other), do: false

  defp join(messages, request) do
    case Upstream.text(messages) do
      {:ok, text} -> :cowboy_req.reply(200, @text, text, request)
      {:error, failure} -> Reply.error(request, failure.status, failure.text)
    end
  end

  # The first piece decides the status: a failure before it is an ordinary answer, a failure after it is an event.
  defp pass_on(messages, request) do
    case Upstream.reduce(messages, {:silent, request}, &send_piece/2) do
      {:ok, so_far} ->
        request = begun(so_far)
        :cowboy_req.stream_body("data: [DONE]\n\n", :fin, request)
        request

      {:error, failure, {:begun, request}} ->
        :cowboy_req.stream_body(["event: error\n", event(%{error: failure.text})], :fin, request)
        request

      {:error, failure, {:silent, request}} ->
        Reply.error(request, failure.status, failure.text)
    end
  end

  defp send_piece(piece, so_far) do
    request = begun(so_far)
    :cowboy_req.stream_body(event(%{content: piece}), :nofin, request)
    {:begun, request}
  end

  defp begun({:begun, request}), do: request
  defp begun({:silent, request}), do: :cowboy_req.stream_reply(200, @events, request)

  defp event(data), do: ["data: ", JSON.encode_to_iodata!(data), "\n\n"]
end
