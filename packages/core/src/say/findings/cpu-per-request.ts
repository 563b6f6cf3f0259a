import { formatNumber, kindOf, typicalOf } from '@bakeoff/model'
import { nameOf } from '../../words/names.js'
import { times, withInterval } from '../../words/quantities.js'
import { besideWords, defineFinding, type Standing, standing, withLoad } from './define.js'
import { isThroughputUpsideDown } from './upside-down.js'

/** A sentence about the target that needs the least CPU time per request, where throughput has not said the same already. */
export const cpuPerRequest = defineFinding({
  kind: 'cpu-per-request',
  find: (scenario, known) => {
    const found = standing(known, scenario.id, scenario.mainLoad, 'cpuMsPerRequest')
    const last = found?.behind.at(-1)
    if (!found || !last || isThroughputUpsideDown(found, scenario, known)) return []
    const { leader, peers, provisional, among } = found
    const { unit } = kindOf(leader.load)
    return [
      {
        tone: 'finding',
        text: `${withLoad(leader.load)}${among} ${nameOf(leader)} needed ${ms(typicalOf(leader, 'cpuMsPerRequest'))} of CPU time per ${unit}, ${nameOf(last.cell)} ${inverse(last.ratio)} as much (${ms(typicalOf(last.cell, 'cpuMsPerRequest'))}).${besideWords(leader, peers)}`,
        cells: [leader, ...peers, last.cell].map(({ id }) => id),
        provisional,
      },
    ]
  },
})

/** The ratio of the last target to the leader, from the same interval inverted. */
function inverse({ median, low, high }: Standing['behind'][number]['ratio']): string {
  return low === null || high === null ? times(1 / median) : withInterval(1 / median, 1 / high, 1 / low)
}

function ms(value: number | null): string {
  return value === null ? '–' : `${formatNumber(value)} ms`
}
