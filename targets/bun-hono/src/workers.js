// Copied from templates/node-cluster/src/workers.js: change it there, then run node scripts/copy-templates.mjs.
import cluster from 'node:cluster'

const COUNT = 'count workers'

/** Starts the workers and watches them; returns at once. Only the primary calls it. */
export function startWorkers(count) {
  let stopping = false
  for (let i = 0; i < count; i++) cluster.fork()

  cluster.on('message', (worker, message) => {
    if (message === COUNT) worker.send({ workers: Object.keys(cluster.workers).length })
  })
  cluster.on('exit', (worker, code, signal) => {
    if (stopping) return
    // Starting another would hide the crash from the figures, so the whole container fails.
    console.error(`worker ${worker.process.pid} ended with ${signal ?? code}`)
    process.exit(1)
  })
  process.once('SIGTERM', () => {
    stopping = true
    for (const worker of Object.values(cluster.workers)) worker.process.kill('SIGTERM')
  })
}

/** How many processes serve. A worker does not know, so it asks the primary. */
export function countWorkers() {
  if (cluster.isPrimary) return Promise.resolve(1)
  return new Promise((resolve) => {
    const listen = (message) => {
      if (message?.workers === undefined) return
      process.off('message', listen)
      resolve(message.workers)
    }
    process.on('message', listen)
    process.send(COUNT)
  })
}
