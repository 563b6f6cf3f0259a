import { once } from 'node:events'
import { Worker } from 'node:worker_threads'

/**
 * Embedders on threads of their own. A run of the model takes milliseconds and blocks its thread: on the event loop nothing would be
 * accepted, parsed or answered meanwhile.
 *
 * @returns a list, when every thread has loaded the model
 */
export function startEmbedders(count, modelDir) {
  return Promise.all(Array.from({ length: count }, () => startEmbedder(modelDir)))
}

async function startEmbedder(modelDir) {
  const thread = new Worker(new URL('worker.js', import.meta.url), { workerData: { modelDir } })
  // A service with fewer threads than it says would give figures nobody understands: end instead.
  thread.on('exit', () => process.exit(1))
  await once(thread, 'message')
  return {
    /** One batch at a time. */
    async embed(texts) {
      thread.postMessage(texts)
      const [{ embeddings, error }] = await once(thread, 'message')
      if (error) throw error
      return embeddings
    },
  }
}
