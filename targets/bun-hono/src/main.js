import cluster from 'node:cluster'
import { buildApp } from './app.js'
import { describe } from './info.js'
import { settingsFrom } from './settings.js'
import { stopOnTerm } from './stop.js'
import { countWorkers, startWorkers } from './workers.js'

const { port, cores } = settingsFrom(process.env)

// With a single core the primary would be one process more that does nothing.
if (cluster.isPrimary && cores > 1) startWorkers(cores)
else serve()

function serve() {
  const app = buildApp(async () => describe({ workers: await countWorkers(), isDevelopment: server.development }))
  const server = Bun.serve({
    hostname: '0.0.0.0',
    port,
    // Each process listens by itself, and the kernel deals connections out among them.
    reusePort: true,
    idleTimeout: 75,
    development: false,
    fetch: app.fetch,
  })
  stopOnTerm(() => server.stop())
}
