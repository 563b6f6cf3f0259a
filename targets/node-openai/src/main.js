import cluster from 'node:cluster'
import { buildServer } from './server.js'
import { positive, required, settingsFrom } from './settings.js'
import { stopOnTerm } from './stop.js'
import { startWorkers } from './workers.js'

const settings = {
  ...settingsFrom(process.env),
  baseURL: required(process.env, 'OPENAI_BASE_URL'),
  apiKey: required(process.env, 'OPENAI_API_KEY'),
  model: required(process.env, 'OPENAI_MODEL'),
  // the longest silence of the upstream that is waited for
  silenceMs: positive(process.env, 'UPSTREAM_TIMEOUT_MS', 60_000),
}

// JavaScript runs on one thread, so a core more is a process more; the kernel's connections are dealt out in turn.
if (cluster.isPrimary && settings.cores > 1) startWorkers(settings.cores)
else await serve()

async function serve() {
  const server = buildServer(settings)
  stopOnTerm(() => server.close())
  await server.listen({ host: '0.0.0.0', port: settings.port })
}
