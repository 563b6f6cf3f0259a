import { type CellComparison, type Certificate, competes, type Ratio, type TierList } from '@bakeoff/model'
import { holm, median, pairedRatio, type RatioEstimate, tiersOf, welchRatio } from '../stats/index.js'
import type { JudgedCell } from './judged.js'
import type { Metric } from './metrics/define.js'
import { metrics } from './metrics/index.js'
import { outcomeOfCell } from './outcome.js'
import { thresholds } from './thresholds.js'
import type { CellView } from './view.js'
import { list, percent, withInterval } from './words.js'

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
    for (const metric of metrics) {
      if (!metric.isCompared(group[0]!.view.load)) continue
      const compared = compareGroup(group, metric, leastDifference(group[0]!.view.scenario.id, certificates))
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
  readonly values: ReadonlyMap<string, number>
}

/** The cells of one scenario and load by one metric. */
function compareGroup(
  group: readonly JudgedCell[],
  metric: Metric,
  least: number,
): { comparisons: CellComparison[]; tiers: TierList } {
  const { scenario, loadId } = group[0]!.view
  const unranked: { cell: string; why: string }[] = []
  const comparable: Ranked[] = []
  for (const cell of group) {
    const why = whyUnranked(cell, group)
    const values = valuesByBlock(metric, cell)
    if (why !== null || values.size === 0)
      unranked.push({ cell: cell.view.id, why: why ?? `${metric.title.toLowerCase()} was not measured` })
    else comparable.push({ id: cell.view.id, cell, values, median: median([...values.values()]) })
  }
  comparable.sort(
    (a, b) => (metric.better === 'higher' ? b.median - a.median : a.median - b.median) || a.id.localeCompare(b.id),
  )
  const ranked = comparable.filter(({ cell }) => competes(cell.view.entry))
  const beside = comparable.filter(({ cell }) => !competes(cell.view.entry))

  const pairs = comparable.flatMap((of, index) =>
    comparable.slice(index + 1).map((to) => ({ of, to, estimate: ratioOf(of.values, to.values) })),
  )
  // What stands beside the contenders is a family of its own: measuring it must not cost them their differences.
  const isRanked = ({ of, to }: Pair) => ranked.includes(of) && ranked.includes(to)
  const families = [pairs.filter(isRanked), pairs.filter((pair) => !isRanked(pair))]
  const comparisons = families.flatMap((family) =>
    concludeFamily(family, metric, least, { scenario: scenario.id, loadId }),
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
  readonly estimate: RatioEstimate
}

/** Pairs that are adjusted for together. */
function concludeFamily(
  pairs: readonly Pair[],
  metric: Metric,
  least: number,
  where: Pick<CellComparison, 'scenario' | 'loadId'>,
): CellComparison[] {
  const tested = pairs.filter(({ estimate }) => estimate.p !== null)
  const adjusted = new Map(holm(tested.map(({ estimate }) => estimate.p!)).map((p, index) => [tested[index]!, p]))
  return pairs.map((pair) => {
    const pAdjusted = adjusted.get(pair) ?? null
    return {
      ...where,
      metric: metric.id,
      of: pair.of.id,
      to: pair.to.id,
      ratio: toRatio(pair.estimate),
      pAdjusted,
      ...conclude(pair.estimate, pAdjusted, metric, pair.of.cell, pair.to.cell, tested.length, least),
    }
  })
}

/** Why an entry that was measured right is in no tier. */
function whyBeside({ role, standIn }: CellView['entry']): string {
  if (role === 'as-published') return 'as published: shown beside the contenders, and not ranked with them'
  if (role === 'experiment') return 'an experiment: shown beside the contenders, and not ranked with them'
  return `a stand-in for ${list(standIn?.for ?? [])}, since ${standIn?.because} could not be reached: shown beside the contenders, and not ranked with them`
}

/** The metric by block; a ratio on logs has no use for 0. */
export function valuesByBlock(metric: Metric, { view }: JudgedCell): Map<string, number> {
  return new Map(
    view.repetitions.flatMap((repetition) => {
      const value = metric.from(repetition, view)
      return value === null || value <= 0 ? [] : [[repetition.block, value] as const]
    }),
  )
}

/** Paired within the blocks that both have, else Welch. */
export function ratioOf(of: ReadonlyMap<string, number>, to: ReadonlyMap<string, number>): RatioEstimate {
  const pairs = [...of].flatMap(([block, value]) => {
    const other = to.get(block)
    return other === undefined ? [] : [[value, other] as const]
  })
  return pairs.length >= 2 || (of.size < 2 && pairs.length === 1)
    ? pairedRatio(pairs)
    : welchRatio([...of.values()], [...to.values()])
}

export function toRatio({ ratio, low, high, n, method }: RatioEstimate): Ratio {
  return { median: ratio, low, high, n, method }
}

/**
 * A difference counts when it is significant after Holm's adjustment and above 3 %, or above the machine's noise floor where
 * that is more; "no difference" when the interval lies within; everything else is undecided. A cell that the agent held back is
 * at least as good as shown: it can win, not lose.
 */
function conclude(
  estimate: RatioEstimate,
  pAdjusted: number | null,
  metric: Metric,
  of: JudgedCell,
  to: JudgedCell,
  family: number,
  least: number,
): Pick<CellComparison, 'conclusion' | 'why'> {
  const { ratio, low, high } = estimate
  if (low === null || high === null || pAdjusted === null) {
    return { conclusion: 'undecided', why: 'one repetition has no interval: nothing can be said about the difference' }
  }
  const bound = metric.seenByAgent ? [of, to].filter(isAgentBound) : []
  const interval = withInterval(ratio, low, high)
  const relevant = 1 + least
  if (pAdjusted < thresholds.significance && (ratio > relevant || ratio < 1 / relevant)) {
    const worse = ratio > 1 === (metric.better === 'higher') ? to : of
    if (bound.includes(worse)) {
      return {
        conclusion: 'undecided',
        why: `${interval}, but the load agent held back ${worse.view.entry.target}: it may be better than shown`,
      }
    }
    return {
      conclusion: ratio > 1 ? 'higher' : 'lower',
      why: `${interval}, p ${shortP(pAdjusted)} after Holm's adjustment for ${family} comparisons`,
    }
  }
  if (low >= 1 / relevant && high <= relevant) {
    if (bound.length > 0) {
      return {
        conclusion: 'undecided',
        why: `${interval}, but the load agent held back ${list(bound.map(({ view }) => view.entry.target))}: what it could do is not known`,
      }
    }
    return { conclusion: 'no-difference', why: `${interval} lies within ± ${percent(least)}` }
  }
  if (low <= 1 && high >= 1) return { conclusion: 'undecided', why: `${interval} includes 1` }
  if (pAdjusted >= thresholds.significance) {
    return {
      conclusion: 'undecided',
      why: `${interval} excludes 1 by itself, but not after Holm's adjustment for ${family} comparisons (p ${shortP(pAdjusted)})`,
    }
  }
  return {
    conclusion: 'undecided',
    why: `${interval}: significant, but it may be less than ${percent(least)}${least > thresholds.relevantDifference ? ', by which the machine itself differed from block to block' : ''}`,
  }
}

/** What a difference must exceed, relative: 3 %, or the furthest that the canaries of the scenario lie from their median. */
function leastDifference(scenario: string, certificates: readonly Certificate[]): number {
  const floor = certificates.find((each) => each.scenario === scenario)?.noiseFloor ?? 0
  return Math.max(thresholds.relevantDifference, floor)
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

function shortP(p: number): string {
  return p < 0.001 ? '< 0.001' : `= ${Number(p.toPrecision(2))}`
}
