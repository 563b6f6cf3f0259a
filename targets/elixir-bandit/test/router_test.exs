defmodule Predict.RouterTest do
  use ExUnit.Case, async: true

  import Plug.Test

  alias Predict.Router

  for {method, path, status, body} <- [
        {:get, "/predict", 200, "Prediction: Iris-Setosa"},
        {:get, "/predict?sepal_length=5.1", 200, "Prediction: Iris-Setosa"},
        {:get, "/health", 200, ""},
        {:delete, "/predict", 404, ""},
        {:get, "/predict/iris", 404, ""},
        {:get, "/Predict", 404, ""},
        {:get, "/", 404, ""}
      ] do
    test "#{method} #{path} gets #{status}" do
      answer = unquote(method) |> conn(unquote(path)) |> Router.call([])
      assert {answer.status, answer.resp_body} == {unquote(status), unquote(body)}
    end
  end

  test "info tells what the emulator reports" do
    answer = :get |> conn("/info") |> Router.call([])
    info = JSON.decode!(answer.resp_body)

    assert info["threads"]["schedulers"] == System.schedulers_online()
    assert info["versions"]["bandit"] =~ ~r/^1\./
    assert info["framework"] == "plug"
  end
end
