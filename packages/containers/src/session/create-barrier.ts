import { aborted } from '@bakeoff/model'

/**
 * The barrier that every create in the engine passes. Creates are never aborted (most exist afterwards
 * anyway): when the barrier is closed, creates in flight are waited for and new ones are refused.
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

  /** Settles when nothing is being created any more, successfully or not. */
  async close(): Promise<void> {
    this.#closed = true
    while (this.#inFlight.size > 0) await Promise.allSettled(this.#inFlight)
  }
}
