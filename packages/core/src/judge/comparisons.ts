import {
  type CellComparison,
  type Certificate,
  competes,
  type Difference,
  type Grouping,
  type Side,
} from '@bakeoff/model'
import { type FigureRule, valueIn } from '../figures/define.js'
import { figureRules } from '../figures/index.js'
import { byMachine, isOfFleet } from '../observe/machines.js'
import { outcomeOfCell } from '../observe/outcome.js'
import type { CellView } from '../observe/view.js'
import { thresholds } from '../thresholds.js'
import { nameOf } from '../words/names.js'
import { list } from '../words/quantities.js'
import { inSentence } from '../words/titles.js'
import type { Bounds, Observed } from './difference.js'
import { type Contestant, compareField } from './field.js'
import type { JudgedCell } from './judged.js'

/** The comparisons of a run, as they stand in the results. */
export interface Compared {
  readonly comparisons: CellComparison[]
  readonly groups: Grouping[]
  /** the judge's conclusion on two cells by a figure, of ÷ to; null where the run does not compare them */
  readonly differenceOf: (metric: string, of: string, to: string) => Difference | null
}

/**
 * Compares cells: all pairs of each scenario × load × metric, with the letter groups that follow from those of the contenders.
 *
 * @param certificates of the machine: no difference below a scenario's noise floor is claimed
 */
export function compareCells(cells: readonly JudgedCell[], certificates: readonly Certificate[] = []): Compared {
  const fields = new Map<string, JudgedCell[]>()
  for (const cell of cells) {
    const key = `${cell.view.scenario.id} ${cell.view.loadId}`
    fields.set(key, [...(fields.get(key) ?? []), cell])
  }
  const comparisons: CellComparison[] = []
  const groups: Grouping[] = []
  const found = new Map<string, Difference>()
  for (const field of fields.values()) {
    for (const metric of figureRules) {
      if (!metric.isCompared(field[0]!.view.load)) continue
      const compared = compareBy(metric, field, boundsOf(field[0]!.view.scenario.id, certificates))
      comparisons.push(...compared.comparisons)
      groups.push(compared.groups)
      for (const [key, difference] of compared.found) found.set(key, difference)
    }
  }
  return { comparisons, groups, differenceOf: (metric, of, to) => found.get(keyOf(metric, of, to)) ?? null }
}

/** What makes a difference within a scenario: nothing below the noise floor of its certificate does. */
export function boundsOf(scenario: string, certificates: readonly Certificate[]): Bounds {
  return {
    relevant: thresholds.relevantDifference,
    significance: thresholds.significance,
    noiseFloor: certificates.find((each) => each.scenario === scenario)?.noiseFloor ?? null,
  }
}

function keyOf(metric: string, of: string, to: string): string {
  return `${metric} ${of} ${to}`
}

/** Compares the cells of one scenario and load by one figure. */
function compareBy(
  metric: FigureRule,
  field: readonly JudgedCell[],
  bounds: Bounds,
): { comparisons: CellComparison[]; groups: Grouping; found: [string, Difference][] } {
  const { scenario, loadId, plan } = field[0]!.view
  const unranked: { cell: string; why: string }[] = []
  const contestants: Contestant[] = []
  for (const cell of field) {
    const why = whyUnranked(cell, field)
    const values = valuesByBlock(metric, cell)
    if (why !== null || values.length === 0)
      unranked.push({ cell: cell.view.id, why: why ?? `${inSentence(metric.title)} was not measured` })
    else
      contestants.push({
        id: cell.view.id,
        name: nameOfCell(cell),
        values,
        isHeldBack: metric.seenByAgent && isAgentBound(cell),
        competes: competes(cell.view.entry),
      })
  }
  const entryOf = new Map(field.map(({ view }) => [view.id, view.entry]))
  const { ranked, beside, groups, comparisons } = compareField(
    contestants,
    metric.better,
    bounds,
    plan.rules.minRepetitions,
  )
  const where = { scenario: scenario.id, loadId, metric: metric.id }
  return {
    comparisons: comparisons.map(({ difference: _, ...each }) => ({ ...where, ...each })),
    groups: {
      ...where,
      ranked: ranked.map(({ id }) => id),
      groups,
      unranked: [...beside.map(({ id }) => ({ cell: id, why: whyBeside(entryOf.get(id)!) })), ...unranked],
    },
    found: comparisons.flatMap(({ of, to, difference }) => [
      [keyOf(metric.id, of, to), difference],
      [keyOf(metric.id, to, of), upsideDown(difference)],
    ]),
  }
}

