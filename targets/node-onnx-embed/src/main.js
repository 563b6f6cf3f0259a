import { Batcher } from './batcher.js'
import { describe, installedVersions } from './info.js'
import { buildServer } from './server.js'
import { positive, settingsFrom } from './settings.js'
import { stopOnTerm } from './stop.js'
import { startEmbedders } from './threads.js'

// Beyond it a batch gains nothing more, and whoever waits for it waits longer.
const BATCH_SIZE = 32

const { port, cores } = settingsFrom(process.env)
const batchSize = positive(process.env, 'BATCH_SIZE', BATCH_SIZE)
const embedders = await startEmbedders(cores, process.env.MODEL_DIR || '/models/minilm')
const server = buildServer({ embedders: new Batcher(embedders, batchSize), describe: describeService })

stopOnTerm(() => server.close())
await server.listen({ host: '0.0.0.0', port })

function describeService() {
  return describe({
    framework: 'fastify',
    versions: installedVersions(['@huggingface/tokenizers', 'fastify', 'onnxruntime-node']),
    // The binding sets ONNX Runtime's threads (embedder.js) and has no way to ask for them.
    threads: { embedders: embedders.length, ort_intra_op: 1 },
    flags: { batch_size: batchSize },
  })
}
