defmodule Chat.Reply do
  @moduledoc "Answers in the forms that the handlers share."

  @json %{"content-type" => "application/json"}

  def error(request, status, text), do: json(request, status, JSON.encode_to_iodata!(%{error: text}))

  def json(request, status, body, headers \\ %{}) do
    :cowboy_req.reply(status, Map.merge(@json, headers), body, request)
  end
end
