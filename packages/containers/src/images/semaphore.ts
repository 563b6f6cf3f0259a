/**
 * Lets at most `size` tasks run at once. Of those that wait the heaviest goes first, and of equals the one that came first:
 * what takes longest must not be what everything waits for in the end.
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
      // What waited for this task asks for a place in this turn of the event loop: it may be heavier than all that wait by now.
      setImmediate(() => this.#handOver())
    }
  }

  #handOver(): void {
    const next = this.#takeHeaviest()
    if (next)
      next.go() // the place goes over without becoming free in between
    else this.#free++
  }

  #takeHeaviest() {
    const weights = this.#waiting.map(({ weight }) => weight())
    const heaviest = weights.reduce((best, weight, index) => (weight > (weights[best] as number) ? index : best), 0)
    return this.#waiting.splice(heaviest, 1)[0]
  }
}
