defmodule Predict.Handler do
  @moduledoc "Answers a request. The state is the resource that the router found."

  @behaviour :cowboy_handler

  @text %{"content-type" => "text/plain; charset=utf-8"}
  @json %{"content-type" => "application/json"}

  @impl true
  def init(request, resource) do
    {status, headers, body} = answer(request.method, resource)
    {:ok, :cowboy_req.reply(status, close_unread(headers, request), body, request), resource}
  end

  defp answer(_method, :unknown), do: {404, %{}, ""}
  defp answer("GET", :predict), do: {200, @text, "Prediction: Iris-Setosa"}
  defp answer("GET", :health), do: {200, @text, ""}
  defp answer("GET", :info), do: {200, @json, JSON.encode!(Plumbing.Info.describe())}
  defp answer(_method, _resource), do: {405, %{"allow" => "GET"}, ""}

  # Nothing here reads a body, and Cowboy 2.12 now and then loses the request that follows an unread one. Closing is also
  # the cheaper way to refuse a large upload.
  defp close_unread(headers, request) do
    if :cowboy_req.has_body(request), do: Map.put(headers, "connection", "close"), else: headers
  end
end
