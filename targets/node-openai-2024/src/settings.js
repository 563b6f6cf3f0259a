// Copied from templates/node/src/settings.js: change it there, then run node scripts/copy-templates.mjs.
import { availableParallelism } from 'node:os'

/** What every container is told: `{ port, cores }`. Throws when a value is no positive whole number. */
export function settingsFrom(env) {
  return {
    port: positive(env, 'PORT', 8080),
    cores: positive(env, 'CORES', availableParallelism()),
  }
}

/** The positive whole number that a variable says; the fallback where it says nothing. */
export function positive(env, name, fallback) {
  const text = env[name]
  if (!text) return fallback
  const number = Number(text)
  if (Number.isInteger(number) && number > 0) return number
  throw new Error(`${name} is "${text}", want a positive whole number`)
}

/** What a variable says that the service cannot do without. */
export function required(env, name) {
  if (!env[name]) throw new Error(`${name} is required`)
  return env[name]
}
