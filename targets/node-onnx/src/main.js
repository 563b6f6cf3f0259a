import cluster from 'node:cluster'
import { join } from 'node:path'
import { FeatureStore } from './features.js'
import { describe } from './info.js'
import { Scorer } from './scorer.js'
import { buildServer } from './server.js'
import { settingsFrom } from './settings.js'
import { startWorkers } from './workers.js'

/** How long requests in flight may take after a TERM before the process ends. */
const DRAIN_MS = 1000

const settings = settingsFrom(process.env)

// JavaScript runs on one thread and so does the model: a core more is a process more. With one core the primary would
// be a process that does nothing.
if (cluster.isPrimary && settings.cores > 1) startWorkers(settings.cores)
else await serve()

async function serve() {
  const scorer = await Scorer.load(join(settings.modelDir, 'ranknet.onnx'))
  const store = new FeatureStore(settings.databaseUrl, settings.connections)
  const server = buildServer({ store, scorer, describe: () => describe(settings) })
  process.once('SIGTERM', () => {
    setTimeout(() => process.exit(0), DRAIN_MS)
    server.close().then(() => process.exit(0))
  })
  await server.listen({ host: '0.0.0.0', port: settings.port })
}
