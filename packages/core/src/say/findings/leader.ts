import { type Cell, formatNumber, kindOf, limitWords, typicalOf } from '@bakeoff/model'
import { thresholds } from '../../thresholds.js'
import { nameOf, names } from '../../words/names.js'
import { list, many, percent } from '../../words/quantities.js'
import {
  besideWords,
  defineFinding,
  isAgentBoundCell,
  ratioWords,
  type Sentence,
  type Standing,
  standing,
  withLoad,
} from './define.js'

/**
 * A sentence about the target that served most under the main load, of the best of each language: how much more than the next
 * that is told apart, and what limited both.
 */
export const leader = defineFinding({
  kind: 'leader',
  find: (scenario, known) => {
    const found = standing(known, scenario.id, scenario.mainLoad, 'throughput')
    if (found === null) return []
    return [found.behind.length === 0 ? nobody(found) : somebody(found)]
  },
})

function nobody(found: Standing): Sentence {
  const { leader: first, peers, comparisons, provisional, among } = found
  const all = [first, ...peers]
  const beginning = `${withLoad(first.load)}${among}`
  const say = (text: string): Sentence => ({
    tone: 'nothing-to-say',
    text,
    cells: all.map(({ id }) => id),
    provisional,
  })
  const single = all.filter(({ repetitions }) => repetitions < 2)
  // Targets that are not told apart because of too few repetitions are not equal.
  if (single.length > 0) {
    const who = single.length === all.length ? '' : `${names(single)} ${single.length === 1 ? 'has' : 'have'} one, and `
    return say(`${beginning} ${nameOf(first)} was ahead; ${who}how much the next repetition would differ is not known.`)
  }
  const within = Math.max(...comparisons.map(({ least }) => least ?? thresholds.relevantDifference))
  return comparisons.every(({ conclusion }) => conclusion === 'no-difference')
    ? say(`${beginning} ${names(all)} served the same, within ${percent(within)}.`)
    : say(`${beginning} none of ${names(all)} is told apart as the fastest.${detectableSays(found)}`)
}

/**
 * The factor that would have been told apart from the first target, by the widest interval; empty where more repetitions
 * would not help.
 */
function detectableSays({ leader: first, comparisons }: Standing): string {
  const open = comparisons.flatMap(({ of, outlook, ratio }) => (of === first.id && outlook ? [{ outlook, ratio }] : []))
  if (open.length === 0) return ''
  const detectable = Math.max(...open.map(({ outlook }) => outlook.detectable))
  return ` With ${many(Math.min(...open.map(({ ratio }) => ratio.n)), 'repetition')} a factor of ${formatNumber(Number(detectable.toPrecision(3)))} would have been.`
}

/** The targets behind the first one that the sentence names: the next that is told apart, and the last. */
export function namedBehind({ behind }: Pick<Standing, 'behind'>): Standing['behind'] {
  return behind.length > 1 ? [behind[0]!, behind.at(-1)!] : behind
}

function somebody(found: Standing): Sentence {
  const { leader: first, peers, provisional, among } = found
  const [second, last] = namedBehind(found)
  const least = isAgentBoundCell(first) ? 'at least ' : ''
  const tail = last ? `, and ${least}${ratioWords(last.ratio)} as many as ${nameOf(last.cell)} did` : ''
  const named = [first, second!.cell, ...(last ? [last.cell] : [])]
  return {
    tone: 'finding',
    text: `${withLoad(first.load)}${among} ${nameOf(first)} handled ${least}${ratioWords(second!.ratio)} as many ${kindOf(first.load).unit}s as ${nameOf(second!.cell)} did${tail}; ${limits(first, second!.cell)}${agentShare([first, second!.cell])}.${besideWords(first, peers)}`,
    cells: [...named, ...peers].map(({ id }) => id),
    provisional,
  }
}

function limits(a: Cell, b: Cell): string {
  const [ofA, ofB] = [limitOf(a), limitOf(b)]
  if (ofA === null && ofB === null) return 'no bottleneck was identified'
  if (ofA === ofB) return `both were limited by ${limitOf(a, true)}`
  if (ofA !== null && ofB !== null) return `${nameOf(a)} was limited by ${ofA}, ${nameOf(b)} by ${ofB}`
  return ofA === null
    ? `${nameOf(b)} was limited by ${ofB}, and no bottleneck was identified for ${nameOf(a)}`
    : `${nameOf(a)} was limited by ${ofA}, and no bottleneck was identified for ${nameOf(b)}`
}

/** The limits that were found, such as `its own cores`, or `their own cores` of several targets; null when none was found. */
function limitOf({ verdict }: Cell, ofSeveral = false): string | null {
  const limits = (verdict?.causes ?? []).flatMap(({ limit }) => (limit ? [limitWords(limit, ofSeveral)] : []))
  return limits.length === 0 ? null : list([...new Set(limits)])
}

/** The share of its capacity below which the load generator is called idle. */
const IDLE = 0.1

function agentShare(cells: readonly Cell[]): string {
  const shares = cells.flatMap((cell) => typicalOf(cell, 'ceilingShare') ?? [])
  if (shares.length === 0) return ''
  const most = Math.max(...shares)
  return most < IDLE
    ? `; the load generator was nearly idle (${percent(most)} of its capacity)`
    : `; the load generator was at up to ${percent(most)} of its capacity`
}
