import { BakeoffError, formatDurationMs } from '@bakeoff/model'
import type { Clock } from './ports.js'

/** This process may have been stopped itself: what has arrived meanwhile is read before anything is called overdue. */
const LAST_CHANCE_MS = 1000

/** A time by which something is to have happened; set anew it counts from then. */
export class Deadline {
  /** rejects with AGENT_FAILED when a time has passed that was neither set anew nor cleared */
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
    this.passed.catch(() => {}) // unheard when whoever raced it is done
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
