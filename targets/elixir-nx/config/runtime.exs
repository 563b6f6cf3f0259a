import Config

number = fn name, fallback -> name |> System.get_env(to_string(fallback)) |> String.to_integer() end

config :embed_nx,
  port: number.("PORT", 8080),
  servings: number.("SERVINGS", 1),
  batch_size: number.("BATCH_SIZE", 32),
  batch_timeout_ms: number.("BATCH_TIMEOUT_MS", 10),
  # The option that the article forgot.
  compiler: if(System.get_env("NX_COMPILER", "exla") == "exla", do: EXLA),
  model_dir: System.get_env("MODEL_DIR", "/models/minilm")
