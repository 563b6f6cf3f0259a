import type { Block, Plan, RepetitionRecord } from '@bakeoff/model'
import { type Course, entriesToRun, type IsOpen, type Known } from './adaptive.js'
import { isToRunAgain } from './failures.js'

/** What a run has done before it goes on. */
export interface Earlier {
  /** repetitions that are kept; those that are measured again are left out */
  readonly records: readonly RepetitionRecord[]
  /** ids of blocks that were begun: a block is run whole, so the budget does not cut these */
  readonly begun: ReadonlySet<string>
  /** the used part of the budget */
  readonly spentMs: number
}

export function earlierOf(records: readonly RepetitionRecord[]): Earlier {
  const standing = records.filter((record) => !isToRunAgain(record))
  const spentMs = standing.some(({ bench }) => bench)
    ? coveredMs(standing)
    : standing.reduce((sum, record) => sum + durationMs(record), 0)
  return { records: standing, begun: new Set(records.map(({ block }) => block)), spentMs }
}

function durationMs({ startedAt, endedAt }: RepetitionRecord): number {
  return Math.max(0, Date.parse(endedAt) - Date.parse(startedAt) || 0)
}

/** The time in which something was measured: benches measure side by side. */
function coveredMs(records: readonly RepetitionRecord[]): number {
  let [coveredMs, untilMs] = [0, Number.NEGATIVE_INFINITY]
  for (const record of records.toSorted((a, b) => a.startedAt.localeCompare(b.startedAt))) {
    const fromMs = Math.max(untilMs, Date.parse(record.startedAt))
    const toMs = Date.parse(record.startedAt) + durationMs(record)
    if (toMs <= fromMs) continue
    coveredMs += toMs - fromMs
    untilMs = toMs
  }
  return coveredMs
}

/** Entries of a block that are still to be measured. As `entriesToRun`, but what was begun before a break is finished. */
export function entriesLeft(plan: Plan, block: Block, { begun, ...course }: Course & Pick<Earlier, 'begun'>): string[] {
  return entriesToRun(plan, block, begun.has(block.id) ? { ...course, elapsedMs: 0, isOpen: () => true } : course)
}

/** What a run would measure if it went on now; empty when it is complete. */
export function leftToMeasure(
  plan: Plan,
  { records, calibrations }: Known,
  isOpen: IsOpen,
): { readonly block: string; readonly entry: string }[] {
  const { begun, spentMs, ...earlier } = earlierOf(records)
  const course = { known: { records: earlier.records, calibrations }, begun, elapsedMs: spentMs, isOpen }
  return plan.blocks.flatMap((block) =>
    entriesLeft(plan, block, course).map((entry) => ({
      block: block.id,
      entry,
    })),
  )
}
