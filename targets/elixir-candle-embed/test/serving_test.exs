defmodule Embed.ServingTest do
  use ExUnit.Case, async: true

  alias Embed.Serving

  # Tells the test what came together, and answers with the inputs doubled.
  defp start(options) do
    test = self()

    run = fn inputs ->
      send(test, {:batch, inputs})
      if :bad in inputs, do: exit(:bad), else: Enum.map(inputs, &(&1 * 2))
    end

    start_supervised!({Serving, Keyword.merge([name: :serving_under_test, run: run, size: 3, timeout: 20], options)})
  end

  defp call_all(inputs) do
    inputs |> Enum.map(&Task.async(fn -> Serving.call(:serving_under_test, &1) end)) |> Task.await_many()
  end

  test "calls within the timeout are one batch, answered each with its own output" do
    start([])
    assert call_all([1, 2]) == [{:ok, 2}, {:ok, 4}]
    assert_received {:batch, batch}
    assert Enum.sort(batch) == [1, 2]
  end

  test "a full batch does not wait for the timeout" do
    start(timeout: 60_000)
    assert call_all([1, 2, 3]) == [{:ok, 2}, {:ok, 4}, {:ok, 6}]
  end

  test "no batch is larger than its size" do
    start([])
    call_all(Enum.to_list(1..10))
    for _ <- 1..4, do: assert_received({:batch, batch} when length(batch) <= 3)
  end

  test "a batch that fails takes its callers with it and nobody else" do
    start(size: 1)
    assert call_all([:bad]) == [{:error, :bad}]
    assert call_all([1]) == [{:ok, 2}]
  end
end
