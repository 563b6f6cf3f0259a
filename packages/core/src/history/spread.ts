import type { BetweenRuns } from '../judge/between-runs.js'
import { PRIOR_DF } from '../stats/index.js'
import { levelsAmong } from './history.js'
import type { LogMean, RunSummary } from './run-summary.js'

/**
 * The standard deviation between runs that is expected before any is known, and counts for as much as four degrees of freedom: sessions of one shared
 * machine differed by 4 to 9 %. With every further run it weighs less.
 */
const EXPECTED_DEVIATION = 0.05

/** The spread between runs of a figure of a cell; null: not known. */
export type SpreadOf = (cell: string, figure: string) => BetweenRuns | null

/**
 * How much the figures of cells differ from run to run, where nothing changed: around the levels of its history, so that a change
 * between earlier runs does not count as spread. Few runs tell little, so the variance of a cell is drawn towards what is expected, and it is
 * never less than that of all cells together: a day that is slow is slow for all of them.
 *
 * @param runs under the same conditions
 * @returns    a function that gives null for all when fewer than two runs have a figure in common
 */
export function spreadBetween(runs: readonly RunSummary[]): SpreadOf {
  const courses = coursesOf(runs)
  return (cell, figure) => {
    const own = courses.get(figure)?.get(cell)
    const all = [...(courses.get(figure)?.values() ?? [])]
    const df = all.reduce((sum, each) => sum + each.df, 0)
    if (!own || df === 0) return null
    const common = all.reduce((sum, each) => sum + each.df * each.variance, 0) / df
    const variance =
      (PRIOR_DF * EXPECTED_DEVIATION ** 2 + own.df * Math.max(own.variance, common)) / (PRIOR_DF + own.df)
    return { variance, df: PRIOR_DF + own.df, runs: own.runs, family: all.length }
  }
}

interface Course {
  readonly runs: number
  readonly variance: number
  readonly df: number
}

/** By figure and by cell. */
function coursesOf(runs: readonly RunSummary[]): Map<string, Map<string, Course>> {
  const logs = new Map<string, Map<string, LogMean[]>>()
  const byTime = [...runs].sort((a, b) => (a.run.startedAt < b.run.startedAt ? -1 : 1))
  for (const { cells } of byTime) {
    for (const { id: cell, figures } of cells) {
      for (const { id: figure, log } of figures) {
        if (log === null) continue
        const ofFigure = logs.get(figure) ?? new Map<string, LogMean[]>()
        ofFigure.set(cell, [...(ofFigure.get(cell) ?? []), log])
        logs.set(figure, ofFigure)
      }
    }
  }
  return new Map(
    [...logs].map(([figure, cells]) => [figure, new Map([...cells].map(([cell, own]) => [cell, courseOf(own)]))]),
  )
}

function courseOf(runs: readonly LogMean[]): Course {
  const { variance, df } = levelsAmong(runs)
  return { runs: runs.length, variance, df }
}
