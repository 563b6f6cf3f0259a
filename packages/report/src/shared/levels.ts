/** The cells that were asked for a service level, as tables have them: those that keep it first, cheapest first. */
import type { Cell, DecisionLevel } from '@bakeoff/model'
import type { View } from './subjects.js'

export function askedCells({ results }: View, { scenario, loadId, kept }: DecisionLevel): Cell[] {
  const place = ({ id }: Cell) => (kept.includes(id) ? kept.indexOf(id) : kept.length)
  return results.cells
    .filter((cell) => cell.scenario === scenario && cell.loadId === loadId)
    .toSorted((a, b) => place(a) - place(b))
}
