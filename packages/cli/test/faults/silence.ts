import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import type { RawEngine } from '../../../containers/test/raw-engine.js'

const EVERY_MS = 500

/**
 * How long the engine answered no ping, and how long this process stood still, at most. Both are between a run and its engine
 * here, and a run gives an engine up that is silent for too long: where one did, this says who was.
 */
export class Silence {
  readonly #ownDelay: IntervalHistogram = monitorEventLoopDelay({ resolution: 20 })
  readonly #ended = new AbortController()
  #longestMs = 0
  #atMs = 0

  begin(engine: RawEngine): this {
    this.#ownDelay.enable()
    void this.#listen(engine)
    return this
  }

  /** One line, for people. */
  end(): string {
    this.#ownDelay.disable()
    this.#ended.abort()
    const longest = `${(this.#longestMs / 1000).toFixed(1)} s, until ${new Date(this.#atMs).toISOString()}`
    return `silence at most: of the engine ${longest}; of the tests ${(this.#ownDelay.max / 1e9).toFixed(1)} s`
  }

  async #listen(engine: RawEngine): Promise<void> {
    while (!this.#ended.signal.aborted) {
      const askedAtMs = performance.now()
      await engine.ping().catch(() => undefined)
      const ms = performance.now() - askedAtMs
      if (ms > this.#longestMs) [this.#longestMs, this.#atMs] = [ms, Date.now()]
      await sleep(EVERY_MS, undefined, { signal: this.#ended.signal, ref: false }).catch(() => undefined)
    }
  }
}
