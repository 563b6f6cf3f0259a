defmodule Chat.Upstream.Patience do
  @moduledoc "When an upstream is asked again, and how long after: the manners of OpenAI's own clients."

  @retries 2
  @first_pause_ms 500
  @longest_pause_ms 8_000
  # Whoever asks for more patience than this is not waited for: the usual pause has to do.
  @longest_retry_after_s 60

  @doc "How often it is asked again."
  def retries, do: @retries

  @spec retryable?(100..599) :: boolean()
  def retryable?(status), do: status in [408, 409, 429] or status >= 500

  @doc "The pause before it is asked again, in ms, after so many retries. `Retry-After` is kept where it is short enough."
  @spec pause_ms(retry_after :: String.t() | nil, retries :: non_neg_integer()) :: non_neg_integer()
  def pause_ms(retry_after, retries) do
    with text when is_binary(text) <- retry_after,
         {seconds, ""} when seconds in 0..@longest_retry_after_s <- Integer.parse(text) do
      seconds * 1000
    else
      _ -> growing(retries)
    end
  end

  # Up to a quarter less, so that callers who failed together do not come back together.
  defp growing(retries) do
    pause = min(@first_pause_ms * Integer.pow(2, retries), @longest_pause_ms)
    pause - :rand.uniform(div(pause, 4))
  end
end
