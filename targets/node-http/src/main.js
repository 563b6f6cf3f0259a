import cluster from 'node:cluster'
import { buildServer } from './server.js'
import { settingsFrom } from './settings.js'
import { stopOnTerm } from './stop.js'
import { startWorkers } from './workers.js'

const { port, cores } = settingsFrom(process.env)

// With a single core the primary would be one process more that does nothing.
if (cluster.isPrimary && cores > 1) startWorkers(cores)
else serve()

function serve() {
  const server = buildServer()
  server.listen(port, '0.0.0.0')
  stopOnTerm(() => new Promise((resolve) => server.close(resolve))) // also closes the connections that are idle
}
