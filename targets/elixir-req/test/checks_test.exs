defmodule Chat.ChecksTest do
  use ExUnit.Case, async: true

  alias Chat.{Messages, Order}

  for json <- [
        nil,
        [],
        %{},
        %{"messages" => []},
        %{"messages" => ["hello"]},
        %{"messages" => [%{"role" => "user"}]},
        %{"messages" => [%{"role" => "user", "content" => 7}]},
        %{"messages" => [%{"role" => "user", "content" => ""}]},
        %{"messages" => [%{"role" => "oracle", "content" => "hello"}]}
      ] do
    test "no messages: #{inspect(json)}" do
      assert {:error, _text} = Messages.check(unquote(Macro.escape(json)))
    end
  end

  test "a message is passed on with its role and its text alone" do
    message = %{"role" => "user", "content" => "hello"}
    assert Messages.check(%{"messages" => [Map.put(message, "name", "x")]}) == {:ok, [message]}
  end

  for json <- [
        nil,
        %{"tasks" => 1},
        %{"concurrency" => 1},
        %{"tasks" => 0, "concurrency" => 4},
        %{"tasks" => 1_000_000, "concurrency" => 4},
        %{"tasks" => "8", "concurrency" => 4},
        %{"tasks" => 8, "concurrency" => 0},
        %{"tasks" => 8, "concurrency" => 4, "seed" => -1},
        %{"tasks" => 8, "concurrency" => 4, "suffix" => 1}
      ] do
    test "no batch: #{inspect(json)}" do
      assert {:error, _text} = Order.check(unquote(Macro.escape(json)))
    end
  end

  test "the tasks of a batch ask about the numbers after its seed" do
    {:ok, order} = Order.check(%{"tasks" => 2, "concurrency" => 1, "seed" => 40, "suffix" => " Now!"})
    assert %{"role" => "user", "content" => "What is the number 42? Now!"} in Order.messages(order, 2)
  end
end
