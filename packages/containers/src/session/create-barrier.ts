import { aborted } from '../aborted.js'

/**
 * Everything that makes something in the engine goes through this barrier. Creates are never aborted (most exist afterwards
 * all the same): when the barrier is closed, those in flight are waited for and new ones are refused.
 */
export class CreateBarrier {
  readonly #inFlight = new Set<Promise<unknown>>()
  #closed = false

  /** @throws ABORTED once the barrier is closed */
  async pass<T>(create: () => Promise<T>): Promise<T> {
    if (this.#closed) throw aborted('by the end of the session: nothing new is started')
    const creating = create()
    this.#inFlight.add(creating)
    try {
      return await creating
    } finally {
      this.#inFlight.delete(creating)
    }
  }

  /** Settles when nothing is being created any more, whatever became of it. */
  async close(): Promise<void> {
    this.#closed = true
    while (this.#inFlight.size > 0) await Promise.allSettled(this.#inFlight)
  }
}
