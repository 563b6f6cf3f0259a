# Copied from templates/elixir-nx/mix.exs: change it there, then run node scripts/copy-templates.mjs.
defmodule EmbedNx.MixProject do
  use Mix.Project

  def project do
    [
      app: :embed_nx,
      version: "1.0.0",
      elixir: "~> 1.18",
      start_permanent: Mix.env() == :prod,
      deps: deps() ++ backend(System.get_env("NX_BACKEND", "exla")),
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
      {:bumblebee, "~> 0.7.0"},
      # Bumblebee's tokenizer, asked here what it cut.
      {:tokenizers, "~> 0.5"}
    ]
  end

  defp backend("exla"), do: [{:exla, "~> 0.12.0"}]
  # Where tokenizers is built from its source, which needs no prebuilt part from GitHub, it needs rustler.
  defp backend("torchx"), do: [{:torchx, "~> 0.12.0"}, {:rustler, "~> 0.37.0", runtime: false}]
end
