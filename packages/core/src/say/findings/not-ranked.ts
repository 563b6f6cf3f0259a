import { nameOf } from '../../words/names.js'
import { defineFinding, withLoad } from './define.js'

/** Sentences about cells under the main load that were measured and do not count. */
export const notRanked = defineFinding({
  kind: 'not-ranked',
  find: (scenario, { cells }) =>
    cells
      .filter(
        (cell) =>
          cell.scenario === scenario.id && cell.loadId === scenario.mainLoad && cell.verdict?.status === 'invalid',
      )
      .map((cell) => ({
        tone: 'caveat' as const,
        text: `${withLoad(cell.load)}, ${nameOf(cell)} is not ranked: ${cell
          .verdict!.causes.filter(({ effect }) => effect === 'invalidates')
          .map(({ evidence }) => evidence)
          .join('; ')}.`,
        cells: [cell.id],
      })),
})
