import { formatNumber, kindOf, typicalOf } from '@bakeoff/model'
import { nameOf } from '../../words/names.js'
import { besideWords, defineFinding, ratioWords, standing } from './define.js'

/** A sentence about the target that serves the highest rate within the service level. */
export const capacity = defineFinding({
  kind: 'capacity',
  find: (scenario, known) => {
    const found = standing(known, scenario.id, 'capacity', 'capacityPerSecond')
    const second = found?.behind[0]
    const carried = typicalOf(found?.leader, 'capacityPerSecond')
    const limits = found && kindOf(found.leader.load).limits(found.leader.load)
    if (!found || !second || carried === null || !limits) return []
    const { leader, peers, provisional, among } = found
    return [
      {
        tone: 'finding',
        text: `Within p99 ≤ ${formatNumber(limits.p99Ms)} ms${among} ${nameOf(leader)} carried ${formatNumber(carried)} requests/s, ${ratioWords(second.ratio)} what ${nameOf(second.cell)} carried.${besideWords(leader, peers)}`,
        cells: [leader, second.cell, ...peers].map(({ id }) => id),
        provisional,
      },
    ]
  },
})
