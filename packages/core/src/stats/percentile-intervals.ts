import { binomial } from './binomial.js'
import { type Distribution, histogramQuantile } from './histogram.js'
import { meanInterval } from './student.js'

/** An interval of a percentile. */
export interface QuantileInterval {
  readonly lowUs: number
  readonly highUs: number
}

/**
 * The 95 % interval of a quantile from order statistics: the number of values up to the true quantile is binomial, so two
 * ranks enclose it, whatever the distribution (Hahn & Meeker, Statistical Intervals, 1991, 5.2). Valid for independent
 * values. Slow answers come in clusters; with k clusters among m values beyond the quantile the sample is worth k ÷ m of
 * its count.
 *
 * @param q                in (0, 1)
 * @param options.clusters separate excursions beyond the quantile, as `excursionsAbove` counts them
 * @returns                null when the sample is too small for a rank that lies far enough out
 * @throws RangeError when q lies outside (0, 1)
 */
export function quantileInterval(
  distribution: Distribution,
  q: number,
  { clusters }: { readonly clusters?: number } = {},
): QuantileInterval | null {
  if (!(q > 0 && q < 1)) throw new RangeError(`q is ${q}, outside (0, 1)`)
  const { count } = distribution
  const beyond = count * (1 - q)
  const worth = clusters === undefined ? 1 : Math.min(1, clusters / beyond)
  const effective = Math.floor(count * worth)
  const ranks = enclosingRanks(effective, q)
  if (ranks === null) return null
  // A rank in the effective, smaller sample stands for the last of the ranks in the whole one that it covers.
  const at = (rank: number) => histogramQuantile(distribution, Math.min(1, rank / effective))!
  return { lowUs: at(ranks.low), highUs: at(ranks.high) }
}

/**
 * The ranks (1 to n) whose values enclose the q-quantile with at least 95 % confidence, at most 2.5 % beyond each of them.
 *
 * @returns null when the first or the last value is not far enough out
 */
export function enclosingRanks(n: number, q: number): { readonly low: number; readonly high: number } | null {
  if (n < 1) return null
  const { from, chances } = binomial(n, q)
  const tail = 0.025
  // low: the most r with P(fewer than r values up to the quantile) ≤ 2.5 %
  let below = 0
  let low = from
  for (const chance of chances) {
    if (below + chance > tail) break
    below += chance
    low++
  }
  // high: the least r with P(r or more values up to the quantile) ≤ 2.5 %
  let above = 0
  let high = from + chances.length
  for (const chance of [...chances].reverse()) {
    if (above + chance > tail) break
    above += chance
    high--
  }
  return low >= 1 && high <= n ? { low, high } : null
}

/**
 * The 95 % interval of a time over repetitions: Student's t on logarithms, since times differ by factors.
 *
 * @param values one for each repetition, in one unit
 * @returns      in the same unit, around the geometric mean; null below two values or for one that is not positive
 */
export function intervalOverRepetitions(
  values: readonly number[],
): { readonly low: number; readonly high: number } | null {
  if (values.some((value) => !(value > 0))) return null
  const interval = meanInterval(values.map(Math.log))
  return interval === null ? null : { low: Math.exp(interval.low), high: Math.exp(interval.high) }
}
