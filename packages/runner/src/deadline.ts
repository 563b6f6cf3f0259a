import { BakeoffError, formatDurationMs } from '@bakeoff/model'
import type { Clock } from './ports.js'

/** Time to read what has arrived before a call is overdue, since this process itself may have been stopped meanwhile. */
const LAST_CHANCE_MS = 1000

/** A deadline; when it is set again, it counts from then. */
export class Deadline {
  /** rejects with AGENT_FAILED when the deadline passes without being set again or cleared */
  readonly passed: Promise<never>
  readonly #clock: Clock
  readonly #pass: (error: BakeoffError) => void
  #cancel: () => void = () => {}

  constructor(clock: Clock) {
    this.#clock = clock
    let pass!: (error: BakeoffError) => void
    this.passed = new Promise<never>((_, reject) => {
      pass = reject
    })
    this.passed.catch(() => {}) // unhandled when the call that raced it is done
    this.#pass = pass
  }

  /** @param what the predicate of a sentence about the load agent: `did not answer` */
  set(ms: number, what: string): void {
    this.#cancel()
    this.#cancel = this.#clock.after(ms, () => {
      this.#cancel = this.#clock.after(LAST_CHANCE_MS, () =>
        this.#pass(new BakeoffError('AGENT_FAILED', `the load agent ${what} within ${formatDurationMs(ms)}`)),
      )
    })
  }

  clear(): void {
    this.#cancel()
  }
}
