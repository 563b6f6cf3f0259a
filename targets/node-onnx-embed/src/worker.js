// A thread with an embedder: takes one batch of texts at a time.
import { parentPort, workerData } from 'node:worker_threads'
import { Embedder } from './embedder.js'

const embedder = await Embedder.load(workerData.modelDir)

parentPort.on('message', async (texts) => {
  try {
    parentPort.postMessage({ embeddings: await embedder.embed(texts) })
  } catch (error) {
    parentPort.postMessage({ error })
  }
})
parentPort.postMessage('ready')
