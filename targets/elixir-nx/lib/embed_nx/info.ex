defmodule EmbedNx.Info do
  @moduledoc "What this runtime believes about itself, the answer of `GET /info`."

  @applications [:bandit, :bumblebee, :exla, :nx, :plug, :tokenizers]

  def describe do
    %{
      language: "elixir",
      languageVersion: System.version(),
      architecture: architecture(),
      server: "bandit",
      framework: "plug",
      versions: Map.merge(Map.new(@applications, &{&1, version(&1)}), %{otp: System.otp_release()}),
      cpus: known(:erlang.system_info(:logical_processors_available)),
      workers: 1,
      threads: %{
        schedulers: :erlang.system_info(:schedulers_online),
        dirty_cpu_schedulers: :erlang.system_info(:dirty_cpu_schedulers_online),
        dirty_io_schedulers: :erlang.system_info(:dirty_io_schedulers)
      },
      pools: %{},
      developmentServer: false,
      debugBuild: :erlang.system_info(:build_type) != :opt,
      heapLimitBytes: nil,
      flags: %{
        nx_compiler: compiler(Application.fetch_env!(:embed_nx, :compiler)),
        nx_backend: inspect(elem(Nx.default_backend(), 0)),
        servings: Application.fetch_env!(:embed_nx, :servings),
        batch_size: Application.fetch_env!(:embed_nx, :batch_size),
        batch_timeout_ms: Application.fetch_env!(:embed_nx, :batch_timeout_ms)
      }
    }
  end

  # The name that the lint for a forgotten compiler knows.
  defp compiler(EXLA), do: "exla"
  defp compiler(nil), do: nil

  defp architecture do
    :erlang.system_info(:system_architecture) |> to_string() |> String.split("-") |> hd()
  end

  defp version(application), do: application |> Application.spec(:vsn) |> to_string()

  defp known(:unknown), do: nil
  defp known(value), do: value
end
