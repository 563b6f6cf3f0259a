import { type CellComparison, type Certificate, competes, type Side, type TierList } from '@bakeoff/model'
import { type FigureRule, valueIn } from '../figures/define.js'
import { figureRules } from '../figures/index.js'
import { outcomeOfCell } from '../observe/outcome.js'
import type { CellView } from '../observe/view.js'
import { median, tiersOf } from '../stats/index.js'
import { thresholds } from '../thresholds.js'
import { differenceSays } from '../words/differences.js'
import { nameOf } from '../words/names.js'
import { list } from '../words/quantities.js'
import { type Bounds, differences, type Observed } from './difference.js'
import type { JudgedCell } from './judged.js'

/**
 * All pairs of each scenario × load × metric, and the tiers that follow from those of the contenders.
 *
 * @param certificates of the machine: no difference below a scenario's noise floor is claimed
 */
export function compareCells(
  cells: readonly JudgedCell[],
  certificates: readonly Certificate[] = [],
): { comparisons: CellComparison[]; tiers: TierList[] } {
  const groups = new Map<string, JudgedCell[]>()
  for (const cell of cells) {
    const key = `${cell.view.scenario.id} ${cell.view.loadId}`
    groups.set(key, [...(groups.get(key) ?? []), cell])
  }
  const comparisons: CellComparison[] = []
  const tiers: TierList[] = []
  for (const group of groups.values()) {
    for (const metric of figureRules) {
      if (!metric.isCompared(group[0]!.view.load)) continue
      const noiseFloor =
        certificates.find(({ scenario }) => scenario === group[0]!.view.scenario.id)?.noiseFloor ?? null
      const compared = compareGroup(group, metric, {
        relevant: thresholds.relevantDifference,
        significance: thresholds.significance,
        noiseFloor,
      })
      comparisons.push(...compared.comparisons)
      tiers.push(compared.tiers)
    }
  }
  return { comparisons, tiers }
}

interface Ranked {
  readonly id: string
  readonly cell: JudgedCell
  readonly median: number
  /** one value per block */
  readonly values: readonly Observed[]
}

/** The cells of one scenario and load by one metric. */
function compareGroup(
  group: readonly JudgedCell[],
  metric: FigureRule,
  bounds: Bounds,
): { comparisons: CellComparison[]; tiers: TierList } {
  const { scenario, loadId } = group[0]!.view
  const unranked: { cell: string; why: string }[] = []
  const comparable: Ranked[] = []
  for (const cell of group) {
    const why = whyUnranked(cell, group)
    const values = valuesByBlock(metric, cell)
    if (why !== null || values.length === 0)
      unranked.push({ cell: cell.view.id, why: why ?? `${metric.title.toLowerCase()} was not measured` })
    else comparable.push({ id: cell.view.id, cell, values, median: median(values.map(({ value }) => value)) })
  }
  comparable.sort(
    (a, b) => (metric.better === 'higher' ? b.median - a.median : a.median - b.median) || a.id.localeCompare(b.id),
  )
  const ranked = comparable.filter(({ cell }) => competes(cell.view.entry))
  const beside = comparable.filter(({ cell }) => !competes(cell.view.entry))

  const pairs = comparable.flatMap((of, index) => comparable.slice(index + 1).map((to) => ({ of, to })))
  // What stands beside the contenders is a family of its own: measuring it must not cost them their differences.
  const isRanked = ({ of, to }: Pair) => ranked.includes(of) && ranked.includes(to)
  const families = [pairs.filter(isRanked), pairs.filter((pair) => !isRanked(pair))]
  const comparisons = families.flatMap((family) =>
    judgeFamily(family, metric, bounds, { scenario: scenario.id, loadId }),
  )
  const apart = new Set(
    comparisons
      .filter(({ conclusion }) => conclusion === (metric.better === 'higher' ? 'higher' : 'lower'))
      .map(({ of, to }) => `${of} ${to}`),
  )
  return {
    comparisons,
    tiers: {
      scenario: scenario.id,
      loadId,
      metric: metric.id,
      tiers: tiersOf(ranked, (item, leader) => apart.has(`${leader.id} ${item.id}`)).map((tier) =>
        tier.map(({ id }) => id),
      ),
      unranked: [...beside.map(({ id, cell }) => ({ cell: id, why: whyBeside(cell.view.entry) })), ...unranked],
    },
  }
}

interface Pair {
  readonly of: Ranked
  readonly to: Ranked
}

/** Pairs that are adjusted for together. */
function judgeFamily(
  pairs: readonly Pair[],
  metric: FigureRule,
  bounds: Bounds,
  where: Pick<CellComparison, 'scenario' | 'loadId'>,
): CellComparison[] {
  const judged = differences(
    pairs.map(({ of, to }) => ({
      of: of.values,
      to: to.values,
      better: metric.better,
      heldBack: heldBackBy(metric, { of: of.cell, to: to.cell }),
    })),
    bounds,
  )
  return pairs.map(({ of, to }, index) => {
    const difference = judged[index]!
    const { ratio, pAdjusted, conclusion } = difference
    return {
      ...where,
      metric: metric.id,
      of: of.id,
      to: to.id,
      ratio,
      pAdjusted,
      conclusion,
      why: differenceSays(difference, { of: nameOfCell(of.cell), to: nameOfCell(to.cell) }),
    }
  })
}

function nameOfCell({ view: { entry } }: JudgedCell): string {
  return nameOf({ target: { name: entry.target }, variant: entry.variant })
}

/** Why an entry that was measured right is in no tier. */
function whyBeside({ role, standIn }: CellView['entry']): string {
  if (role === 'as-published') return 'as published: shown beside the contenders, and not ranked with them'
  if (role === 'experiment') return 'an experiment: shown beside the contenders, and not ranked with them'
  return `a stand-in for ${list(standIn?.for ?? [])}, since ${standIn?.because} could not be reached: shown beside the contenders, and not ranked with them`
}

/** The metric by block; a ratio on logs has no use for 0. */
export function valuesByBlock(metric: FigureRule, { view }: JudgedCell): Observed[] {
  return view.repetitions.flatMap((repetition) => {
    const value = valueIn(metric, repetition, view)
    return value === null || value <= 0 ? [] : [{ value, block: repetition.block }]
  })
}

/** Of two cells, those that can do more than this figure of them says, as the load agent was their limit. */
export function heldBackBy(metric: FigureRule, cells: Readonly<Record<Side, JudgedCell>>): Side[] {
  return metric.seenByAgent ? (['of', 'to'] as const).filter((side) => isAgentBound(cells[side])) : []
}

export function isAgentBound({ verdict }: JudgedCell): boolean {
  return verdict?.causes.some(({ cause }) => cause === 'agent-bound') ?? false
}

/** Why a cell is not in the tiers; null when it is. Only the same work within the same caps is ever compared. */
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

/** A batch answers with what it did: another number of tasks, or another digest than most, are other work. */
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
