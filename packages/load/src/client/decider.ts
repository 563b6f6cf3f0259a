import type { LoadSlice } from '@bakeoff/model'
import type { Decision } from '@bakeoff/runner/ports'

/** What a decision does to a load. */
interface Steered {
  cut(durationMs: number): void
  stop(): void
}

/** Asks for a decision after each slice of a load until it is stopped, and carries it out. */
export class Decider {
  readonly #decide: (slice: LoadSlice) => Decision
  readonly #steered: Steered
  #isStopped = false
  #failure: { readonly error: unknown } | null = null

  constructor(decide: (slice: LoadSlice) => Decision, steered: Steered) {
    this.#decide = decide
    this.#steered = steered
  }

  hear(slice: LoadSlice): void {
    // Slices that were on their way when the load was told to stop are in the measurement.
    if (this.#isStopped) return
    const decision = this.#decided(slice)
    if (decision.kind === 'measure') this.#steered.cut(decision.durationMs)
    this.#isStopped = decision.kind === 'stop'
    if (this.#isStopped) this.#steered.stop()
  }

  /** @throws what a decision threw, which stopped the load */
  throwFailure(): void {
    if (this.#failure !== null) throw this.#failure.error
  }

  #decided(slice: LoadSlice): Decision {
    try {
      return this.#decide(slice)
    } catch (error) {
      this.#failure = { error } // a throw from here would not reach the caller that waits for the load
      return { kind: 'stop' }
    }
  }
}
