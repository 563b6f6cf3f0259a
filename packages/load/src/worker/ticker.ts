import { performance } from 'node:perf_hooks'
import { Worker } from 'node:worker_threads'
import type { TickerMemory } from './ticker-thread.js'

/**
 * Calls back at a time given to a fraction of a millisecond. Node's own timers come 0.6 ms late at the median and up to
 * 1.2 ms, since they count whole milliseconds; a thread that sleeps on a futex wakes this one 0.1 ms late, and costs
 * nothing while nothing is due.
 */
export class Ticker {
  readonly #generation = new Int32Array(new SharedArrayBuffer(4))
  readonly #dueEpochMs = new Float64Array(new SharedArrayBuffer(8))
  readonly #thread: Worker
  #callback: (() => void) | null = null
  /** settles when the thread runs; before that there are no callbacks */
  readonly started: Promise<void>

  /** @param file the thread's script */
  constructor(file: URL) {
    const memory: TickerMemory = { generation: this.#generation, dueEpochMs: this.#dueEpochMs }
    this.#thread = new Worker(file, { workerData: memory })
    // Any other end of the thread is a bug in Bakeoff and ends the process, since nothing would ever be sent.
    this.#thread.on('error', (error) => {
      throw error
    })
    this.started = new Promise((resolve) => {
      this.#thread.once('message', () => {
        resolve()
        this.#thread.on('message', () => this.#tick())
      })
    })
    this.#thread.unref()
  }

  /**
   * @param dueMs on the scale of `performance.now()`
   * @param callback called once, at or soon after that time; replaces an earlier one
   */
  arm(dueMs: number, callback: () => void): void {
    this.#callback = callback
    this.#dueEpochMs[0] = performance.timeOrigin + dueMs
    Atomics.add(this.#generation, 0, 1)
    Atomics.notify(this.#generation, 0)
  }

  disarm(): void {
    this.#callback = null
  }

  #tick(): void {
    const callback = this.#callback
    this.#callback = null
    callback?.()
  }
}
