import type { Clock } from './ports.js'

/** The measured time of a run, to which its budget applies. Builds and reports between the blocks are not in it. */
export class MeasuredTime {
  readonly #clock: Pick<Clock, 'steadyMs'>
  #doneMs: number
  #sinceMs: number | null = null

  /** @param beforeMs the measured time from before the run was resumed */
  constructor(clock: Pick<Clock, 'steadyMs'>, beforeMs: number) {
    this.#clock = clock
    this.#doneMs = beforeMs
  }

  get ms(): number {
    return this.#doneMs + (this.#sinceMs === null ? 0 : this.#clock.steadyMs() - this.#sinceMs)
  }

  start(): void {
    this.#sinceMs = this.#clock.steadyMs()
  }

  stop(): void {
    this.#doneMs = this.ms
    this.#sinceMs = null
  }
}
