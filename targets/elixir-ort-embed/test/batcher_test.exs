defmodule Embed.BatcherTest do
  use ExUnit.Case, async: true

  alias Embed.Batcher

  # A session that tells the test what came together, waits to be told to go on, and answers with the inputs doubled.
  defp start(options) do
    test = self()

    run = fn session, inputs ->
      send(test, {:batch, self(), session, inputs})
      receive do: (:go -> Enum.map(inputs, &output/1))
    end

    options = Keyword.merge([name: :batcher_under_test, sessions: [:one], run: run, size: 32], options)
    start_supervised!({Batcher, options})
  end

  defp output(:bad), do: {:error, "bad"}
  defp output(:worse), do: exit(:worse)
  defp output(number), do: number * 2

  # Asks, and returns when the batcher has the input.
  defp ask(input) do
    %Task{pid: pid} = task = Task.async(fn -> Batcher.call(:batcher_under_test, input) end)
    wait_for(pid)
    task
  end

  defp wait_for(pid) do
    %{waiting: waiting, running: running} = :sys.get_state(:batcher_under_test)

    callers =
      for({caller, _input} <- waiting, do: caller) ++ for({_, {_, callers}} <- running, caller <- callers, do: caller)

    if not List.keymember?(callers, pid, 0) do
      Process.sleep(1)
      wait_for(pid)
    end
  end

  # What came together, in the order in which it was asked for; the session goes on.
  defp batch do
    assert_receive {:batch, pid, _session, inputs}, 1_000
    send(pid, :go)
    inputs
  end

  test "one input goes at once, and what arrives meanwhile is one batch, answered each with its own output" do
    start([])
    first = ask(1)
    assert_receive {:batch, pid, :one, [1]}
    others = Enum.map([2, 3, 4], &ask/1)
    refute_received {:batch, _, _, _}
    send(pid, :go)
    assert batch() == [2, 3, 4]
    assert Task.await_many([first | others]) == [{:ok, 2}, {:ok, 4}, {:ok, 6}, {:ok, 8}]
  end

  test "no batch is larger than its size" do
    start(size: 2)
    first = ask(1)
    assert_receive {:batch, pid, :one, [1]}
    others = Enum.map([2, 3, 4], &ask/1)
    send(pid, :go)
    assert batch() == [2, 3]
    assert batch() == [4]
    assert Task.await_many([first | others]) == [{:ok, 2}, {:ok, 4}, {:ok, 6}, {:ok, 8}]
  end

  test "every session has a batch of its own" do
    start(sessions: [:one, :two])
    tasks = [ask(1), ask(2)]
    assert_receive {:batch, pid, session, [1]}
    assert_receive {:batch, other_pid, other_session, [2]}
    assert Enum.sort([session, other_session]) == [:one, :two]
    for pid <- [pid, other_pid], do: send(pid, :go)
    assert Task.await_many(tasks) == [{:ok, 2}, {:ok, 4}]
  end

  test "an error reaches its own caller only" do
    start([])
    first = ask(1)
    assert_receive {:batch, pid, :one, [1]}
    others = [ask(:bad), ask(3)]
    send(pid, :go)
    assert batch() == [:bad, 3]
    assert Task.await_many([first | others]) == [{:ok, 2}, {:ok, {:error, "bad"}}, {:ok, 6}]
  end

  test "a batch whose process fails takes its callers with it and nobody else" do
    start([])
    first = ask(:worse)
    assert_receive {:batch, pid, :one, [:worse]}
    second = ask(2)
    send(pid, :go)
    assert batch() == [2]
    assert Task.await_many([first, second]) == [{:failed, :worse}, {:ok, 4}]
  end

  test "a caller that is gone stops no other and is not computed for" do
    start([])
    first = ask(1)
    assert_receive {:batch, pid, :one, [1]}
    [gone, stays] = [ask(2), ask(3)]
    for task <- [first, gone], do: Task.shutdown(task, :brutal_kill)
    send(pid, :go)
    assert batch() == [3]
    assert Task.await(stays) == {:ok, 6}
  end
end
