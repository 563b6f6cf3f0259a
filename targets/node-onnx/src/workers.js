import cluster from 'node:cluster'

/** Starts the workers and watches them; returns at once. Only the primary calls it. */
export function startWorkers(count) {
  for (let i = 0; i < count; i++) cluster.fork()
  // A service with fewer processes than it says would give figures nobody understands: end instead.
  cluster.on('exit', () => process.exit(1))
  process.once('SIGTERM', () => {
    cluster.removeAllListeners('exit')
    for (const worker of Object.values(cluster.workers)) worker.process.kill('SIGTERM')
  })
}
