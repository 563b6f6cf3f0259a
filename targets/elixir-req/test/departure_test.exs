defmodule Chat.DepartureTest do
  use ExUnit.Case, async: true

  alias Chat.Departure

  setup do
    {:ok, listener} = :gen_tcp.listen(0, [:binary, active: false, ip: {127, 0, 0, 1}])
    {:ok, port} = :inet.port(listener)
    {:ok, client} = :gen_tcp.connect({127, 0, 0, 1}, port, [:binary, active: false])
    {:ok, socket} = :gen_tcp.accept(listener)
    %{client: client, socket: socket}
  end

  test "a client that waits is there, and what it has sent meanwhile is not taken", %{client: client, socket: socket} do
    :ok = :gen_tcp.send(client, "next")
    refute Departure.closed?(socket)
    assert :gen_tcp.recv(socket, 4, 1000) == {:ok, "next"}
  end

  test "a client that has closed its side is gone", %{client: client, socket: socket} do
    :ok = :gen_tcp.close(client)
    assert eventually(fn -> Departure.closed?(socket) end)
  end

  test "a socket that is closed here has nobody on its other side", %{socket: socket} do
    :ok = :gen_tcp.close(socket)
    assert Departure.closed?(socket)
  end

  test "a connection of another server's is taken to be there" do
    refute Departure.gone?(%{adapter: {Plug.Adapters.Test.Conn, %{}}})
  end

  # The kernel hears of it in its own time.
  defp eventually(fun, tries \\ 100) do
    cond do
      fun.() -> true
      tries == 0 -> false
      true -> Process.sleep(10) && eventually(fun, tries - 1)
    end
  end
end
