import type { Block, Plan, RepetitionRecord } from '@bakeoff/model'
import { relativeHalfWidth, rightPerSecond } from '../stats/index.js'
import { isOfSurroundings } from './failures.js'
import { mainLoadOf } from './main-load.js'

/**
 * The entries of a block that are still to be measured, by the rules and the records on disk. Pure.
 * A block is run whole, so that ratios within a block stay paired; it is left out when every entry's interval of
 * throughput is tight. Entries that cannot be measured (no build, never ready, wrong answers) are not tried again.
 *
 * @param elapsedMs measured wall time of this run so far
 */
export function entriesToRun(
  plan: Plan,
  block: Block,
  records: readonly RepetitionRecord[],
  elapsedMs: number,
): string[] {
  const done = new Set(
    records
      .filter((record) => record.block === block.id && record.outcome.kind !== 'aborted')
      .map((record) => record.entry),
  )
  const possible = block.order.filter(
    (entry) => !done.has(entry) && !isHopeless(records.filter((record) => record.entry === entry)),
  )
  if (block.repetition === 1) return possible
  if (elapsedMs >= plan.rules.budgetMs) return []
  if (block.repetition <= plan.rules.minRepetitions) return possible
  const wide = possible.filter((entry) => !isTight(plan, entry, records))
  return wide.length > 0 ? possible : []
}

/** Whether the interval of an entry's throughput on the main load is within the plan's tightness. */
function isTight(plan: Plan, entry: string, records: readonly RepetitionRecord[]): boolean {
  const scenario = plan.scenarios.find(({ id }) => entry.startsWith(`${id}/`))
  if (!scenario) return true
  const loadId = mainLoadOf(scenario.loads)
  const values = records
    .filter((record) => record.entry === entry)
    .flatMap((record) => record.loads.filter((load) => load.loadId === loadId))
    .map(({ measurement }) => rightPerSecond(measurement))
  const width = relativeHalfWidth(values)
  return width !== null && width <= plan.rules.tightness
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
