defmodule Chat.Upstream.Answer do
  @moduledoc "A streamed answer of the upstream as far as it has come: a fold over the pieces of its text."

  alias Chat.Upstream.{Events, Failure}

  @enforce_keys [:acc, :fun]
  # rest: of an event that has not ended yet
  defstruct @enforce_keys ++ [rest: "", finished?: false, malformed?: false]

  @type t :: %__MODULE__{}

  @spec new(acc, (String.t(), acc -> acc)) :: t() when acc: term()
  def new(acc, fun), do: %__MODULE__{acc: acc, fun: fun}

  @doc "Takes what has come next. Nothing is taken after what was malformed."
  @spec take(t(), binary()) :: t()
  def take(answer, bytes) do
    {events, rest} = Events.split(answer.rest <> bytes)
    fold(events, %{answer | rest: rest})
  end

  @doc "What the fold has reached, when no more is to come."
  @spec result(t()) :: {:ok, term()} | {:error, Failure.t()}
  def result(%{malformed?: true}), do: {:error, Failure.malformed()}
  # A stream that was cut tidily must not pass for a complete one.
  def result(%{finished?: false}), do: {:error, Failure.ended_early()}
  def result(answer), do: {:ok, answer.acc}

  defp fold([], answer), do: answer
  defp fold(["[DONE]" | rest], answer), do: fold(rest, answer)

  defp fold([event | rest], answer) do
    case JSON.decode(event) do
      {:ok, %{"choices" => [%{"delta" => delta} = choice | _]}} ->
        finished? = answer.finished? or choice["finish_reason"] != nil
        fold(rest, piece(delta["content"], %{answer | finished?: finished?}))

      {:ok, _usage_or_something_newer} ->
        fold(rest, answer)

      {:error, _reason} ->
        %{answer | malformed?: true}
    end
  end

  defp piece(text, answer) when text in [nil, ""], do: answer
  defp piece(text, answer), do: %{answer | acc: answer.fun.(text, answer.acc)}
end
