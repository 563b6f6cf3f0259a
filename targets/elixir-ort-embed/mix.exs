defmodule Embed.MixProject do
  use Mix.Project

  def project do
    [
      app: :embed,
      version: "1.0.0",
      elixir: "~> 1.18",
      start_permanent: Mix.env() == :prod,
      # Cowboy, ranch and cowlib lie in OTP's own library folder, and mix would take what it did not fetch off the path.
      prune_code_paths: false,
      deps: [],
      releases: [embed: [include_executables_for: [:unix], strip_beams: true]]
    ]
  end

  def application do
    [mod: {Embed.Application, []}, extra_applications: [:logger, :cowboy]]
  end
end
