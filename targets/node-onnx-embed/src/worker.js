// A thread with an embedder: takes one text at a time, answers in order.
import { parentPort, workerData } from 'node:worker_threads'
import { Embedder } from './embedder.js'

const embedder = await Embedder.load(workerData.modelDir)

parentPort.on('message', async (text) => {
  try {
    parentPort.postMessage({ embedding: await embedder.embed(text) })
  } catch (error) {
    parentPort.postMessage({ error })
  }
})
parentPort.postMessage('ready')
