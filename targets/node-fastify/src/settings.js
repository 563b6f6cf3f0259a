import { availableParallelism } from 'node:os'

/** What the container's environment says: `{ port, cores }`. Throws when a value is no positive whole number. */
export function settingsFrom(env) {
  return {
    port: positive(env, 'PORT', 8080),
    cores: positive(env, 'CORES', availableParallelism()),
  }
}

function positive(env, name, fallback) {
  const text = env[name]
  if (!text) return fallback
  const number = Number(text)
  if (Number.isInteger(number) && number > 0) return number
  throw new Error(`${name} is "${text}", want a positive whole number`)
}
