import type { Condition, History, HistoryCell, HistoryChange, HistoryFigure, HistorySeries } from '@bakeoff/model'
import { loadDifferences } from '../load-settings.js'
import { conditionsIn } from '../run-conditions.js'
import { levelShifts, mean, type ShiftedLevels } from '../stats/index.js'
import { thresholds } from '../thresholds.js'
import type { CellSummary, FigureSummary, LogMean, RunSummary } from './run-summary.js'

const { relevantDifference: relevant, significance } = thresholds

export interface HistoryOptions {
  /** the newest runs of each series alone; null: all */
  readonly last: number | null
  readonly leftOut: History['leftOut']
}

/**
 * The history of runs: a series for each scenario and for the conditions under which it was measured, with each figure of each
 * cell, run by run, and the runs from which on it stays at another level. Runs under other conditions are never joined.
 *
 * @param runs in any order
 */
export function historyOf(runs: readonly RunSummary[], { last, leftOut }: HistoryOptions): History {
  const byTime = [...runs].sort((a, b) => compare(a.run.startedAt, b.run.startedAt) || compare(a.run.id, b.run.id))
  const series = groupsOf(byTime).map((group) =>
    seriesOf({ ...group, runs: last === null ? group.runs : group.runs.slice(-last) }),
  )
  return { bounds: { relevant, significance }, series, leftOut }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b)
}

interface Group {
  readonly scenario: string
  readonly conditions: readonly Condition[]
  /** oldest first */
  readonly runs: readonly RunSummary[]
}

/** Runs by scenario and conditions. Scenarios in the order of the newest run, and of each the series with the newest run first. */
function groupsOf(byTime: readonly RunSummary[]): Group[] {
  const groups = new Map<string, Group & { readonly runs: RunSummary[] }>()
  for (const run of byTime) {
    for (const scenario of new Set(run.cells.map((cell) => cell.scenario))) {
      const conditions = conditionsIn(run.conditions, scenario)
      const key = JSON.stringify([scenario, conditions])
      const group = groups.get(key) ?? { scenario, conditions, runs: [] }
      group.runs.push(run)
      groups.set(key, group)
    }
  }
  const newestFirst = byTime.toReversed()
  const scenarios = [...new Set(newestFirst.flatMap(({ cells }) => cells.map(({ scenario }) => scenario)))]
  const ageOf = ({ runs }: Group) => newestFirst.indexOf(runs.at(-1)!)
  return scenarios.flatMap((scenario) =>
    [...groups.values()].filter((group) => group.scenario === scenario).sort((a, b) => ageOf(a) - ageOf(b)),
  )
}

function seriesOf({ scenario, conditions, runs }: Group): HistorySeries {
  const cells = runs.map(
    (run) => new Map(run.cells.filter((cell) => cell.scenario === scenario).map((cell) => [cell.id, cell])),
  )
  const ids = new Set(cells.toReversed().flatMap((own) => [...own.keys()]))
  return {
    scenario,
    conditions,
    runs: runs.map(({ run }) => run),
    cells: [...ids].map((id) => courseOfCell(cells.map((own) => own.get(id) ?? null))),
  }
}

/**
 * The course of a cell under the load that the newest run of it had. A run that set the same load otherwise has no figure of it.
 *
 * @param inRuns the cell in each run; at least one has it
 */
function courseOfCell(inRuns: readonly (CellSummary | null)[]): HistoryCell {
  const known = inRuns.filter((cell) => cell !== null).toReversed()
  const { id, name, load, loadId } = known[0] as CellSummary
  const figures = new Map(known.flatMap(({ figures: own }) => own.map((figure) => [figure.id, figure] as const)))
  return {
    id,
    name,
    load,
    loadId,
    figures: [...figures.values()].map((figure) =>
      courseOf(
        figure,
        inRuns.map((cell) => {
          if (cell === null) return { whyNot: 'not part of this run' }
          const settings = loadDifferences(cell.load, load)
          if (settings.length > 0)
            return {
              whyNot: `under another load: ${settings.map((each) => `${each.name} ${each.first}`).join(', ')}`,
            }
          return cell.figures.find((own) => own.id === figure.id) ?? { whyNot: 'it has no such figure' }
        }),
      ),
    ),
  }
}

/** @param inRuns the figure in each run, or why a run has none */
function courseOf(
  { id, name, unit, better }: FigureSummary,
  inRuns: readonly (FigureSummary | { readonly whyNot: string })[],
): HistoryFigure {
  const none = { value: null, low: null, high: null, repetitions: 0, verdict: null }
  const points = inRuns.map((figure) => ('whyNot' in figure ? { ...none, ...figure } : figure.point))
  const counting = inRuns.flatMap((figure, index) =>
    'whyNot' in figure || figure.log === null ? [] : [{ index, log: figure.log }],
  )
  const found = levelsAmong(counting.map(({ log }) => log))
  return {
    id,
    name,
    unit,
    better,
    points,
    spread: found.df > 0 ? Math.sqrt(found.variance) : null,
    changes: found.changes.map(({ at, difference, halfWidth }, index): HistoryChange => {
      const [before, after] = found.levels.slice(index, index + 2).map(({ start, end }) => end - start)
      return {
        at: counting[at]!.index,
        after: counting[at - 1]!.index,
        runs: [before!, after!],
        ratio: {
          median: Math.exp(difference),
          low: Math.exp(difference - halfWidth),
          high: Math.exp(difference + halfWidth),
          n: Math.min(before!, after!),
          method: 'levels of runs on logs, circular binary segmentation',
        },
        isBetter: difference > 0 === (better === 'higher'),
      }
    }),
  }
}

/** The levels of a figure over runs. A run is not known better than its own repetitions know it. */
export function levelsAmong(runs: readonly LogMean[]): ShiftedLevels {
  const within = runs.flatMap(({ variance }) => (variance === null ? [] : [variance]))
  return levelShifts(
    runs.map((run) => run.mean),
    { relevant: Math.log1p(relevant), leastVariance: within.length === 0 ? 0 : mean(within) },
  )
}
