import {
  type Cell,
  type Decision,
  type DecisionColumn,
  type DecisionFigure,
  type DecisionMark,
  type EntryResult,
  figureOf,
  headlined,
  isContender,
  isDevelopmentServer,
  isToldApart,
  kindOf,
  rowsBy,
  type ScenarioResult,
  typicalOf,
} from '@bakeoff/model'
import { nameOf } from '../words/names.js'
import { claimsSay } from './claims.js'
import { type Candidate, type Decided, type Field, KINDS, type Kind } from './decided.js'
import { isAgentBoundCell } from './findings/define.js'
import { keepersOf } from './keepers.js'
import { nextStep } from './next-step.js'
import { overallSays } from './overall.js'
import { reasonOfAll, whyProvisional } from './provisional.js'
import { saysOf } from './standing.js'
import { trustLevelOf, trustOf } from './trust.js'

/**
 * The decision of a run: for each scenario the best contender of each language, which of them leads, and by how much. It
 * repeats what groups, comparisons and verdicts hold, and judges nothing itself.
 */
export function decide(known: Decided): Decision {
  const by = rowsBy(known.entries)
  const fields = known.scenarios.map((scenario) => fieldOf(known, scenario, by))
  const provisional = reasonOfAll(fields)
  const columns = fields.map((field) => columnOf(field, provisional))
  const rows = { by, names: rowsInOrder(columns) }
  const levels = keepersOf(known)
  const claims = claimsSay(known.claims)
  // A run of what is as published compares no contenders; its answer is what it says of the published sentences.
  const isOfClaims = claims !== null && columns.every(({ standing }) => standing === 'nobody')
  const overall = isOfClaims
    ? claims
    : overallSays({
        rows,
        provisional,
        columns: columns.map((column, index) => ({ ...column, notApart: notApartOf(fields[index] as Field) })),
      })
  return {
    rows,
    columns,
    ...(levels.length > 0 ? { levels } : {}),
    // Who asks for a service level wants to know first who keeps it.
    overall: levels.length > 0 ? [...levels.map(({ says }) => says), overall].filter(Boolean).join(' ') : overall,
    provisional,
    next: nextStep(known, fields),
    claims,
    trust: trustOf(known),
    trustLevel: trustLevelOf(known, columns),
  }
}

/** The rows that repetitions compared with the first one, and did not tell apart from it; one repetition compares nothing. */
function notApartOf({ ranked, comparedWith }: Field): string[] {
  return ranked.slice(1).flatMap((other) => {
    const compared = comparedWith(other)
    return compared && compared.ratio.low !== null && !isToldApart(compared) ? [other.row] : []
  })
}

/** @param saidOnce why all scenarios are provisional, where that is said beside them */
function columnOf(field: Field, saidOnce: string | null): DecisionColumn {
  const { scenario, unit } = field
  const { standing, says, leading } = saysOf(field, saidOnce)
  const mark = (candidate: Candidate): DecisionFigure => ({
    row: candidate.row,
    entry: candidate.entry.id,
    name: candidate.name,
    value: candidate.value,
    marks: [
      ...(leading.includes(candidate) ? [standing === 'leads' ? ('leads' as const) : ('level' as const)] : []),
      ...marksOf(candidate),
    ],
  })
  const all = [...field.ranked, ...field.others]
  return { scenario: scenario.id, loadId: scenario.mainLoad, unit, figures: all.map(mark), standing, says }
}

function marksOf({ kind, cell, entry, value }: Candidate): DecisionMark[] {
  const marks: DecisionMark[] = []
  if (value === null) {
    const { outcome } = entry
    if (outcome.kind === 'failed') marks.push('failed')
    else if (outcome.kind === 'unsupported') marks.push('unsupported')
    else marks.push('not-reached')
  } else if (cell) {
    if (isAgentBoundCell(cell)) marks.push('at-least')
    if (cell.verdict?.status === 'suspect') marks.push('suspect')
    if (cell.verdict?.status === 'invalid') marks.push('invalid')
    if (kind === 'not-compared') marks.push('not-compared')
  }
  if (isStandIn(entry)) marks.push('stand-in')
  if (isDevelopmentServer(entry)) marks.push('development-server')
  if (!isContender(entry)) marks.push('not-contender')
  return marks
}

