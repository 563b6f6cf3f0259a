import {
  type Cell,
  type DecisionLevel,
  formatNumber,
  isHeadlined,
  isToldApart,
  type LevelAnswer,
  limitsWords,
  moneyWords,
  type Results,
  typicalOf,
} from '@bakeoff/model'
import { nameOf, names } from '../words/names.js'
import { cores, list } from '../words/quantities.js'
import { beginning } from './overall.js'

type Known = Pick<Results, 'scenarios' | 'entries' | 'cells' | 'comparisons'>

/** Who keeps each service level that was asked for, and which of them is the cheapest: of what a headline may name, or of all where it may name none. */
export function keepersOf(known: Known): DecisionLevel[] {
  return known.scenarios.flatMap(({ id, levels }) =>
    (levels ?? []).flatMap((level) => {
      const asked = known.cells.filter(
        ({ scenario, serviceLevel }) => scenario === id && serviceLevel?.level.perSecond === level.perSecond,
      )
      const [first] = asked
      if (!first) return []
      const cells = answering(known, asked)
      const kept = cells.filter((cell) => answerOf(cell) === 'yes').toSorted((a, b) => moneyOf(a) - moneyOf(b))
      const where = known.scenarios.length > 1 ? ` in ${id}` : ''
      const what = `${limitsWords(level)} at ${formatNumber(level.perSecond)} requests/s${where}`
      return [
        {
          scenario: id,
          loadId: first.loadId,
          kept: kept.map((cell) => cell.id),
          says: `${answerSays(cells, kept, what)}${cheapestSays(known, kept)}`,
        },
      ]
    }),
  )
}

/** The cells that a sentence on a level is about. */
function answering({ entries }: Pick<Results, 'entries'>, asked: readonly Cell[]): Cell[] {
  const named = new Set(entries.filter(isHeadlined).map(({ id }) => id))
  const headlined = asked.filter(({ entry }) => named.has(entry))
  return headlined.length > 0 ? headlined : [...asked]
}

function answerOf({ serviceLevel }: Cell): LevelAnswer['answer'] {
  return serviceLevel?.answer ?? 'undecided'
}

function moneyOf({ serviceLevel }: Cell): number {
  return serviceLevel?.cost?.perMillion ?? Number.POSITIVE_INFINITY
}

/** `go-a and rust-b keep p99 30 ms at 200 requests/s, python-c does not, java-d is not decided.` */
function answerSays(cells: readonly Cell[], kept: readonly Cell[], what: string): string {
  const of = (answer: LevelAnswer['answer']) => cells.filter((cell) => answerOf(cell) === answer)
  const [missed, open] = [of('no'), of('undecided')]
  const parts = [
    ...(kept.length > 0 ? [`${who(kept, cells)} ${kept.length === 1 ? 'keeps' : 'keep'} ${what}`] : []),
    ...(kept.length === 0 && missed.length > 0 ? [`${none(missed, cells)} ${what}`] : []),
    ...(kept.length > 0 && missed.length > 0
      ? [`${who(missed, cells)} ${missed.length === 1 ? 'does' : 'do'} not`]
      : []),
    ...(open.length > 0
      ? [
          kept.length + missed.length === 0
            ? `whether ${open.length === 1 ? `${nameOf(open[0]!)} keeps` : 'any target keeps'} ${what} is not decided`
            : `${who(open, cells)} ${open.length === 1 ? 'is' : 'are'} not decided`,
        ]
      : []),
  ]
  return `${beginning(parts.join(', '), cells.map(nameOf))}.`
}

/** The most names of one sentence; more are given as a number. */
const MOST_NAMES = 3

function who(some: readonly Cell[], all: readonly Cell[]): string {
  if (some.length <= MOST_NAMES) return names(some)
  return some.length === all.length ? `all ${all.length} targets` : `${some.length} of ${all.length} targets`
}

function none(missed: readonly Cell[], all: readonly Cell[]): string {
  if (missed.length === all.length && all.length > 1) return 'no target keeps'
  return `${who(missed, all)} ${missed.length === 1 ? 'does' : 'do'} not keep`
}

/** The cheapest of those that keep it, with those that are not told apart from it by CPU time; empty where no cost is known. */
function cheapestSays({ comparisons }: Known, kept: readonly Cell[]): string {
  const [first, ...others] = kept
  const cost = first?.serviceLevel?.cost
  if (!first || !cost) return ''
  const used = typicalOf(first, 'coresUsed')
  const figures = [...(used === null ? [] : [cores(used)]), `${moneyWords(cost.perMillion)} for a million requests`]
  if (others.length === 0) return ` It takes ${list(figures)}.`
  const level = others.filter((other) => {
    const compared = comparisons.find(
      ({ metric, of, to }) =>
        metric === 'cpuMsPerRequest' && ((of === first.id && to === other.id) || (of === other.id && to === first.id)),
    )
    return !isToldApart(compared)
  })
  const beside =
    level.length === 0
      ? ''
      : `; by CPU time ${who(level, kept)} ${level.length === 1 ? 'is' : 'are'} not told apart from it`
  return ` The cheapest of them is ${nameOf(first)}: ${list(figures)}${beside}.`
}
