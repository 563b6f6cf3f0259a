import cluster from 'node:cluster'
import { Completions, Responses } from './completions.js'
import { describe, installedVersions } from './info.js'
import { MinimalCompletions } from './minimal.js'
import { buildServer } from './server.js'
import { positive, required, settingsFrom } from './settings.js'
import { stopOnTerm } from './stop.js'
import { undiciFetch } from './undici-fetch.js'
import { countWorkers, startWorkers } from './workers.js'

/** What asks the upstream, by the names that CLIENT may have. */
const CLIENTS = {
  undici: (upstream) => new Completions(upstream, undiciFetch()),
  fetch: (upstream) => new Completions(upstream),
  responses: (upstream) => new Responses(upstream, undiciFetch()),
  minimal: (upstream) => new MinimalCompletions(upstream),
}

const settings = {
  ...settingsFrom(process.env),
  baseURL: required(process.env, 'OPENAI_BASE_URL'),
  apiKey: required(process.env, 'OPENAI_API_KEY'),
  model: required(process.env, 'OPENAI_MODEL'),
  // the longest silence of the upstream that is waited for
  silenceMs: positive(process.env, 'UPSTREAM_TIMEOUT_MS', 60_000),
}

const client = process.env.CLIENT || 'undici'
if (!Object.hasOwn(CLIENTS, client)) throw new Error(`CLIENT is "${client}", want ${Object.keys(CLIENTS).join(', ')}`)

// JavaScript runs on one thread, so a core more is a process more; the kernel's connections are dealt out in turn.
if (cluster.isPrimary && settings.cores > 1) startWorkers(settings.cores)
else await serve()

async function serve() {
  const server = buildServer(CLIENTS[client](settings), describeService)
  stopOnTerm(() => server.close())
  await server.listen({ host: '0.0.0.0', port: settings.port })
}

async function describeService() {
  return describe({
    framework: 'fastify',
    versions: { ...installedVersions(['openai', 'fastify', 'p-limit', 'undici']), node_undici: process.versions.undici },
    workers: await countWorkers(),
    // No pools: undici opens as many connections to a host as it has requests.
    flags: { client, node_options: process.env.NODE_OPTIONS ?? '' },
  })
}
