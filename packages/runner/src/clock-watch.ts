import { type ClockGap, formatDurationMs } from '@bakeoff/model'
import type { Clock } from './ports.js'

/** Clocks are often corrected by less than this, and no figure depends on it. */
const TOLERANCE_MS = 5000

/** Notices when the machine's clock and the time that passed differ: the clock was set, or the machine slept. */
export class ClockWatch {
  readonly #clock: Clock
  #last: { readonly aheadMs: number; readonly sleptMs: number }

  constructor(clock: Clock) {
    this.#clock = clock
    this.#last = this.#read()
  }

  /** The difference since the last call, or since the watch was made; null when there was none. */
  look(): ClockGap | null {
    const last = this.#last
    this.#last = this.#read()
    const sleptMs = this.#last.sleptMs - last.sleptMs
    const setMs = this.#last.aheadMs - last.aheadMs - sleptMs
    const isTold = (ms: number) => Math.abs(ms) >= TOLERANCE_MS
    if (!isTold(sleptMs) && !isTold(setMs)) return null
    return { sleptMs: isTold(sleptMs) ? Math.round(sleptMs) : 0, setMs: isTold(setMs) ? Math.round(setMs) : 0 }
  }

  #read(): { aheadMs: number; sleptMs: number } {
    return { aheadMs: this.#clock.now() - this.#clock.steadyMs(), sleptMs: this.#clock.sleptMs() }
  }
}

/** @param where `while X was measured` */
export function clockGapNote({ sleptMs, setMs }: ClockGap, where: string): string {
  const length = (ms: number) => formatDurationMs(Math.abs(ms))
  const what = [
    ...(sleptMs === 0 ? [] : [`the machine slept for ${length(sleptMs)}`]),
    ...(setMs === 0 ? [] : [`the machine's clock was set ${length(setMs)} ${setMs > 0 ? 'forward' : 'back'}`]),
  ]
  return `${what.join(', and ')} ${where}. Budgets and figures are by the time that passed${sleptMs === 0 ? '' : '; a repetition with a sleep in it is doubtful'}.`
}
