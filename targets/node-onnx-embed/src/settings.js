import { availableParallelism } from 'node:os'

/** What the container's environment says. Throws when a number is no positive whole one. */
export function settingsFrom(env) {
  return {
    port: positive(env, 'PORT', 8080),
    cores: positive(env, 'CORES', availableParallelism()),
    modelDir: env.MODEL_DIR || '/models/minilm',
  }
}

function positive(env, name, fallback) {
  const text = env[name]
  if (!text) return fallback
  const number = Number(text)
  if (Number.isInteger(number) && number > 0) return number
  throw new Error(`${name} is "${text}", want a positive whole number`)
}
