import cluster from 'node:cluster'
import { describe } from './info.js'
import { buildServer } from './server.js'
import { settingsFrom } from './settings.js'
import { startWorkers } from './workers.js'

/** How long requests in flight may take after a TERM before their connections are cut. */
const DRAIN_MS = 1000

const { port, cores } = settingsFrom(process.env)

// With a single core the primary would be one process more that does nothing.
if (cluster.isPrimary && cores > 1) startWorkers(cores)
else await serve()

async function serve() {
  const app = buildServer({ describe })
  process.once('SIGTERM', async () => {
    setTimeout(() => process.exit(0), DRAIN_MS)
    await app.close()
    process.exit(0)
  })
  await app.listen({ host: '0.0.0.0', port })
}
