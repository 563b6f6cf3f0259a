import type { Difference, DifferenceReason, Side } from '@bakeoff/model'
import { holm, pairedRatio, type RatioEstimate, welchRatio } from '../stats/index.js'

/** A figure in one repetition, in its unit and above 0. Values of one block were measured one after the other; null: of none. */
export interface Observed {
  readonly value: number
  readonly block: string | null
}

/** Two samples of one figure, each with one value at least. */
export interface Pair {
  readonly of: readonly Observed[]
  readonly to: readonly Observed[]
  readonly better: 'higher' | 'lower'
  /** sides whose figure is only a bound, as the load agent held them back: their true figure may be better */
  readonly heldBack?: readonly Side[]
}

/** What makes a difference. Shares are 0 to 1. */
export interface Bounds {
  /** differences up to this share are nobody's reason to choose */
  readonly relevant: number
  /** of the adjusted p */
  readonly significance: number
  /** by how much the machine itself differs: no smaller difference is claimed; null: not known */
  readonly noiseFloor: number | null
}

/**
 * The one judge of whether two samples of a figure differ; tiers, claims, the gate and comparisons of runs go by it. Paired within the blocks that both
 * have, else Welch, both on logs. It says `higher` or `lower` when the difference is significant and beyond what is
 * relevant and the noise floor, `no-difference` when its whole interval lies within, and `undecided` otherwise. A side
 * that was held back is at least as good as shown: it can win, not lose, and equal nobody.
 *
 * @throws RangeError for an empty sample or a value that is not positive
 */
export function difference(pair: Pair, bounds: Bounds): Difference {
  return differences([pair], bounds)[0] as Difference
}

/** A family of pairs, whose p values are adjusted together (Holm). In the order of the pairs. */
export function differences(pairs: readonly Pair[], bounds: Bounds): Difference[] {
  const estimates = pairs.map(({ of, to }) => ratioOf(of, to))
  const tested = estimates.flatMap(({ p }, index) => (p === null ? [] : [{ p, index }]))
  const adjusted = new Map(holm(tested.map(({ p }) => p)).map((p, at) => [tested[at]!.index, p]))
  const floor = bounds.noiseFloor ?? 0
  return pairs.map((pair, index) => {
    const estimate = estimates[index]!
    const { ratio, low, high, n, method, p } = estimate
    const judged = {
      p,
      pAdjusted: adjusted.get(index) ?? null,
      family: tested.length,
      least: Math.max(bounds.relevant, floor),
      leastIs: floor > bounds.relevant ? ('noise-floor' as const) : ('relevant' as const),
      heldBack: pair.heldBack ?? [],
    }
    return {
      ...conclude(pair, estimate, { ...judged, significance: bounds.significance }),
      ratio: { median: ratio, low, high, n, method },
      ...judged,
    }
  })
}

/** Paired within the blocks that both have, else Welch. */
function ratioOf(of: readonly Observed[], to: readonly Observed[]): RatioEstimate {
  const toByBlock = new Map(to.map(({ block, value }) => [block, value]))
  const pairs = of.flatMap(({ block, value }) => {
    const other = block === null ? undefined : toByBlock.get(block)
    return other === undefined ? [] : [[value, other] as const]
  })
  return pairs.length >= 2 || (of.length < 2 && pairs.length === 1)
    ? pairedRatio(pairs)
    : welchRatio(
        of.map(({ value }) => value),
        to.map(({ value }) => value),
      )
}

type Judged = Pick<Difference, 'pAdjusted' | 'least' | 'heldBack'> & Pick<Bounds, 'significance'>

function conclude(
  { of, to, better }: Pair,
  { ratio, low, high }: RatioEstimate,
  { pAdjusted, least, heldBack, significance }: Judged,
): Pick<Difference, 'conclusion' | 'reason'> {
  const undecided = (reason: DifferenceReason) => ({ conclusion: 'undecided', reason }) as const
  if (low === null || high === null || pAdjusted === null)
    return undecided({ kind: 'too-few', repetitions: { of: of.length, to: to.length } })
  const most = 1 + least
  const isCertain = pAdjusted < significance
  if (isCertain && (ratio > most || ratio < 1 / most)) {
    const worse = ratio > 1 === (better === 'higher') ? 'to' : 'of'
    if (heldBack.includes(worse)) return undecided({ kind: 'held-back', sides: [worse], looks: 'apart' })
    return { conclusion: ratio > 1 ? 'higher' : 'lower', reason: { kind: 'apart' } }
  }
  if (low >= 1 / most && high <= most) {
    if (heldBack.length > 0) return undecided({ kind: 'held-back', sides: heldBack, looks: 'within' })
    return { conclusion: 'no-difference', reason: { kind: 'within' } }
  }
  if (low <= 1 && high >= 1) return undecided({ kind: 'includes-one' })
  return undecided({ kind: isCertain ? 'may-be-less' : 'adjusted-away' })
}
