import { Recorder } from '@bakeoff/core'

/** The counts of one slice of a load, by the time when answers came. */
export interface SliceFigures {
  readonly ok: number
  readonly failed: number
  readonly p50Us: number | null
  readonly p99Us: number | null
  readonly meanUs: number | null
  readonly times: Recorder
}

/**
 * Counts of the current slice, for the curve over time and for decisions while a load runs. A slice counts
 * requests that *ended* in it; the figures of a window do not come from here.
 */
export class SliceTally {
  readonly #times = new Recorder()
  #ok = 0
  #failed = 0

  /** Counts an answer with the expected status. */
  ok(ms: number): void {
    this.#ok++
    this.#times.record(ms)
  }

  failed(): void {
    this.#failed++
  }

  /** The counts of the slice; `begin` then starts the next one. */
  get figures(): SliceFigures {
    return {
      ok: this.#ok,
      failed: this.#failed,
      p50Us: this.#times.percentileUs(50),
      p99Us: this.#times.percentileUs(99),
      meanUs: this.#times.meanUs,
      times: this.#times,
    }
  }

  begin(): void {
    this.#ok = 0
    this.#failed = 0
    this.#times.reset()
  }
}

/**
 * At which multiple of `sliceMs` a slice ends: the first one that leaves it half a slice at least. After a process stood still that is a
 * later multiple, and never one that has passed.
 *
 * @param startedMs since the load, or its window, began
 */
export function sliceNumber(startedMs: number, sliceMs: number): number {
  return Math.ceil(startedMs / sliceMs + 0.5)
}
