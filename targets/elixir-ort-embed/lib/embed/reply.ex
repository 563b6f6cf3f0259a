defmodule Embed.Reply do
  @moduledoc "Answers in the forms that the handlers share."

  @json %{"content-type" => "application/json"}

  def json(request, status, value), do: :cowboy_req.reply(status, @json, JSON.encode_to_iodata!(value), request)

  def refuse(request, {:refused, status, text}), do: json(request, status, %{error: text})

  def method_not_allowed(request, allowed), do: :cowboy_req.reply(405, %{"allow" => allowed}, request)
end
