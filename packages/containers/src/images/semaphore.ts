/**
 * A semaphore that lets at most `size` tasks run at once. Of the waiting tasks the heaviest goes first, and of equals the one that came first,
 * so that in the end nothing waits for one long task.
 */
export class Semaphore {
  #free: number
  readonly #waiting: { readonly weight: () => number; readonly go: () => void }[] = []

  constructor(size: number) {
    this.#free = size
  }

  /** @param weight asked whenever a place becomes free: it may have grown while the task waited */
  async run<T>(task: () => Promise<T>, weight: () => number = () => 0): Promise<T> {
    if (this.#free > 0) this.#free--
    else await new Promise<void>((go) => this.#waiting.push({ weight, go }))
    try {
      return await task()
    } finally {
      // Tasks that waited for this one ask for a place in this turn of the event loop, and may be heavier than all that wait by now.
      setImmediate(() => this.#handOver())
    }
  }

  #handOver(): void {
    const next = this.#takeHeaviest()
    if (next)
      next.go() // the place is handed over without becoming free in between
    else this.#free++
  }

  #takeHeaviest() {
    const weights = this.#waiting.map(({ weight }) => weight())
    const heaviest = weights.reduce((best, weight, index) => (weight > (weights[best] as number) ? index : best), 0)
    return this.#waiting.splice(heaviest, 1)[0]
  }
}
