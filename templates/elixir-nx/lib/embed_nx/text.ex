# Copied from templates/elixir-nx/lib/embed_nx/text.ex: change it there, then run node scripts/copy-templates.mjs.
defmodule EmbedNx.Text do
  @moduledoc "A request's text, checked."

  @largest_body 4 * 1024 * 1024

  @doc "Bytes that a body may have."
  def largest_body, do: @largest_body

  @doc "The text in a body. JSON takes neither invalid UTF-8 nor half a surrogate pair."
  @spec parse(binary()) :: {:ok, String.t()} | {:refused, String.t()}
  def parse(body) do
    case JSON.decode(body) do
      {:ok, %{"text" => text}} when is_binary(text) -> {:ok, text}
      {:ok, _} -> {:refused, "text is missing or not a string"}
      {:error, reason} -> {:refused, "the body is not JSON: #{inspect(reason)}"}
    end
  end
end
