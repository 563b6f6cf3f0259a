import type { Block, Calibration, Plan, RepetitionRecord } from '@bakeoff/model'
import { isOfSurroundings } from './failures.js'

/** What is known of a run while it is measured. */
export interface Known {
  readonly records: readonly RepetitionRecord[]
  readonly calibrations: readonly Calibration[]
}

/** Whether a decision of a scenario is open that more repetitions are likely to decide. The judge answers it. */
export type IsOpen = (scenario: string, known: Known) => boolean

/** The answer where only the promised repetitions are asked about, and of a run that came to its end: it asked after its last block. */
export const nothingOpen: IsOpen = () => false

export interface Course {
  readonly known: Known
  /** measured wall time of this run so far */
  readonly elapsedMs: number
  readonly isOpen: IsOpen
}

/**
 * The entries of a block that are still to be measured, by the rules and the records on disk. Pure.
 * A block is run whole, so that ratios within a block stay paired; above the fewest repetitions it is run where a decision of its
 * scenario is open. Entries that cannot be measured (no build, never ready, wrong answers) are not tried again.
 */
export function entriesToRun(plan: Plan, block: Block, { known, elapsedMs, isOpen }: Course): string[] {
  const { records } = known
  const done = new Set(
    records
      .filter((record) => record.block === block.id && record.outcome.kind !== 'aborted')
      .map((record) => record.entry),
  )
  const possible = block.order.filter(
    (entry) => !done.has(entry) && !isHopeless(records.filter((record) => record.entry === entry)),
  )
  if (block.repetition === 1 || possible.length === 0) return possible
  if (elapsedMs >= plan.rules.budgetMs) return []
  if (block.repetition <= plan.rules.minRepetitions) return possible
  return isOpen(block.scenario, known) ? possible : []
}

/** Whether an entry is not tried again, after its repetitions so far. */
export function isHopeless(records: readonly RepetitionRecord[]): boolean {
  return records.some(
    ({ outcome }) =>
      outcome.kind === 'unsupported' ||
      (outcome.kind === 'failed' &&
        !isOfSurroundings(outcome) &&
        outcome.stage !== 'load' &&
        outcome.stage !== 'warm-up'),
  )
}
