import { availableParallelism } from 'node:os'

/** Few, because requests share them: see connection.js. */
const CONNECTIONS = 2

/** What the container's environment says. Throws when a number is no positive whole one, or a needed value is missing. */
export function settingsFrom(env) {
  if (!env.DATABASE_URL) throw new Error('DATABASE_URL is not set')
  return {
    port: positive(env, 'PORT', 8080),
    cores: positive(env, 'CORES', availableParallelism()),
    databaseUrl: env.DATABASE_URL,
    connections: positive(env, 'DATABASE_POOL', CONNECTIONS),
    modelDir: env.MODEL_DIR || '/models',
  }
}

function positive(env, name, fallback) {
  const text = env[name]
  if (!text) return fallback
  const number = Number(text)
  if (Number.isInteger(number) && number > 0) return number
  throw new Error(`${name} is "${text}", want a positive whole number`)
}
