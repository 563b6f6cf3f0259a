import { type Cell, costOf, type LevelAnswer, USUAL_PRICES } from '@bakeoff/model'
import type { JudgedCell } from '../judge/judged.js'
import { judgeLevel } from '../judge/service-levels/index.js'
import { levelSays } from '../say/service-level.js'

/** A cell with the answer whether it keeps the service level that is asked for at its rate; as it is where none is. */
export function withServiceLevel(cell: Cell, judged: JudgedCell): Cell {
  const found = judgeLevel(judged)
  if (found === null) return cell
  const cost = costAt(cell, found.level.perSecond)
  return { ...cell, serviceLevel: { ...found, cost, says: levelSays(cell, found) } }
}

/** The cost of a rate at the usual prices, those of the report's page Cost. */
function costAt(cell: Cell, perSecond: number): LevelAnswer['cost'] {
  const { perSecond: _, ...prices } = USUAL_PRICES
  const cost = costOf(cell, { ...prices, perSecond })
  return cost && { ...cost, prices }
}
