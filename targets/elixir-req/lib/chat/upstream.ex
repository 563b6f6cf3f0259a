defmodule Chat.Upstream do
  @moduledoc """
  Streams chat completions from an OpenAI-compatible service through Req, with the manners of OpenAI's own clients: two
  retries after 429, 408, 409, 5xx, a connection that breaks or silence before the answer.

  Req's own retries are off. They cannot tell a connection that broke before the answer from one that broke within it,
  when pieces of the answer are with the client already.
  """

  alias Chat.Messages
  alias Chat.Upstream.{Answer, Failure, Patience}

  @doc "The pool of connections, a child of a supervisor. It opens one when all it has are in use."
  def pool(settings) do
    connections = [size: settings.pool, conn_opts: [transport_opts: [timeout: settings.silence_ms]]]
    {Finch, name: Chat.Finch, pools: %{default: connections}}
  end

  @doc "Keeps what all requests have in common. A persistent term is neither copied nor asked of a process."
  def open(settings) do
    request =
      Req.new(
        method: :post,
        url: settings.url,
        auth: {:bearer, settings.api_key},
        headers: [accept: "text/event-stream"],
        # By their names of 0.7: for those before, Req warns at every request.
        finch: [name: Chat.Finch, pool_timeout: settings.silence_ms],
        receive_timeout: settings.silence_ms,
        retry: false,
        redirect: false,
        compressed: false,
        raw: true
      )

    :persistent_term.put(__MODULE__, {request, settings.model})
  end

  @doc """
  Hands out the pieces of one completion as they come. After a failure some may be out already.

  The upstream's stream is cancelled when the calling process ends: the pool closes the connection that it held.
  """
  @spec each(Messages.t(), (String.t() -> term())) :: :ok | {:error, Failure.t()}
  def each(messages, emit) do
    emitted = fn piece, nil ->
      emit.(piece)
      nil
    end

    with {:ok, nil} <- reduce(messages, nil, emitted), do: :ok
  end

  @doc "The whole completion at once."
  @spec text(Messages.t()) :: {:ok, String.t()} | {:error, Failure.t()}
  def text(messages) do
    with {:ok, text} <- reduce(messages, [], &[&2, &1]), do: {:ok, IO.iodata_to_binary(text)}
  end

  defp reduce(messages, acc, fun) do
    {request, model} = :persistent_term.get(__MODULE__)
    request = Req.merge(request, json: %{model: model, stream: true, messages: messages})
    ask(request, Answer.new(acc, fun), 0)
  end

  defp ask(request, answer, retries) do
    Process.delete(__MODULE__)

    case Req.request(request, into: &take(&1, &2, answer)) do
      {:ok, %{status: 200} = response} ->
        response |> Req.Response.get_private(:answer, answer) |> Answer.result()

      {:ok, response} ->
        failure = Failure.answered(response.status)
        retry_after = response |> Req.Response.get_header("retry-after") |> List.first()

        if Patience.retryable?(response.status),
          do: again(request, answer, retries, failure, retry_after),
          else: {:error, failure}

      {:error, exception} ->
        failure = exception |> Map.get(:reason) |> Failure.from_socket()

        if Process.get(__MODULE__) == :answering,
          do: {:error, failure},
          else: again(request, answer, retries, failure, nil)
    end
  end

  # Req forgets what was reached when a connection breaks, so that the process remembers that there was an answer.
  defp take({:data, bytes}, {request, %{status: 200} = response}, answer) do
    Process.put(__MODULE__, :answering)
    answer = response |> Req.Response.get_private(:answer, answer) |> Answer.take(bytes)
    reached = {request, Req.Response.put_private(response, :answer, answer)}
    if answer.malformed?, do: {:halt, reached}, else: {:cont, reached}
  end

  # What an error says beside its status is not passed on.
  defp take({:data, _bytes}, reached, _answer), do: {:cont, reached}

  defp again(request, answer, retries, failure, retry_after) do
    if retries == Patience.retries() do
      {:error, failure}
    else
      Process.sleep(Patience.pause_ms(retry_after, retries))
      ask(request, answer, retries + 1)
    end
  end
end
