import cluster from 'node:cluster'
import { buildServer } from './server.js'
import { settingsFrom } from './settings.js'
import { stopOnTerm } from './stop.js'
import { startWorkers } from './workers.js'

const { port, cores } = settingsFrom(process.env)

// With a single core the primary would be one process more that does nothing.
if (cluster.isPrimary && cores > 1) startWorkers(cores)
else await serve()

async function serve() {
  const app = buildServer()
  stopOnTerm(() => app.close())
  await app.listen({ host: '0.0.0.0', port })
}
