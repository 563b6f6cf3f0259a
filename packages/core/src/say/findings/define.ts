import type { Cell, CellComparison, Finding, Grouping, Ratio, Results, ScenarioResult } from '@bakeoff/model'
import { nameOf, names } from '../../words/names.js'
import { list, times, withInterval } from '../../words/quantities.js'

/** The input of findings; all of it is in the results. */
export type Known = Pick<Results, 'scenarios' | 'entries' | 'cells' | 'groups' | 'comparisons' | 'claims'>

/** A rule for one kind of sentence about a scenario. It says at most what groups, comparisons, verdicts and claims already hold. */
export interface FindingRule {
  readonly kind: string
  readonly find: (scenario: ScenarioResult, known: Known) => readonly Pick<Finding, 'tone' | 'text' | 'cells'>[]
}

export function defineFinding(rule: FindingRule): FindingRule {
  return rule
}

/** The measured cells of a scenario under one load. */
export function measuredCells({ cells }: Known, scenario: string, loadId: string): Cell[] {
  return cells.filter((cell) => cell.scenario === scenario && cell.loadId === loadId && cell.outcome === 'measured')
}

/** The standing of targets by one figure under one load. */
export interface Standing {
  readonly leader: Cell
  /** ranked, and not told apart from the leader */
  readonly peers: readonly Cell[]
  /** the cells that are told apart from the leader as worse, best first, with how many times as much the leader has */
  readonly behind: readonly { readonly cell: Cell; readonly ratio: Ratio }[]
  /** the comparisons among all of these cells */
  readonly comparisons: readonly CellComparison[]
}

/** The standing under one load; null when fewer than two cells are ranked. */
export function standing(known: Known, scenario: string, loadId: string, metric: string): Standing | null {
  const isHere = (each: Grouping | CellComparison) =>
    each.scenario === scenario && each.loadId === loadId && each.metric === metric
  const order = known.groups.find(isHere)?.ranked ?? []
  const byId = new Map(known.cells.map((cell) => [cell.id, cell]))
  const [leader, ...others] = order.flatMap((id) => byId.get(id) ?? [])
  if (!leader || others.length === 0) return null
  const ranked = new Set(order)
  const comparisons = known.comparisons.filter((each) => isHere(each) && ranked.has(each.of) && ranked.has(each.to))
  const pairs = others.map((cell) => ({
    cell,
    comparison: comparisons.find(({ of, to }) => of === leader.id && to === cell.id),
  }))
  const isApart = (comparison: CellComparison | undefined) =>
    comparison?.conclusion === 'higher' || comparison?.conclusion === 'lower'
  return {
    leader,
    peers: pairs.filter(({ comparison }) => !isApart(comparison)).map(({ cell }) => cell),
    behind: pairs.flatMap(({ cell, comparison }) =>
      comparison && isApart(comparison) ? [{ cell, ratio: comparison.ratio }] : [],
    ),
    comparisons,
  }
}

/** A sentence that names the other targets that may be the best; empty when there are none. */
export function besideWords(leader: Cell, peers: readonly Cell[]): string {
  if (peers.length === 0) return ''
  return ` ${names(peers)} ${peers.length === 1 ? 'is' : 'are'} not told apart from ${nameOf(leader)}.`
}

/** A ratio as words: `3.1 × (2.9–3.4)`. */
export function ratioWords({ median, low, high }: Ratio): string {
  return low === null || high === null ? times(median) : withInterval(median, low, high)
}

export function isAgentBoundCell({ verdict }: Cell): boolean {
  return verdict?.causes.some(({ cause }) => cause === 'agent-bound') ?? false
}

/** A sentence that names the suspect cells among those that a finding is based on; empty when there are none. */
export function marks(cells: readonly Cell[]): string {
  const marked = cells.flatMap((cell) => {
    const doubts = (cell.verdict?.causes ?? []).filter(({ effect }) => effect === 'doubts').map(({ cause }) => cause)
    return doubts.length === 0 ? [] : [`${nameOf(cell)} is marked suspect (${list([...new Set(doubts)])})`]
  })
  return marked.length === 0 ? '' : ` ${list(marked)}.`
}
