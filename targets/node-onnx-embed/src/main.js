import { describe, installedVersions } from './info.js'
import { EmbedderPool } from './pool.js'
import { buildServer } from './server.js'
import { settingsFrom } from './settings.js'
import { stopOnTerm } from './stop.js'

const { port, cores } = settingsFrom(process.env)
const embedders = await EmbedderPool.start(cores, process.env.MODEL_DIR || '/models/minilm')
const server = buildServer({ embedders, describe: describeService })

stopOnTerm(() => server.close())
await server.listen({ host: '0.0.0.0', port })

function describeService() {
  return describe({
    framework: 'fastify',
    versions: installedVersions(['@huggingface/tokenizers', 'fastify', 'onnxruntime-node']),
    // The binding sets ONNX Runtime's threads (embedder.js) and has no way to ask for them.
    threads: { embedders: embedders.threads, ort_intra_op: 1 },
  })
}
