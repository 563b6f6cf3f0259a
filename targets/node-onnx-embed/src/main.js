import { describe } from './info.js'
import { EmbedderPool } from './pool.js'
import { buildServer } from './server.js'
import { settingsFrom } from './settings.js'

/** How long requests in flight may take after a TERM before the process ends. */
const DRAIN_MS = 1000

const settings = settingsFrom(process.env)
const embedders = await EmbedderPool.start(settings.cores, settings.modelDir)
const server = buildServer({ embedders, describe: () => describe(embedders) })

process.once('SIGTERM', () => {
  setTimeout(() => process.exit(0), DRAIN_MS)
  server.close().then(() => process.exit(0))
})
await server.listen({ host: '0.0.0.0', port: settings.port })
