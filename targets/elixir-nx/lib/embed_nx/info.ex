# Copied from templates/elixir-nx/lib/embed_nx/info.ex: change it there, then run node scripts/copy-templates.mjs.
defmodule EmbedNx.Info do
  @moduledoc "What this runtime believes about itself, the answer of `GET /info`."

  @applications [:bandit, :bumblebee, :exla, :nx, :plug, :tokenizers, :torchx]
  @settings [:servings, :serving_choice, :batch_size, :batch_rows, :batch_timeout_ms, :sequence_lengths]

  def describe do
    %{
      language: "elixir",
      languageVersion: System.version(),
      architecture: architecture(),
      server: "bandit",
      framework: "plug",
      versions: Map.put(versions(), :otp, System.otp_release()),
      cpus: known(:erlang.system_info(:logical_processors_available)),
      workers: 1,
      threads: %{
        schedulers: :erlang.system_info(:schedulers_online),
        dirty_cpu_schedulers: :erlang.system_info(:dirty_cpu_schedulers_online),
        dirty_io_schedulers: :erlang.system_info(:dirty_io_schedulers),
        # The libraries do not tell: what they were started with. Null: it was left to them, or they are not there.
        omp: number("OMP_NUM_THREADS"),
        openblas: number("OPENBLAS_NUM_THREADS")
      },
      pools: %{},
      developmentServer: false,
      debugBuild: :erlang.system_info(:build_type) != :opt,
      heapLimitBytes: nil,
      flags:
        Map.merge(settings(), %{
          nx_compiler: compiler(setting(:compiler)),
          nx_backend: inspect(elem(Nx.default_backend(), 0))
        })
    }
  end

  # The name that the lint for a forgotten compiler knows.
  defp compiler(EXLA), do: "exla"
  defp compiler(nil), do: nil

  defp settings, do: Map.new(@settings, &{&1, setting(&1)})

  defp setting(key), do: Application.fetch_env!(:embed_nx, key)

  # Of EXLA and Torchx one is there.
  defp versions do
    for application <- @applications, version = Application.spec(application, :vsn), into: %{} do
      {application, to_string(version)}
    end
  end

  defp number(name) do
    case name |> System.get_env("") |> Integer.parse() do
      {number, ""} -> number
      _ -> nil
    end
  end

  defp architecture do
    :erlang.system_info(:system_architecture) |> to_string() |> String.split("-") |> hd()
  end

  defp known(:unknown), do: nil
  defp known(value), do: value
end
