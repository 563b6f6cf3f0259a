import cluster from 'node:cluster'
import { buildServer } from './server.js'
import { settingsFrom } from './settings.js'

/** How long requests in flight may take after a TERM before the process ends. */
const DRAIN_MS = 1000

const settings = settingsFrom(process.env)

if (cluster.isPrimary && settings.cores > 1) {
  superviseWorkers(settings.cores)
} else {
  await serve()
}

async function serve() {
  const server = buildServer(settings)
  process.once('SIGTERM', () => {
    setTimeout(() => process.exit(0), DRAIN_MS)
    server.close().then(() => process.exit(0))
  })
  await server.listen({ host: '0.0.0.0', port: settings.port })
}

/** JavaScript runs on one thread, so a core more is a process more; the kernel's connections are dealt out in turn. */
function superviseWorkers(count) {
  for (let i = 0; i < count; i++) cluster.fork()
  process.once('SIGTERM', () => {
    cluster.removeAllListeners('exit')
    for (const worker of Object.values(cluster.workers)) worker.kill('SIGTERM')
  })
  // A service with fewer processes than it says would give figures nobody understands: end instead.
  cluster.on('exit', () => process.exit(1))
}
