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
else serve()

function serve() {
  const server = buildServer({ describe })
  server.listen(port, '0.0.0.0')
  process.once('SIGTERM', () => {
    server.close(() => process.exit(0)) // also closes the connections that are idle
    setTimeout(() => process.exit(0), DRAIN_MS)
  })
}
