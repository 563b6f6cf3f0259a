import {
  type Cell,
  type CellComparison,
  type Finding,
  type Grouping,
  headlined,
  isOfTheBest,
  isToldApart,
  kindOf,
  type LoadSpec,
  loadLabel,
  loadWords,
  type Ratio,
  type Results,
  type ScenarioResult,
  suspectWords,
} from '@bakeoff/model'
import { nameOf, names } from '../../words/names.js'
import { times, withInterval } from '../../words/quantities.js'
import { whyProvisional } from '../provisional.js'

/** The input of findings; all of it is in the results. */
export type Known = Pick<Results, 'run' | 'scenarios' | 'entries' | 'cells' | 'groups' | 'comparisons' | 'claims'>

/** A sentence about cells. Which of them are suspect, and that it is provisional, is put before it. */
export interface Sentence extends Pick<Finding, 'tone' | 'text' | 'cells'> {
  /** why it decides nothing yet; null or absent: it decides, or compares nothing */
  readonly provisional?: string | null
}

/** A rule for one kind of sentence about a scenario. It says at most what groups, comparisons, verdicts and claims already hold. */
export interface FindingRule {
  readonly kind: string
  readonly find: (scenario: ScenarioResult, known: Known) => readonly Sentence[]
}

export function defineFinding(rule: FindingRule): FindingRule {
  return rule
}

/** The measured cells of a scenario under one load. */
export function measuredCells({ cells }: Known, scenario: string, loadId: string): Cell[] {
  return cells.filter((cell) => cell.scenario === scenario && cell.loadId === loadId && cell.outcome === 'measured')
}

/** The standing of targets by one figure under one load: the best contender of each language, as in every headline. */
export interface Standing {
  readonly leader: Cell
  /** not told apart from the leader */
  readonly peers: readonly Cell[]
  /** the cells that are told apart from the leader as worse, best first, with how many times as much the leader has */
  readonly behind: readonly { readonly cell: Cell; readonly ratio: Ratio }[]
  /** the comparisons among all of these cells */
  readonly comparisons: readonly CellComparison[]
  /** why nothing is decided yet; null when something can be */
  readonly provisional: string | null
  /** what follows a load: `, of the best contender of each language,` where others are ranked that are left out; else a comma */
  readonly among: string
}

/** The standing under one load; null when a headline has fewer than two cells to compare. */
export function standing(known: Known, scenario: string, loadId: string, metric: string): Standing | null {
  const isHere = (each: Grouping | CellComparison) =>
    each.scenario === scenario && each.loadId === loadId && each.metric === metric
  const order = known.groups.find(isHere)?.ranked ?? []
  const cells = headlined(known, order)
  const [leader, ...others] = cells
  if (!leader || others.length === 0) return null
  const ids = new Set(cells.map(({ id }) => id))
  const comparisons = known.comparisons.filter((each) => isHere(each) && ids.has(each.of) && ids.has(each.to))
  const ofLeader = comparisons.filter(({ of }) => of === leader.id)
  const pairs = others.map((cell) => ({ cell, comparison: ofLeader.find(({ to }) => to === cell.id) }))
  return {
    leader,
    peers: pairs.filter(({ comparison }) => !isToldApart(comparison)).map(({ cell }) => cell),
    behind: pairs.flatMap(({ cell, comparison }) =>
      comparison && isToldApart(comparison) ? [{ cell, ratio: comparison.ratio }] : [],
    ),
    comparisons,
    provisional: whyProvisional(known.run, cells, ofLeader),
    among: isOfTheBest(known, order) ? ', of the best contender of each language,' : ',',
  }
}

/** What a sentence about cells under a load begins with: `With 64 connections`, `With 1,800 tasks, 200 at once`. */
export function withLoad(load: LoadSpec): string {
  return `With ${kindOf(load).unit === 'task' ? loadLabel(load) : loadWords(load)}`
}

/** A sentence that names the other targets that may be the best; empty when there are none. */
export function besideWords(leader: Cell, peers: readonly Cell[]): string {
  if (peers.length === 0) return ''
  return ` ${names(peers)} ${peers.length === 1 ? 'is' : 'are'} not told apart from ${nameOf(leader)}.`
}

/** A ratio as words: `3.1× (2.9–3.4)`. */
export function ratioWords({ median, low, high }: Ratio): string {
  return low === null || high === null ? times(median) : withInterval(median, low, high)
}

export function isAgentBoundCell({ verdict }: Cell): boolean {
  return verdict?.causes.some(({ cause }) => cause === 'agent-bound') ?? false
}

/** The suspects among the cells that a sentence is about, in its order: `suspect (go-a: not-steady)`; null when there are none. */
export function suspectsAmong({ cells }: Known, ids: readonly string[]): string | null {
  const own = [...new Set(ids)].flatMap((id) => cells.find((cell) => cell.id === id) ?? [])
  return suspectWords(own.map((cell) => ({ name: nameOf(cell), verdict: cell.verdict })))
}