/** The difference upside down: to ÷ of. */
function upsideDown(difference: Difference): Difference {
  const { conclusion, reason, ratio, heldBack } = difference
  const other = (side: Side): Side => (side === 'of' ? 'to' : 'of')
  return {
    ...difference,
    conclusion: conclusion === 'higher' ? 'lower' : conclusion === 'lower' ? 'higher' : conclusion,
    reason:
      reason.kind === 'too-few'
        ? { ...reason, repetitions: { of: reason.repetitions.to, to: reason.repetitions.of } }
        : reason.kind === 'held-back'
          ? { ...reason, sides: reason.sides.map(other) }
          : reason,
    ratio: {
      ...ratio,
      median: 1 / ratio.median,
      low: ratio.high === null ? null : 1 / ratio.high,
      high: ratio.low === null ? null : 1 / ratio.low,
    },
    heldBack: heldBack.map(other),
  }
}

/** The name of a cell's entry as it stands in a sentence. */
export function nameOfCell({ view: { entry } }: JudgedCell): string {
  return nameOf({ target: { name: entry.target }, variant: entry.variant })
}

/** The reason why an entry with valid figures stands beside the groups and in none of them. */
function whyBeside({ role, standIn }: CellView['entry']): string {
  if (role === 'as-published') return 'as published: shown beside the contenders, and not ranked with them'
  if (role === 'experiment') return 'an experiment: shown beside the contenders, and not ranked with them'
  return `a stand-in for ${list(standIn?.for ?? [])}, since ${standIn?.because} could not be reached: shown beside the contenders, and not ranked with them`
}

/**
 * The values of a metric by block, each with the step in which it counts; of a fleet its means by machine, which then takes the place of
 * the block. Values of 0 are left out: they have no logarithm.
 */
export function valuesByBlock(metric: FigureRule, { view }: JudgedCell): Observed[] {
  const values = view.repetitions.flatMap((repetition) => {
    const value = valueIn(metric, repetition, view)
    const quantum = (metric.of === 'load' ? metric.quantum?.(repetition, view) : null) ?? 0
    const { block, whole } = repetition
    return value === null || value <= 0 ? [] : [{ value, block, quantum, bench: whole.bench ?? '' }]
  })
  if (!isOfFleet(view.plan)) return values.map(({ bench: _, ...value }) => value)
  return byMachine(values).map(({ bench, value, all }) => ({
    value,
    block: bench,
    quantum: Math.max(...all.map(({ quantum }) => quantum)),
    ofRepetitions: all.length,
  }))
}

/** The sides of a pair that are held back: the load agent was their limit, so they may do better than this figure says. */
export function heldBackBy(metric: FigureRule, cells: Readonly<Record<Side, JudgedCell>>): Side[] {
  return metric.seenByAgent ? (['of', 'to'] as const).filter((side) => isAgentBound(cells[side])) : []
}

export function isAgentBound({ verdict }: JudgedCell): boolean {
  return verdict?.causes.some(({ cause }) => cause === 'agent-bound') ?? false
}

/** The reason why a cell is in no group; null when it is in one. Only the same work within the same caps is ever compared. */
export function whyUnranked({ view, verdict }: JudgedCell, group: readonly JudgedCell[]): string | null {
  const { outcome, outcomeReason } = outcomeOfCell(view)
  if (outcome !== 'measured') return `${outcome}: ${outcomeReason}`
  if (verdict?.status === 'invalid') {
    return `invalid: ${list(verdict.causes.filter(({ effect }) => effect === 'invalidates').map(({ cause, evidence }) => `${cause} (${evidence})`))}`
  }
  const { caps } = view.entry
  const { targetCaps } = view.scenario
  if (caps.cpus !== targetCaps.cpus || caps.memoryBytes !== targetCaps.memoryBytes)
    return 'its caps differ from those of the others'
  return whyOtherWork(view, group)
}

/** The reason why a batch is other work: by its own answer it did another number of tasks, or its digest differs from most. */
function whyOtherWork({ load, repetitions }: CellView, group: readonly JudgedCell[]): string | null {
  if (load.kind !== 'batch') return null
  for (const { record } of repetitions) {
    const { batch } = record.measurement
    if (batch && batch.tasks !== load.tasks)
      return `it did ${batch.tasks} tasks where ${load.tasks} were asked for: other work is not compared`
  }
  // Every block asks for texts of its own, so only digests of one block must be equal.
  const isOther = repetitions.some(({ block, record }) => {
    const own = record.measurement.batch?.digest ?? null
    return own !== null && own !== usualDigest(block, group)
  })
  return isOther ? 'the digest of its answers differs from that of the others: other work is not compared' : null
}

/** The digest that most cells of the group have in a block. */
function usualDigest(block: string, group: readonly JudgedCell[]): string | null {
  const all = group.flatMap(({ view }) =>
    view.repetitions.flatMap((one) => (one.block === block ? (one.record.measurement.batch?.digest ?? []) : [])),
  )
  const count = (digest: string) => all.filter((each) => each === digest).length
  return all.reduce<string | null>(
    (most, digest) => (most === null || count(digest) > count(most) ? digest : most),
    null,
  )
}
