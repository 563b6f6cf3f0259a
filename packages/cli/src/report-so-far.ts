import { type Block, type RunEvent, toErrorRecord } from '@bakeoff/model'
import type { RunFolder } from './run-folder.js'
import { rebuildReport, writeIndex } from './write-report.js'

/** The share of a run's time that its reports may take once every scenario has something to show. */
const SHARE = 0.01

/** How long the last report took, and how long ago that was. */
export interface Drawn {
  readonly tookMs: number
  readonly agoMs: number
}

/**
 * Whether a report is worth its time when a block is over: after each block of the first repetition; later when the last report took
 * no more than a hundredth of what has passed since. Never after the last block, since the run's end writes it anyway.
 */
export function isWorthwhile(repetition: number, isLast: boolean, drawn: Drawn | null): boolean {
  if (isLast) return false
  return repetition === 1 || drawn === null || drawn.tookMs <= SHARE * drawn.agoMs
}

/**
 * Writes the report of what is measured by now when a block is over, so that the user has something to look at. Blocks take turns:
 * nothing is measured meanwhile. A report that cannot be written does not end the run; it is reported once, until one can be written again.
 */
export class ReportSoFar {
  readonly #folder: RunFolder
  readonly #reports: string
  readonly #last: Pick<Block, 'scenario' | 'repetition'> | undefined
  readonly #nowMs: () => number
  #drawn: { readonly tookMs: number; readonly atMs: number } | null = null
  #isTold = false
  #isThere = false

  /** @param nowMs a clock that cannot be set */
  constructor(folder: RunFolder, reports: string, nowMs: () => number = () => performance.now()) {
    this.#folder = folder
    this.#reports = reports
    this.#nowMs = nowMs
    this.#last = folder.readPlan().blocks.at(-1)
  }

  /** Takes an event, before any listener that points at the report does. True when the report is there for the first time. */
  hear(event: RunEvent): boolean {
    if (event.kind !== 'stage' || event.state !== 'over') return false
    const isLast = event.scenario === this.#last?.scenario && event.repetition === this.#last.repetition
    const startedAtMs = this.#nowMs()
    const drawn = this.#drawn && { tookMs: this.#drawn.tookMs, agoMs: startedAtMs - this.#drawn.atMs }
    if (!isWorthwhile(event.repetition, isLast, drawn)) return false
    let isFirst = false
    try {
      rebuildReport(this.#folder, 'running')
      writeIndex(this.#reports)
      this.#isTold = false
      isFirst = !this.#isThere
      this.#isThere = true
    } catch (error) {
      if (!this.#isTold) this.#tell(toErrorRecord(error).message)
      this.#isTold = true
    }
    const atMs = this.#nowMs()
    this.#drawn = { tookMs: atMs - startedAtMs, atMs }
    return isFirst
  }

  #tell(why: string): void {
    const message = `the report of what is measured by now could not be written: ${why}; the run goes on`
    this.#folder.event({ kind: 'note', at: new Date().toISOString(), level: 'warning', message })
  }
}
