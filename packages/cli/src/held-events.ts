import type { RunEvent } from '@bakeoff/model'
import type { RunSink } from '@bakeoff/runner/ports'

/** Shows events at once and keeps them in memory: until it is certain that a run goes on, nothing is written to its folder. */
export class HeldEvents implements RunSink {
  readonly #show: (event: RunEvent) => void
  readonly #held: RunEvent[] = []

  constructor(show: (event: RunEvent) => void) {
    this.#show = show
  }

  event(event: RunEvent): void {
    this.#held.push(event)
    this.#show(event)
  }

  /** Hands the kept events to a sink that does not show them again. */
  releaseTo(sink: Pick<RunSink, 'event'>): void {
    for (const event of this.#held.splice(0)) sink.event(event)
  }

  async writePlan(): Promise<void> {}
  async writeRecord(): Promise<void> {}
  async writeCalibration(): Promise<void> {}
}
