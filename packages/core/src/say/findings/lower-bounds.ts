import { formatNumber, typicalOf } from '@bakeoff/model'
import { reachedWords } from '../../judge/second-instrument.js'
import { nameOf } from '../../words/names.js'
import { list } from '../../words/quantities.js'
import { defineFinding, isAgentBoundCell, measuredCells, withLoad } from './define.js'

/** A sentence about targets that the load agent limited: their throughput is a lower bound, and CPU time tells what the cap could serve. */
export const lowerBounds = defineFinding({
  kind: 'lower-bounds',
  find: (scenario, known) => {
    const bound = measuredCells(known, scenario.id, scenario.mainLoad).filter(
      (cell) => isAgentBoundCell(cell) && cell.verdict?.status !== 'invalid',
    )
    const [first] = bound
    if (!first) return []
    const each = bound.map((cell) => {
      const [measured, estimated] = ['throughput', 'estimatedCapacity'].map((id) => typicalOf(cell, id))
      if (measured == null) return nameOf(cell)
      const known = [
        `measured ${formatNumber(measured)}`,
        reachedWords(cell.secondInstrument),
        estimated == null ? null : `its CPU time would allow about ${formatNumber(estimated)} requests/s`,
      ]
      return `${nameOf(cell)} (${known.filter((each) => each !== null).join(', ')})`
    })
    return [
      {
        tone: 'caveat',
        text: `${withLoad(first.load)}, the load agent was the limit for ${list(each)}: throughput there is a lower bound, and what CPU time would allow is an estimate.`,
        cells: bound.map(({ id }) => id),
      },
    ]
  },
})
