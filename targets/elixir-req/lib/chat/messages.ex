defmodule Chat.Messages do
  @moduledoc "What a completion is asked about, checked."

  @roles ~w(system developer user assistant)

  @type t :: [%{String.t() => String.t()}, ...]

  @doc "The messages of a decoded body, each with its role and its text and nothing else."
  @spec check(term()) :: {:ok, t()} | {:error, String.t()}
  def check(%{"messages" => [_ | _] = messages}) do
    if Enum.all?(messages, &message?/1),
      do: {:ok, Enum.map(messages, &Map.take(&1, ["role", "content"]))},
      else: {:error, "a message needs a role (#{Enum.join(@roles, ", ")}) and text as its content"}
  end

  def check(_json), do: {:error, "messages must be a list of at least one message"}

  defp message?(%{"role" => role, "content" => content}) when role in @roles and is_binary(content), do: content != ""
  defp message?(_other), do: false
end
