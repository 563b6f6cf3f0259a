import { keepersOf } from '../keepers.js'
import { defineFinding } from './define.js'

/** A sentence about a service level that was asked for at a rate: who keeps it, and which of them is the cheapest. */
export const serviceLevel = defineFinding({
  kind: 'service-level',
  find: (scenario, known) =>
    keepersOf({ ...known, scenarios: [scenario] }).map(({ loadId, says }) => ({
      tone: 'finding' as const,
      text: says,
      cells: known.cells
        .filter(
          (cell) => cell.scenario === scenario.id && cell.loadId === loadId && cell.serviceLevel?.answer === 'yes',
        )
        .map(({ id }) => id),
    })),
})
