/** A figure of the decision: the cell that it is of, and what that costs. */
import { type Cell, costOf, type DecisionColumn, moneyWords, USUAL_PRICES } from '@bakeoff/model'
import type { View } from '../shared/subjects.js'

/** The cell of an entry's figure in a column. */
export function cellOf({ results }: View, { scenario, loadId }: DecisionColumn, entry: string): Cell | undefined {
  return results.cells.find((one) => one.entry === entry && one.scenario === scenario && one.loadId === loadId)
}

/** What a million requests of a figure's target cost, at usual prices; null where that is not known. */
export function costOfFigure(view: View, column: DecisionColumn, entry: string): string | null {
  const cell = cellOf(view, column, entry)
  const cost = cell && costOf(cell, USUAL_PRICES)
  return cost ? moneyWords(cost.perMillion) : null
}
