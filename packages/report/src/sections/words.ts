/** Sentences for titles. They describe what is drawn and leave "which is better" to the groups and the findings. */
import {
  type Cell,
  type Grouping,
  headlined,
  isHeadlined,
  isOfTheBest,
  limitWords,
  sentenceCase,
  suspectWords,
} from '@bakeoff/model'
import { type Html, html } from '../html/html.js'
import { formatNumber } from '../shared/format.js'
import { outcomeWord } from '../shared/outcome-word.js'
import type { View } from '../shared/subjects.js'

/** Names as a list: `a`, `a and b`, `a, b and c`, `a, b, c and 4 more`. */
export function listed(names: readonly string[]): Html {
  const shown = names.length > 4 ? names.slice(0, 3) : names
  const rest = names.length - shown.length
  const items = shown.map((name) => html`<bdi>${name}</bdi>`)
  if (rest > 0) return html`${items.map((item, index) => (index ? html`, ${item}` : item))} and ${rest} more`
  return html`${items.map((item, index) => (index === 0 ? item : index === items.length - 1 ? html` and ${item}` : html`, ${item}`))}`
}

/**
 * The targets at the top, of the best contender of each language as in every headline, claiming no more than the groups do: the
 * first one, and those that share a group with it.
 */
export function topGroup(view: View, grouping: Grouping | null, what: string): Html {
  const { ranked = [], groups = [] } = grouping ?? {}
  const [first, ...others] = headlined(view.results, ranked)
  if (first === undefined || grouping === null) return html`Nothing is ranked by ${what}`
  const own = groups.filter((group) => group.includes(first.id))
  const peers = others.filter(({ id }) => own.some((group) => group.includes(id)))
  const column = view.results.decision?.columns.find(({ scenario }) => scenario === grouping.scenario)
  const isProvisional = column?.standing === 'provisional'
  const names = (cells: readonly Cell[]) => listed(cells.map((cell) => nameIn(view, cell)))
  const before = [
    isOfTheBest(view.results, ranked) ? 'best of each language' : null,
    suspectWords([first, ...peers].map((cell) => ({ name: nameIn(view, cell), verdict: cell.verdict }))),
    isProvisional ? 'provisional' : null,
  ].filter((part) => part !== null)
  const says = () => {
    if (others.length === 0)
      return html`${before.length === 0 ? 'Only' : 'only'} ${names([first])} can be compared in ${what}`
    if (peers.length === 0) return html`${names([first])} ${isProvisional ? 'is ahead' : 'leads'} in ${what}`
    return own.length === 1
      ? html`${names([first, ...peers])} are not told apart at the top in ${what}`
      : html`${names([first])} is first in ${what}, and not told apart from ${names(peers)}`
  }
  return before.length === 0 ? says() : html`${sentenceCase(before.join(', '))}: ${says()}`
}

function nameIn(view: View, { entry }: Cell): string {
  return view.subjectOf(entry).label
}

/** A range for a title: its figure, and how a value is written. */
export interface Ranged {
  readonly what: string
  readonly of: (cell: Cell) => number | null
  /** the least that the figure can be where it is not known; it is named with “≥” */
  readonly least?: (cell: Cell) => number | null
  /** with its unit; default: the number alone */
  readonly show?: (value: number) => string
}

/**
 * The range of a figure as a title, such as `p99: 2.1 ms (a) to 45 ms (b)`: of the contenders whose figures
 * count, or of all cells where there are none. Null when nothing is known.
 */
