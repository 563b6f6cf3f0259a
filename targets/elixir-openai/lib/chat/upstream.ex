defmodule Chat.Upstream do
  @moduledoc """
  Streams chat completions from an OpenAI-compatible service, with the manners of OpenAI's own clients: two retries after
  429, 408, 409, 5xx, a connection that breaks or silence before the answer; `Retry-After` or growing pauses between them.
  """

  alias Chat.Settings
  alias Chat.Upstream.{Connection, Failure}

  @retries 2
  @first_pause_ms 500
  @longest_pause_ms 8_000
  # Whoever asks for more patience than this is not waited for: the usual pause has to do.
  @longest_retry_after_s 60

  @type messages :: [%{String.t() => String.t()}]

  @doc """
  Folds `fun` over the pieces of one completion as they come. A failure comes with what the fold had reached.

  The upstream's stream is cancelled when the calling process ends: its socket ends with it.
  """
  @spec reduce(messages(), acc, (String.t(), acc -> acc)) :: {:ok, acc} | {:error, Failure.t(), acc} when acc: term()
  def reduce(messages, acc, fun) do
    settings = Settings.get()
    body = JSON.encode_to_iodata!(%{model: settings.model, stream: true, messages: messages})

    case open(settings, body, 0) do
      {:ok, connection} -> read(connection, acc, fun, false)
      {:error, failure} -> {:error, failure, acc}
    end
  end

  @doc "The whole completion at once."
  @spec text(messages()) :: {:ok, iodata()} | {:error, Failure.t()}
  def text(messages) do
    case reduce(messages, [], &[&2, &1]) do
      {:ok, text} -> {:ok, text}
      {:error, failure, _cut} -> {:error, failure}
    end
  end

  defp open(settings, body, retries) do
    case Connection.request(settings, body) do
      {:ok, 200, _headers, connection} ->
        {:ok, connection}

      {:ok, status, headers, connection} ->
        Connection.close(connection)
        failure = Failure.answered(status)
        if retryable?(status), do: retry(settings, body, retries, failure, headers), else: {:error, failure}

      {:error, reason} ->
        retry(settings, body, retries, Failure.from_socket(reason), %{})
    end
  end

  defp retry(_settings, _body, @retries, failure, _headers), do: {:error, failure}

  defp retry(settings, body, retries, _failure, headers) do
    Process.sleep(retry_after(headers) || pause(retries))
    open(settings, body, retries + 1)
  end

  defp retryable?(status), do: status in [408, 409, 429] or status >= 500

  defp retry_after(headers) do
    with text when is_binary(text) <- headers["retry-after"],
         {seconds, ""} when seconds in 0..@longest_retry_after_s <- Integer.parse(text) do
      seconds * 1000
    else
      _ -> nil
    end
  end

  # Up to a quarter less, so that callers who failed together do not come back together.
  defp pause(retries) do
    pause = min(@first_pause_ms * Integer.pow(2, retries), @longest_pause_ms)
    pause - :rand.uniform(div(pause, 4))
  end

  defp read(connection, acc, fun, finished?) do
    case Connection.next(connection) do
      {:events, events, connection} -> fold(events, connection, acc, fun, finished?)
      {:end, connection} -> finish(connection, acc, finished?)
      {:error, reason} -> {:error, Failure.from_socket(reason), acc}
    end
  end

  defp fold([], connection, acc, fun, finished?), do: read(connection, acc, fun, finished?)

  # What follows is the end of the HTTP answer: reading it lets the connection be used again.
  defp fold(["[DONE]" | rest], connection, acc, fun, finished?), do: fold(rest, connection, acc, fun, finished?)

  defp fold([event | rest], connection, acc, fun, finished?) do
    case JSON.decode(event) do
      {:ok, %{"choices" => [%{"delta" => delta} = choice | _]}} ->
        acc = take(delta["content"], acc, fun)
        fold(rest, connection, acc, fun, finished? or choice["finish_reason"] != nil)

      {:ok, _usage_or_something_newer} ->
        fold(rest, connection, acc, fun, finished?)

      {:error, _reason} ->
        Connection.close(connection)
        {:error, Failure.malformed(), acc}
    end
  end

  defp take(text, acc, _fun) when text in [nil, ""], do: acc
  defp take(text, acc, fun), do: fun.(text, acc)

  defp finish(connection, acc, true) do
    Connection.release(connection)
    {:ok, acc}
  end

  # A stream that was cut tidily must not pass for a complete one.
  defp finish(connection, acc, false) do
    Connection.close(connection)
    {:error, Failure.ended_early(), acc}
  end
end
