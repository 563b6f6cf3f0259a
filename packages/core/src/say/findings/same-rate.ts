import { kindOf, loadIdOf, loadWords } from '@bakeoff/model'
import { names } from '../../words/names.js'
import { list } from '../../words/quantities.js'
import { defineFinding, standing } from './define.js'

const MERITS = [
  { metric: 'responseMs.p99', says: 'had the lowest p99' },
  { metric: 'cpuMsPerRequest', says: 'needed the least CPU' },
  { metric: 'memoryPeakBytes', says: 'needed the least memory' },
] as const

/**
 * A sentence about one rate that all targets were offered: which one answers soonest, and which needs least, of the best of each language. Only where a
 * target is told apart from the best.
 */
export const sameRate = defineFinding({
  kind: 'same-rate',
  find: (scenario, known) =>
    scenario.loads
      .filter((load) => kindOf(load).sameRate)
      .flatMap((load) => {
        const best = MERITS.flatMap(({ metric, says }) => {
          const found = standing(known, scenario.id, loadIdOf(load), metric)
          return found && found.behind.length > 0 ? [{ ...found, says, cells: [found.leader, ...found.peers] }] : []
        })
        if (best.length === 0) return []
        const among = best.find((each) => each.among !== ',')?.among ?? ','
        const cells = [...new Map(best.flatMap((each) => each.cells.map((cell) => [cell.id, cell]))).values()]
        // A target is mentioned once, with everything in which it is best.
        const merits = new Map<string, string[]>()
        for (const each of best) {
          const who = `${names(each.cells)}${each.cells.length === 1 ? '' : ' (not told apart)'}`
          merits.set(who, [...(merits.get(who) ?? []), each.says])
        }
        return [
          {
            tone: 'finding' as const,
            text: `When all were offered ${loadWords(load)}${among} ${list([...merits].map(([who, says]) => `${who} ${list(says)}`))}.`,
            cells: cells.map(({ id }) => id),
            provisional: best.find(({ provisional }) => provisional !== null)?.provisional ?? null,
          },
        ]
      }),
})
