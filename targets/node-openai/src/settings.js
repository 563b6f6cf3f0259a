import { availableParallelism } from 'node:os'

/** What the container's environment says. */
export function settingsFrom(env) {
  return {
    port: positive(env, 'PORT', 8080),
    cores: positive(env, 'CORES', availableParallelism()),
    baseURL: required(env, 'OPENAI_BASE_URL'),
    apiKey: required(env, 'OPENAI_API_KEY'),
    model: required(env, 'OPENAI_MODEL'),
    /** the longest silence of the upstream that is waited for */
    silenceMs: positive(env, 'UPSTREAM_TIMEOUT_MS', 60_000),
  }
}

function required(env, name) {
  if (!env[name]) throw new Error(`${name} is required`)
  return env[name]
}

function positive(env, name, fallback) {
  const text = env[name] || String(fallback)
  if (!/^[1-9]\d*$/.test(text)) throw new Error(`${name} is "${text}", want a whole number of at least 1`)
  return Number(text)
}
