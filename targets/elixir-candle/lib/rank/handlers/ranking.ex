defmodule Rank.Handlers.Ranking do
  @moduledoc "`POST /rank`: the best candidates, best first."

  @behaviour :cowboy_handler

  alias Rank.{Features, Ranking, Reply, Scorer}

  @largest_body 1_048_576

  @impl true
  def init(%{method: "POST"} = request, state) do
    case read(request) do
      {:ok, body, request} -> {:ok, answer(request, body), state}
      {:too_large, request} -> {:ok, refuse_unread(request), state}
    end
  end

  def init(request, state), do: {:ok, Reply.method_not_allowed(request, "POST"), state}

  defp answer(request, body) do
    with {:ok, ranking} <- Ranking.parse(body),
         {:ok, user, items} <- Features.fetch(ranking) do
      Reply.json(request, 200, %{outputs: best(user, items, ranking.size)})
    else
      refusal -> Reply.refuse(request, refusal)
    end
  end

  defp best(user, items, size) do
    {ids, features} = Enum.unzip(items)

    user
    |> Scorer.score(features)
    |> Enum.zip(ids)
    |> Enum.sort(:desc)
    |> Enum.take(size)
    |> Enum.map(fn {score, id} -> %{id: id, score: score} end)
  end

  defp read(request, parts \\ []) do
    {more?, part, request} = :cowboy_req.read_body(request, %{length: @largest_body})
    parts = [parts | part]

    cond do
      IO.iodata_length(parts) > @largest_body -> {:too_large, request}
      more? == :more -> read(request, parts)
      true -> {:ok, IO.iodata_to_binary(parts), request}
    end
  end

  # What is left of the body is not read, so nothing else can follow on this connection.
  defp refuse_unread(request) do
    "connection" |> :cowboy_req.set_resp_header("close", request) |> Reply.refuse(Ranking.too_many())
  end
end
