const TICK_MS = 500

/**
 * Calls once after nothing was heard for a time. Only time in which this process ran counts: after it was stopped, what has arrived
 * meanwhile is read first.
 */
export class SilenceWatch {
  readonly #silenceMs: number
  readonly #timer: NodeJS.Timeout
  #silentMs = 0
  #isOver = false

  constructor(silenceMs: number, call: () => void) {
    this.#silenceMs = silenceMs
    // A timer that fires late fires once, however late: each stands for one tick.
    this.#timer = setInterval(() => {
      this.#silentMs += TICK_MS
      if (this.#silentMs < this.#silenceMs) return
      clearInterval(this.#timer)
      this.#isOver = true
      call()
    }, TICK_MS)
  }

  /** true once it has called: it is too late to be heard */
  get isOver(): boolean {
    return this.#isOver
  }

  hear(): void {
    this.#silentMs = 0
  }
}
