import type { Difference, DifferenceReason, Ratio, Side } from '@bakeoff/model'
import { allPairs, halfWidth, type LogDifference, mean, type Observation, pairP } from '../stats/index.js'
import { outlookOf } from './outlook.js'

/** A figure in one repetition, in its unit and above 0. Values of one block were measured one after the other; null: of none. */
export type Observed = Observation

/** One figure of several entries that are compared, all with all. */
export interface Field {
  /** each with one value at least */
  readonly samples: readonly Sample[]
  readonly better: 'higher' | 'lower'
}

export interface Sample {
  readonly values: readonly Observed[]
  /** whether the figure is only a bound, as the load agent held the entry back: the true one may be better */
  readonly isHeldBack?: boolean
}

/** Two samples of one figure, each with one value at least. */
export interface Pair {
  readonly of: readonly Observed[]
  readonly to: readonly Observed[]
  readonly better: 'higher' | 'lower'
  /** sides whose figure is only a bound */
  readonly heldBack?: readonly Side[]
}

/** What makes a difference. Shares are 0 to 1. */
export interface Bounds {
  /** differences up to this share are nobody's reason to choose */
  readonly relevant: number
  /** the chance that one of the intervals of a family misses the truth */
  readonly significance: number
  /** by how much the machine itself differs: no smaller difference is claimed; null: not known */
  readonly noiseFloor: number | null
}

/**
 * The one judge of whether two samples of a figure differ; groups, claims, the gate and comparisons of runs go by it. It says
 * `higher` or `lower` when the whole interval of the ratio lies beyond what is relevant and the noise floor, `no-difference` when the whole
 * interval lies within, and `undecided` otherwise. The interval is the one that is printed. A side that was held back is at least as good as shown: it can
 * win, not lose, and equal nobody.
 *
 * Within the blocks that both have, else Welch, both on logs.
 *
 * @throws RangeError for an empty sample or a value that is not positive
 */
export function difference(pair: Pair, bounds: Bounds): Difference {
  return differences([pair], bounds)[0] as Difference
}

/**
 * Pairs of different figures, each judged by itself: all their intervals hold at once (Bonferroni). In the order of the pairs.
 * What is compared by one figure is a field, and tells more.
 */
export function differences(pairs: readonly Pair[], bounds: Bounds): Difference[] {
  const found = pairs.map(({ of, to }) => allPairs([checked(of), checked(to)])(0, 1))
  const family = found.filter((each) => each !== null).length
  return pairs.map((pair, index) =>
    conclude({
      pair,
      found: found[index]!,
      family,
      significance: bounds.significance / Math.max(1, family),
      bounds,
    }),
  )
}

/**
 * Every pair of a field, from one model of its blocks (`stats/all-pairs.ts`). All intervals hold at once, with the confidence that one alone
 * would have, so what is said of one pair and of another can both be read.
 */
export function differencesAmong({ samples, better }: Field, bounds: Bounds): (of: number, to: number) => Difference {
  const among = allPairs(samples.map(({ values }) => checked(values)))
  const tested = samples.filter(({ values }) => values.length > 1).length
  return (of, to) => {
    const heldBack = (
      [
        ['of', of],
        ['to', to],
      ] as const
    ).flatMap(([side, at]) => (samples[at]!.isHeldBack ? [side] : []))
    return conclude({
      pair: { of: samples[of]!.values, to: samples[to]!.values, better, heldBack },
      found: among(of, to),
      family: (tested * (tested - 1)) / 2,
      significance: bounds.significance,
      bounds,
    })
  }
}

interface Case {
  readonly pair: Pair
  readonly found: LogDifference | null
  /** comparisons that were adjusted for together */
  readonly family: number
  /** of this interval */
  readonly significance: number
  readonly bounds: Bounds
}

function conclude({ pair, found, family, significance, bounds }: Case): Difference {
  const floor = bounds.noiseFloor ?? 0
  const least = Math.max(bounds.relevant, floor)
  const ratio = found === null ? alone(pair) : ratioOf(pair, found, significance)
  const verdict = verdictOn(pair, ratio, least)
  const isOpen = verdict.reason.kind === 'includes-one' || verdict.reason.kind === 'may-be-less'
  return {
    ...verdict,
    ratio,
    // Of one interval of several that hold at once by Bonferroni the p is as many times as large.
    pAdjusted: found && Math.min(1, (pairP(found) * bounds.significance) / significance),
    family,
    least,
    leastIs: floor > bounds.relevant ? 'noise-floor' : 'relevant',
    heldBack: pair.heldBack ?? [],
    outlook: found && isOpen ? outlookOf(found, ratio.n, { least, significance }) : null,
  }
}

function ratioOf({ of, to }: Pair, found: LogDifference, significance: number): Ratio {
  const half = halfWidth(found, 1 - significance)
  return {
    median: Math.exp(found.log),
    low: Math.exp(found.log - half),
    high: Math.exp(found.log + half),
    n: Math.min(of.length, to.length),
    method: found.method,
  }
}

/** A number and no more: within the blocks that both have, where there is one. */
function alone({ of, to }: Pair): Ratio {
  const logs = (values: readonly Observed[]) => values.map(({ value }) => Math.log(value))
  const blocks = new Map(to.map(({ block, value }) => [block, value]))
  const common = of.flatMap(({ block, value }) => {
    const other = block === null ? undefined : blocks.get(block)
    return other === undefined ? [] : [Math.log(value / other)]
  })
  const log = common.length > 0 ? mean(common) : mean(logs(of)) - mean(logs(to))
  const n = Math.min(of.length, to.length)
  return { median: Math.exp(log), low: null, high: null, n, method: 'one repetition: no interval' }
}

function verdictOn(
  { of, to, better, heldBack = [] }: Pair,
  { low, high }: Ratio,
  least: number,
): Pick<Difference, 'conclusion' | 'reason'> {
  const undecided = (reason: DifferenceReason) => ({ conclusion: 'undecided', reason }) as const
  if (low === null || high === null)
    return undecided({ kind: 'too-few', repetitions: { of: of.length, to: to.length } })
  const most = 1 + least
  if (low > most || high < 1 / most) {
    const worse = low > most === (better === 'higher') ? 'to' : 'of'
    if (heldBack.includes(worse)) return undecided({ kind: 'held-back', sides: [worse], looks: 'apart' })
    return { conclusion: low > most ? 'higher' : 'lower', reason: { kind: 'apart' } }
  }
  if (low >= 1 / most && high <= most) {
    if (heldBack.length > 0) return undecided({ kind: 'held-back', sides: heldBack, looks: 'within' })
    return { conclusion: 'no-difference', reason: { kind: 'within' } }
  }
  return undecided({ kind: low <= 1 && high >= 1 ? 'includes-one' : 'may-be-less' })
}

function checked(values: readonly Observed[]): readonly Observed[] {
  if (values.length === 0) throw new RangeError('an empty sample differs from nothing')
  return values
}
