/** Results in parts: those of the run, and those of each scenario, of which a page shows one at a time. */
import type { Results } from '@bakeoff/model'

/** Columns, gzipped and written as text (`columns.ts`, `base91.ts`). */
export interface Packed {
  readonly encoding: 'columns-gzip-base91'
  readonly data: string
}

export type ScenarioPart = Pick<Results, 'cells' | 'comparisons'>

export interface PartedResults {
  /** everything but the cells and comparisons that are in the other parts */
  readonly run: Results
  readonly ofScenarios: readonly ScenarioPart[]
}

export function partedResults(results: Results): PartedResults {
  const { cells, comparisons, scenarios } = results
  return {
    run: { ...results, cells: [], comparisons: [] },
    ofScenarios: scenarios.map(({ id }) => ({
      cells: cells.filter(({ scenario }) => scenario === id),
      comparisons: comparisons.filter(({ scenario }) => scenario === id),
    })),
  }
}

/** The results of a run with those of some of its scenarios. */
export function withParts(run: Results, parts: readonly ScenarioPart[]): Results {
  return {
    ...run,
    cells: parts.flatMap(({ cells }) => cells),
    comparisons: parts.flatMap(({ comparisons }) => comparisons),
  }
}
