defmodule Embed.Text do
  @moduledoc "A request's text, checked."

  @type refused :: {:refused, status :: pos_integer(), text :: String.t()}

  @largest_body 4 * 1024 * 1024

  @doc "Bytes that a body may have."
  def largest_body, do: @largest_body

  @doc "The text in a body. JSON takes neither invalid UTF-8 nor half a surrogate pair."
  @spec parse(binary()) :: {:ok, String.t()} | refused()
  def parse(body) do
    case JSON.decode(body) do
      {:ok, %{"text" => text}} when is_binary(text) -> {:ok, text}
      {:ok, _} -> {:refused, 400, "text is missing or not a string"}
      {:error, reason} -> {:refused, 400, "the body is not JSON: #{inspect(reason)}"}
    end
  end

  @spec too_large() :: refused()
  def too_large, do: {:refused, 413, "at most #{@largest_body} bytes"}

  @spec empty() :: refused()
  def empty, do: {:refused, 400, "text is empty"}
end
