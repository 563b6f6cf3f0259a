import type { Difference, DifferenceReason, Ratio, Side } from '@bakeoff/model'
import { allPairs, halfWidth, type LogDifference, mean, type Observation, pairP } from '../stats/index.js'
import { amongRuns, type BetweenRuns } from './between-runs.js'
import { outlookOf } from './outlook.js'

/**
 * A figure in one repetition, in its unit and above 0. Values of one block were measured one after the other; `block` is
 * null outside blocks.
 */
export interface Observed extends Observation {
  /** of a fleet: how many repetitions of one machine, which is then the block, this is the mean of; absent: it is one repetition */
  readonly ofRepetitions?: number
}

/** A field: one figure of several entries, each of which is compared with every other. */
export interface Field {
  /** one for each entry, each with at least one value */
  readonly samples: readonly Sample[]
  readonly better: 'higher' | 'lower'
}

export interface Sample {
  readonly values: readonly Observed[]
  /** whether the figure is only a bound, since the load agent held the entry back: the true figure may be better */
  readonly isHeldBack?: boolean
}

/** A pair of samples of one figure, each with at least one value. */
export interface Pair {
  readonly of: readonly Observed[]
  readonly to: readonly Observed[]
  readonly better: 'higher' | 'lower'
  /** sides whose figure is only a bound */
  readonly heldBack?: readonly Side[]
  /** how much runs differ from one another, where each sample is one of them; null or absent: not known, or they are of the same run */
  readonly between?: BetweenRuns | null
  /** the share by which the machine itself differed where this pair was measured, in place of that of the bounds */
  readonly noiseFloor?: number | null
}

/** The bounds beyond which a difference counts. Shares are 0 to 1. */
export interface Bounds {
  /** differences up to this share are no reason to prefer a target */
  readonly relevant: number
  /** the chance that one of the intervals of a family misses the truth */
  readonly significance: number
  /** the share by which the machine itself differs: no smaller difference is claimed; null: not known */
  readonly noiseFloor: number | null
}

/**
 * The difference of two samples of a figure, by the one judge that groups, claims, the gate and comparisons of runs go by. It is
 * `higher` or `lower` when the whole interval of the ratio lies beyond what is relevant and beyond the noise floor,
 * `no-difference` when the whole interval lies within what is relevant, and `undecided` otherwise: a machine that differs from block
 * to block hides differences, and makes none equal. The interval is the one that is printed. A side that was held back is at least as good as shown: it can win, but it can neither lose nor be called equal.
 *
 * The interval comes from the blocks that both samples have or, without such blocks, from Welch's method; both on logarithms. Samples of two
 * runs of which others are known have the interval that the spread between runs gives, where that is wider.
 *
 * @throws RangeError for an empty sample or a value that is not positive
 */
export function difference(pair: Pair, bounds: Bounds): Difference {
  return differences([pair], bounds)[0] as Difference
}

/**
 * The differences of pairs of different figures, in the order of the pairs. Each pair is judged by itself, and all intervals hold
 * at once (Bonferroni). Entries that are compared by one figure are a field: `differencesAmong` tells more of them.
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
      bounds: pair.noiseFloor === undefined ? bounds : { ...bounds, noiseFloor: pair.noiseFloor },
    }),
  )
}

/**
 * The differences among all entries of a field, from one model of its blocks (`stats/all-pairs.ts`). All intervals hold at once,
 * with the confidence that a single one would have, so what is said of several pairs holds together.
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
  /** the chance that this interval misses the truth */
  readonly significance: number
  readonly bounds: Bounds
}

function conclude({ pair, found, family, significance, bounds }: Case): Difference {
  const least = Math.max(bounds.relevant, bounds.noiseFloor ?? 0)
  const within = found === null ? alone(pair) : ratioOf(pair, found, significance)
  const among = pair.between ? amongRuns(within, pair.between, bounds.significance) : null
  const ratio = among?.ratio ?? within
  const verdict = verdictOn(pair, ratio, { least, relevant: bounds.relevant })
  const isOpen = ['includes-one', 'may-be-less', 'hidden'].includes(verdict.reason.kind)
  const judgedBy = verdict.reason.kind === 'within' ? bounds.relevant : least
  return {
    ...verdict,
    ratio,
    // Where several intervals hold at once by Bonferroni, p is multiplied by their number.
    pAdjusted: among?.p ?? (found && Math.min(1, (pairP(found) * bounds.significance) / significance)),
    family,
    least: judgedBy,
    leastIs: judgedBy > bounds.relevant ? 'noise-floor' : 'relevant',
    heldBack: pair.heldBack ?? [],
    // More repetitions of a run do not tell how much runs differ.
    outlook:
      found && isOpen && !among
        ? outlookOf(found, ratio.machines ?? ratio.n, { least, relevant: bounds.relevant, significance })
        : null,
    ...(among ? { withinRuns: within } : {}),
  }
}

function ratioOf({ of, to }: Pair, found: LogDifference, significance: number): Ratio {
  const half = halfWidth(found, 1 - significance)
  return {
    median: Math.exp(found.log),
    low: Math.exp(found.log - half),
    high: Math.exp(found.log + half),
    ...countsOf(of, to),
    method: found.method,
  }
}

/** The ratio alone, without an interval: within the blocks that both have, where there is one. */
function alone({ of, to }: Pair): Ratio {
  const logs = (values: readonly Observed[]) => values.map(({ value }) => Math.log(value))
  const blocks = new Map(to.map(({ block, value }) => [block, value]))
  const common = of.flatMap(({ block, value }) => {
    const other = block === null ? undefined : blocks.get(block)
    return other === undefined ? [] : [Math.log(value / other)]
  })
  const log = common.length > 0 ? mean(common) : mean(logs(of)) - mean(logs(to))
  const counts = countsOf(of, to)
  const method = counts.machines ? 'one machine: no interval' : 'one repetition: no interval'
  return { median: Math.exp(log), low: null, high: null, ...counts, method }
}

/** The repetitions behind a ratio and, of a fleet, the machines. */
function countsOf(of: readonly Observed[], to: readonly Observed[]): Pick<Ratio, 'n' | 'machines'> {
  const repetitions = (values: readonly Observed[]) =>
    values.reduce((sum, { ofRepetitions = 1 }) => sum + ofRepetitions, 0)
  const n = Math.min(repetitions(of), repetitions(to))
  const isOfFleet = of.some(({ ofRepetitions }) => ofRepetitions !== undefined)
  return isOfFleet ? { n, machines: Math.min(of.length, to.length) } : { n }
}

function verdictOn(
  { of, to, better, heldBack = [] }: Pair,
  { low, high }: Ratio,
  { least, relevant }: { readonly least: number; readonly relevant: number },
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
  if (low >= 1 / (1 + relevant) && high <= 1 + relevant) {
    if (heldBack.length > 0) return undecided({ kind: 'held-back', sides: heldBack, looks: 'within' })
    return { conclusion: 'no-difference', reason: { kind: 'within' } }
  }
  if (low <= 1 && high >= 1) return undecided({ kind: 'includes-one' })
  return undecided({ kind: low >= 1 / most && high <= most ? 'hidden' : 'may-be-less' })
}

function checked(values: readonly Observed[]): readonly Observed[] {
  if (values.length === 0) throw new RangeError('an empty sample cannot be compared')
  return values
}