function fieldOf(known: Decided, scenario: ScenarioResult, by: Decision['rows']['by']): Field {
  const list = known.groups.find(
    (each) => each.scenario === scenario.id && each.loadId === scenario.mainLoad && each.metric !== 'cpuMsPerRequest',
  )
  const order = list?.ranked ?? []
  const candidates = known.entries
    .filter((entry) => entry.scenario === scenario.id)
    .map((entry) => candidateOf(entry, { scenario, cells: known.cells, order, by }))
    .sort((a, b) => placeOf(a, order) - placeOf(b, order) || (b.value ?? -1) - (a.value ?? -1))
  const best = headlined(known, order)
  const ranked = best.flatMap(({ id }) => candidates.find(({ cell }) => cell?.id === id) ?? [])
  const otherRows = [...new Set(candidates.map(({ row }) => row))].filter((row) =>
    ranked.every((each) => each.row !== row),
  )
  const others = otherRows.map((row) => bestOf(candidates.filter((each) => each.row === row)))
  others.sort((a, b) => candidates.indexOf(a) - candidates.indexOf(b))
  const [first] = best
  const compared = known.comparisons.filter(({ metric, of }) => metric === list?.metric && of === first?.id)
  const comparedWith = (other: Candidate) => compared.find(({ to }) => to === other.cell?.id)
  return {
    scenario,
    unit: unitOf(
      list?.metric,
      known.cells.find((cell) => cell.scenario === scenario.id && cell.loadId === scenario.mainLoad),
    ),
    ranked,
    others,
    comparedWith,
    provisional: whyProvisional(
      known.run,
      best,
      ranked.flatMap((other) => comparedWith(other) ?? []),
    ),
  }
}

/** The candidate that is shown for a row of which none is ranked: the first by `KINDS`, a contender where there is one. */
function bestOf(own: readonly Candidate[]): Candidate {
  const contenders = own.filter(({ entry }) => isContender(entry))
  const from = contenders.length > 0 ? contenders : own
  return from.toSorted((a, b) => KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind))[0] as Candidate
}

/** The context in which an entry of a scenario is placed. */
interface Place {
  readonly scenario: ScenarioResult
  readonly cells: readonly Cell[]
  /** ids of ranked cells, best first */
  readonly order: readonly string[]
  readonly by: Decision['rows']['by']
}

function candidateOf(entry: EntryResult, { scenario, cells, order, by }: Place): Candidate {
  const own = cells.filter((cell) => cell.entry === entry.id)
  // An entry that is measured as published has the load of its source, and not the scenario's.
  const cell =
    own.find(({ loadId }) => loadId === scenario.mainLoad) ?? own.find((each) => figureOf(each, 'throughput')) ?? null
  const name = nameOf({ target: { name: entry.target }, variant: entry.variant })
  const value = cell?.outcome === 'measured' ? headlineOf(cell) : null
  const kind = (): Kind => {
    if (!isContender(entry)) return 'not-contender'
    if (value === null || cell === null) return 'without-figure'
    if (cell.verdict?.status === 'invalid') return 'invalid'
    if (isDevelopmentServer(entry)) return 'development-server'
    if (!order.includes(cell.id)) return isStandIn(entry) ? 'stand-in' : 'not-compared'
    return isStandIn(entry) ? 'stand-in' : 'ranked'
  }
  return { row: by === 'language' ? entry.language : name, name, entry, cell, kind: kind(), value }
}

function headlineOf(cell: Cell): number | null {
  return typicalOf(cell, kindOf(cell.load).headline === 'capacityPerSecond' ? 'capacityPerSecond' : 'throughput')
}

function placeOf({ cell }: Candidate, order: readonly string[]): number {
  const place = cell === null ? -1 : order.indexOf(cell.id)
  return place === -1 ? order.length : place
}

function unitOf(metric: string | undefined, cell: Cell | undefined): DecisionColumn['unit'] {
  if (metric === 'capacityPerSecond') return 'requests/s within the service level'
  return cell && kindOf(cell.load).unit === 'task' ? 'tasks/s' : 'answers/s'
}

/** The rows in the order of the first scenario in which they have figures, so that a run of one scenario reads as its leaderboard. */
function rowsInOrder(columns: readonly DecisionColumn[]): string[] {
  const withFigures = columns.flatMap(({ figures }) => figures.filter(({ value }) => value !== null))
  const all = columns.flatMap(({ figures }) => figures)
  return [...new Set([...withFigures, ...all].map(({ row }) => row))]
}

function isStandIn(entry: EntryResult): boolean {
  return (entry.standIn ?? null) !== null
}
