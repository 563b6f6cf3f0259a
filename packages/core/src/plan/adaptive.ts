import type { Block, Plan, RepetitionRecord } from '@bakeoff/model'
import { relativeHalfWidth, rightPerSecond } from '../stats/index.js'
import { isOfSurroundings } from './failures.js'
import { mainLoadOf } from './main-load.js'

/**
 * Which entries of a block are still to be measured. Pure: what the rules say, given what is on disk.
 * A block is run whole, so that ratios within a block stay paired; it is left out when every entry's interval of
 * throughput is tight. Entries that cannot be measured (no build, never ready, wrong answers) are not tried again.
 *
 * @param elapsedMs measured wall time of this run so far
 */
export function entriesToRun(plan: Plan, block: Block, runs: readonly RepetitionRecord[], elapsedMs: number): string[] {
  const done = new Set(
    runs.filter((run) => run.block === block.id && run.outcome.kind !== 'aborted').map((run) => run.entry),
  )
  const possible = block.order.filter(
    (entry) => !done.has(entry) && !isHopeless(runs.filter((run) => run.entry === entry)),
  )
  if (block.repetition === 1) return possible
  if (elapsedMs >= plan.rules.budgetMs) return []
  if (block.repetition <= plan.rules.minRepetitions) return possible
  const wide = possible.filter((entry) => !isTight(plan, entry, runs))
  return wide.length > 0 ? possible : []
}

/** Whether the interval of an entry's throughput on the main load is within the plan's tightness. */
function isTight(plan: Plan, entry: string, runs: readonly RepetitionRecord[]): boolean {
  const scenario = plan.scenarios.find(({ id }) => entry.startsWith(`${id}/`))
  if (!scenario) return true
  const loadId = mainLoadOf(scenario.loads)
  const values = runs
    .filter((run) => run.entry === entry)
    .flatMap((run) => run.loads.filter((load) => load.loadId === loadId))
    .map(({ measurement }) => rightPerSecond(measurement))
  const width = relativeHalfWidth(values)
  return width !== null && width <= plan.rules.tightness
}

/** Whether an entry is not tried again, after these repetitions of it. */
export function isHopeless(runs: readonly RepetitionRecord[]): boolean {
  return runs.some(
    ({ outcome }) =>
      outcome.kind === 'unsupported' ||
      (outcome.kind === 'failed' &&
        !isOfSurroundings(outcome) &&
        outcome.stage !== 'load' &&
        outcome.stage !== 'warm-up'),
  )
}