export function rangeTitle(
  view: View,
  cells: readonly Cell[],
  { what, of, least: leastOf = () => null, show: showValue = formatNumber }: Ranged,
): Html | null {
  const isKnown = (cell: Cell) => (of(cell) ?? leastOf(cell)) !== null
  const contenders = cells.filter(
    (cell) => isHeadlined(view.entries.get(cell.entry)!) && cell.verdict?.status !== 'invalid' && isKnown(cell),
  )
  const known = (contenders.length > 0 ? contenders : cells).flatMap((cell) => {
    const exact = of(cell)
    const value = exact ?? leastOf(cell)
    return value === null ? [] : [{ value, isBound: exact === null, name: view.subjectOf(cell.entry).label }]
  })
  const show = ({ value, isBound }: (typeof known)[number]) => `${isBound ? '≥ ' : ''}${showValue(value)}`
  const [first] = known
  if (!first) return null
  if (known.length === 1) return html`${what}: ${show(first)} for <bdi>${first.name}</bdi>`
  const least = known.reduce((best, item) => (item.value < best.value ? item : best))
  const most = known.reduce((best, item) => (item.value > best.value ? item : best))
  if (show(least) === show(most)) return html`${what}: ${show(least)} for all`
  return html`${what}: ${show(least)} (<bdi>${least.name}</bdi>) to ${show(most)} (<bdi>${most.name}</bdi>)`
}

/** The repetitions of what is drawn, such as `n = 5 repetitions` or `n = 3 to 5 repetitions`. */
export function repetitionsOf(cells: readonly Cell[]): string | null {
  const counts = cells.filter(({ outcome }) => outcome === 'measured').map(({ repetitions }) => repetitions)
  if (counts.length === 0) return null
  const [least, most] = [Math.min(...counts), Math.max(...counts)]
  return least === most
    ? `n = ${least} ${least === 1 ? 'repetition' : 'repetitions'}`
    : `n = ${least} to ${most} repetitions`
}

/** a; a and b; a, b and c. */
export function joined(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`
}

/** A name of the code in words: `failuresPerSecond` → `failures per second`. */
export function inWords(name: string): string {
  return name
    .replace(/([a-z\d])([A-Z])/g, (_, before: string, after: string) => `${before} ${after.toLowerCase()}`)
    .replaceAll('.', ', ')
}

/** The reason why a figure of a cell is missing: the cell's outcome when nothing was measured, else `otherwise`. */
export function whyMissing({ outcome, outcomeReason }: Cell, otherwise: string): string {
  if (outcome === 'measured') return otherwise
  if (outcomeReason === null) return outcomeWord(outcome)
  return outcome === 'aborted' ? outcomeReason : `${outcome}: ${outcomeReason}`
}

export function hasCause({ verdict }: Cell, wanted: string): boolean {
  return verdict?.causes.some(({ cause }) => cause === wanted) ?? false
}

/** The causes that every judged cell has: they distinguish nothing, so they are said once. Empty for fewer than three cells. */
export function sharedCauses(cells: readonly Cell[]): string[] {
  const judged = cells.flatMap(({ verdict }) => verdict ?? [])
  if (judged.length < 3) return []
  const [first, ...others] = judged.map(({ causes }) => causes.flatMap(({ cause, limit }) => (limit ? [] : [cause])))
  return [...new Set(first)].filter((cause) => others.every((causes) => causes.includes(cause)))
}

/** The throughput that another tool reached where the agent was the limit, beside what is only a lower bound. Null elsewhere. */
export function reachedBesideAgent(cell: Cell): Html | null {
  const second = cell.secondInstrument
  if (second?.kind !== 'measured' || !hasCause(cell, 'agent-bound')) return null
  return html`<small>${second.tool}: ${formatNumber(second.perSecond)}</small>`
}

/**
 * The verdict in brief, in core's order: what limited the cell, and the causes that say how far its figures can be trusted.
 *
 * @param said causes that stand elsewhere already
 */
export function briefly(
  { causes }: NonNullable<Cell['verdict']>,
  said: readonly string[] = [],
): { limits: string | null; marks: string | null } {
  const joined = (words: readonly string[]) => (words.length === 0 ? null : [...new Set(words)].join(', '))
  return {
    limits: joined(causes.flatMap(({ limit }) => (limit ? [limitWords(limit)] : []))),
    marks: joined(causes.flatMap(({ cause, limit }) => (limit || said.includes(cause) ? [] : [cause]))),
  }
}
