import { once } from 'node:events'
import { Worker } from 'node:worker_threads'

/**
 * Embedders on threads of their own. A run of the model takes milliseconds and blocks its thread: on the event loop nothing would be
 * accepted, parsed or answered meanwhile.
 */
export class EmbedderPool {
  /** threads without work */
  #idle = []
  /** texts without a thread, the oldest first */
  #waiting = []
  #threads = 0

  /** Resolves when every thread has loaded the model. */
  static async start(count, modelDir) {
    const pool = new EmbedderPool()
    await Promise.all(Array.from({ length: count }, () => pool.#startThread(modelDir)))
    return pool
  }

  get threads() {
    return this.#threads
  }

  /** @returns what Embedder.embed returns */
  embed(text) {
    return new Promise((resolve, reject) => {
      const job = { text, resolve, reject }
      const thread = this.#idle.pop()
      if (thread) this.#give(thread, job)
      else this.#waiting.push(job)
    })
  }

  #give(thread, { text, resolve, reject }) {
    thread.once('message', ({ embedding, error }) => {
      const next = this.#waiting.shift()
      if (next) this.#give(thread, next)
      else this.#idle.push(thread)
      if (error) reject(error)
      else resolve(embedding)
    })
    thread.postMessage(text)
  }

  async #startThread(modelDir) {
    const thread = new Worker(new URL('worker.js', import.meta.url), { workerData: { modelDir } })
    // A service with fewer threads than it says would give figures nobody understands: end instead.
    thread.on('exit', () => process.exit(1))
    await once(thread, 'message')
    this.#threads++
    this.#idle.push(thread)
  }
}
