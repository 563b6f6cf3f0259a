# Copied from templates/elixir-cowboy/lib/plumbing/info.ex: change it there, then run node scripts/copy-templates.mjs.
defmodule Plumbing.Info do
  @moduledoc "What this runtime believes about itself, the answer of `GET /info`."

  @doc """
  What only the target knows is passed in: `:versions`, `:threads`, `:pools` and `:flags` of its own, beside those of
  Cowboy and of the emulator.
  """
  def describe(own \\ []) do
    %{
      language: "elixir",
      languageVersion: System.version(),
      architecture: architecture(),
      server: "cowboy",
      framework: nil,
      versions:
        Map.merge(Map.new(Keyword.get(own, :versions, [])), %{
          "cowboy" => version(:cowboy),
          "cowlib" => version(:cowlib),
          "ranch" => version(:ranch),
          "otp" => System.otp_release(),
          "erts" => to_string(:erlang.system_info(:version))
        }),
      cpus: known(:erlang.system_info(:logical_processors_available)),
      workers: 1,
      threads:
        Map.merge(Map.new(Keyword.get(own, :threads, [])), %{
          schedulers: :erlang.system_info(:schedulers_online),
          dirty_cpu_schedulers: :erlang.system_info(:dirty_cpu_schedulers_online),
          dirty_io_schedulers: :erlang.system_info(:dirty_io_schedulers)
        }),
      pools: Map.new(Keyword.get(own, :pools, [])),
      developmentServer: false,
      debugBuild: :erlang.system_info(:build_type) != :opt,
      heapLimitBytes: heap_limit(:erlang.system_info(:max_heap_size)),
      flags:
        Map.merge(Map.new(Keyword.get(own, :flags, [])), %{
          emulator: :erlang.system_info(:emu_flavor),
          # In a release the code is loaded at the start and not at the first call.
          code_loading: :code.get_mode()
        })
    }
  end

  # "x86_64-pc-linux-gnu": the emulator's own build, not the kernel's opinion
  defp architecture do
    :erlang.system_info(:system_architecture) |> to_string() |> String.split("-") |> hd()
  end

  defp version(application), do: application |> Application.spec(:vsn) |> to_string()

  defp known(:unknown), do: nil
  defp known(value), do: value

  # A limit for each process, in words; 0 is none.
  defp heap_limit(%{size: 0}), do: nil
  defp heap_limit(%{size: words}), do: words * :erlang.system_info(:wordsize)
end
