import cluster from 'node:cluster'
import { join } from 'node:path'
import { ConnectionPool, SharedConnections } from './connections.js'
import { FeatureStore } from './features.js'
import { describe, installedVersions } from './info.js'
import { Scorer } from './scorer.js'
import { buildServer } from './server.js'
import { positive, required, settingsFrom } from './settings.js'
import { stopOnTerm } from './stop.js'
import { countWorkers, startWorkers } from './workers.js'

/** How requests share connections, by the names that DATABASE_STYLE may have, and how many connections a process then has. */
const STYLES = {
  pipelined: { connections: 2, open: (url, count) => new SharedConnections(url, count) },
  pooled: { connections: 8, open: (url, count) => new ConnectionPool(url, count) },
}

const style = process.env.DATABASE_STYLE || 'pipelined'
if (!Object.hasOwn(STYLES, style)) throw new Error(`DATABASE_STYLE is "${style}", want ${Object.keys(STYLES).join(', ')}`)

const settings = {
  ...settingsFrom(process.env),
  databaseUrl: required(process.env, 'DATABASE_URL'),
  connections: positive(process.env, 'DATABASE_POOL', STYLES[style].connections),
  modelDir: process.env.MODEL_DIR || '/models',
}

// JavaScript runs on one thread and so does the model: a core more is a process more. With one core the primary would
// be a process that does nothing.
if (cluster.isPrimary && settings.cores > 1) startWorkers(settings.cores)
else await serve()

async function serve() {
  const scorer = await Scorer.load(join(settings.modelDir, 'ranknet.onnx'))
  const store = new FeatureStore(STYLES[style].open(settings.databaseUrl, settings.connections))
  const server = buildServer({ store, scorer, describe: describeService })
  stopOnTerm(() => server.close())
  await server.listen({ host: '0.0.0.0', port: settings.port })
}

async function describeService() {
  return describe({
    framework: 'fastify',
    versions: installedVersions(['fastify', 'pg', 'onnxruntime-node']),
    workers: await countWorkers(),
    // The binding sets ONNX Runtime's threads (scorer.js) and has no way to ask for them.
    threads: { ort_intra_op: 1 },
    pools: { database: settings.connections },
    flags: { database_style: style },
  })
}
