import { BakeoffError, formatDurationMs } from '@bakeoff/model'
import type { Clock } from './ports.js'

/** Time to read what has arrived before a call is overdue, since this process itself may have been stopped meanwhile. */
const LAST_CHANCE_MS = 1000

/** A deadline; when it is set again, it counts from then. */
export class Deadline {
  /** rejects with AGENT_FAILED when the deadline passes without being set again or cleared */
  readonly passed: Promise<never>
  readonly #clock: Clock
  readonly #who: string
  readonly #pass: (error: BakeoffError) => void
  #cancel: () => void = () => {}

  /** @param who the load agent, as a sentence begins with it */
  constructor(clock: Clock, who: string) {
    this.#who = who
    this.#clock = clock
    let pass!: (error: BakeoffError) => void
    this.passed = new Promise<never>((_, reject) => {
      pass = reject
    })
    this.passed.catch(() => {}) // unhandled when the call that raced it is done
    this.#pass = pass
  }

  /** @param what the predicate of the sentence: `did not answer` */
  set(ms: number, what: string): void {
    this.#cancel()
    this.#cancel = this.#clock.after(ms, () => {
      this.#cancel = this.#clock.after(LAST_CHANCE_MS, () =>
        this.#pass(new BakeoffError('AGENT_FAILED', `${this.#who} ${what} within ${formatDurationMs(ms)}`)),
      )
    })
  }

  clear(): void {
    this.#cancel()
  }
}
