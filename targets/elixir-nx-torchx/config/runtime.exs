# Copied from templates/elixir-nx/config/runtime.exs: change it there, then run node scripts/copy-templates.mjs.
import Config

number = fn name, fallback -> name |> System.get_env(to_string(fallback)) |> String.to_integer() end

one_of = fn name, [first | _] = choices ->
  chosen = System.get_env(name, first)
  if chosen not in choices, do: raise("#{name} is #{inspect(chosen)}, want one of #{Enum.join(choices, ", ")}")
  chosen
end

backend = System.get_env("NX_BACKEND", "exla")

# Torchx has no compiler: Nx evaluates the model operation by operation, and frees nothing before the run is over. A smaller batch then
# keeps the memory within bounds.
{compiler, batch_size} = if backend == "exla", do: {"exla", 8}, else: {"none", 4}

servings =
  case System.get_env("SERVINGS", "1") do
    "schedulers" -> System.schedulers_online()
    count -> String.to_integer(count)
  end

config :embed_nx,
  port: number.("PORT", 8080),
  servings: servings,
  serving_choice: String.to_atom(one_of.("SERVING_CHOICE", ["turns", "random"])),
  batch_size: number.("BATCH_SIZE", batch_size),
  batch_rows: String.to_atom(one_of.("BATCH_ROWS", ["fitting", "full"])),
  batch_timeout_ms: number.("BATCH_TIMEOUT_MS", 10),
  sequence_lengths:
    "SEQUENCE_LENGTHS" |> System.get_env("16,32,64,128,256") |> String.split(",") |> Enum.map(&String.to_integer/1),
  # The option that the article forgot.
  compiler: if(one_of.("NX_COMPILER", Enum.uniq([compiler, "none"])) == "exla", do: EXLA),
  model_dir: System.get_env("MODEL_DIR", "/models/minilm")
