defmodule Rank.MixProject do
  use Mix.Project

  def project do
    [
      app: :rank,
      version: "1.0.0",
      elixir: "~> 1.18",
      start_permanent: Mix.env() == :prod,
      deps: deps(),
      releases: [rank: [include_executables_for: [:unix], strip_beams: true]]
    ]
  end

  def application do
    [mod: {Rank.Application, []}, extra_applications: [:logger]]
  end

  # The NIF is built beside mix, by the toolchain that has its crates compiled: so there is no rustler here.
  defp deps do
    [
      {:bandit, "~> 1.12"},
      {:plug, "~> 1.19"},
      {:postgrex, "~> 0.22"}
    ]
  end
end
