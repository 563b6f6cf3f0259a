defmodule Chat.MixProject do
  use Mix.Project

  def project do
    [
      app: :chat,
      version: "1.0.0",
      elixir: "~> 1.18",
      start_permanent: Mix.env() == :prod,
      deps: deps(),
      releases: [chat: [include_executables_for: [:unix], strip_beams: true]]
    ]
  end

  def application do
    [mod: {Chat.Application, []}, extra_applications: [:logger, :crypto]]
  end

  # Finch comes with Req, in the version that it was tried with. What Req calls its options changes from 0.x to 0.y.
  defp deps do
    [
      {:bandit, "~> 1.12"},
      {:plug, "~> 1.19"},
      {:req, "~> 0.7.2"}
    ]
  end
end
