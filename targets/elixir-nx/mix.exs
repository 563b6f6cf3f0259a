defmodule EmbedNx.MixProject do
  use Mix.Project

  def project do
    [
      app: :embed_nx,
      version: "1.0.0",
      elixir: "~> 1.18",
      start_permanent: Mix.env() == :prod,
      deps: deps(),
      releases: [embed_nx: [include_executables_for: [:unix], strip_beams: true]]
    ]
  end

  def application do
    [mod: {EmbedNx.Application, []}, extra_applications: [:logger]]
  end

  defp deps do
    [
      {:bandit, "~> 1.12"},
      {:plug, "~> 1.19"},
      {:nx, "~> 0.12.0"},
      {:exla, "~> 0.12.0"},
      {:bumblebee, "~> 0.7.0"},
      # Bumblebee's tokenizer, asked here what it cut.
      {:tokenizers, "~> 0.5"}
    ]
  end
end
