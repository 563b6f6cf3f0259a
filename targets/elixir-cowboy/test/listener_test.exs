defmodule Predict.ListenerTest do
  use ExUnit.Case, async: true

  setup_all do
    start_supervised!(Predict.Listener.child_spec(port: 0, name: :listener_under_test))
    %{base: "http://127.0.0.1:#{:ranch.get_port(:listener_under_test)}"}
  end

  for {method, path, status, body} <- [
        {:get, "/predict", 200, "Prediction: Iris-Setosa"},
        {:get, "/predict?sepal_length=5.1", 200, "Prediction: Iris-Setosa"},
        {:get, "/health", 200, ""},
        {:delete, "/predict", 405, ""},
        {:get, "/predict/iris", 404, ""},
        {:get, "/", 404, ""}
      ] do
    test "#{method} #{path} gets #{status}", %{base: base} do
      assert ask(unquote(method), base <> unquote(path)) == {unquote(status), unquote(body)}
    end
  end

  test "info tells what the emulator reports", %{base: base} do
    {200, body} = ask(:get, base <> "/info")
    info = JSON.decode!(body)

    assert info["threads"]["schedulers"] == System.schedulers_online()
    assert info["versions"]["cowboy"] =~ ~r/^2\./
    assert info["framework"] == nil
  end

  defp ask(method, url) do
    {:ok, {{_version, status, _reason}, _headers, body}} = :httpc.request(method, {url, []}, [], body_format: :binary)
    {status, body}
  end
end
