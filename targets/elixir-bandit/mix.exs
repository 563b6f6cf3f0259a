defmodule Predict.MixProject do
  use Mix.Project

  def project do
    [
      app: :predict,
      version: "1.0.0",
      elixir: "~> 1.18",
      start_permanent: Mix.env() == :prod,
      deps: deps(),
      releases: [predict: [include_executables_for: [:unix], strip_beams: true]]
    ]
  end

  def application do
    [mod: {Predict.Application, []}, extra_applications: [:logger]]
  end

  defp deps do
    [
      {:bandit, "~> 1.12"},
      {:plug, "~> 1.19"}
    ]
  end
end
