import { chiScales } from './chi-scale.js'
import { normalCdf, normalQuantile } from './normal.js'
import { mean, variance } from './summary.js'

/** A sample of normal values, by what a limit needs of it. */
export interface NormalSample {
  readonly mean: number
  /** standard deviation, with n − 1 */
  readonly deviation: number
  readonly n: number
}

/** @throws RangeError below two values */
export function normalSample(values: readonly number[]): NormalSample {
  return { mean: mean(values), deviation: Math.sqrt(variance(values)), n: values.length }
}

/**
 * The value below which a share q of all values lies, with this confidence, if they are normal: the one-sided tolerance limit mean + k ·
 * deviation (Hahn & Meeker, Statistical Intervals, 1991, 4.6.3).
 *
 * @param q          in (0, 1)
 * @param confidence in (0, 1)
 */
export function toleranceLimit({ mean: centre, deviation, n }: NormalSample, q: number, confidence: number): number {
  return centre + toleranceFactor(n, q, confidence) * deviation
}

const factors = new Map<string, number>()

/**
 * The factor k with which mean + k · deviation of n normal values lies above their true q-quantile with this confidence: the
 * quantile of the noncentral t distribution with n − 1 degrees of freedom and noncentrality z(q)·√n, ÷ √n.
 *
 * @param n          2 at least
 * @param q          in (0, 1)
 * @param confidence in (0, 1)
 */
export function toleranceFactor(n: number, q: number, confidence: number): number {
  if (!(Number.isInteger(n) && n >= 2)) throw new RangeError(`n is ${n}, and a deviation needs two values`)
  const key = `${n} ${q} ${confidence}`
  const known = factors.get(key)
  if (known !== undefined) return known
  const factor = noncentralT(confidence, n - 1, normalQuantile(q) * Math.sqrt(n)) / Math.sqrt(n)
  factors.set(key, factor)
  return factor
}

/** The t with P(T ≤ t) = p for T = (Z + shift) ÷ s, where s² is χ²/df: the average of Φ(t·s − shift) over s, by bisection. */
function noncentralT(p: number, df: number, shift: number): number {
  const scales = chiScales(df)
  const cdf = (t: number) => scales.reduce((sum, [s, share]) => sum + share * normalCdf(t * s - shift), 0)
  let [low, high] = [-1, 1]
  while (cdf(low) > p) low *= 2
  while (cdf(high) < p) high *= 2
  for (let step = 0; step < 100 && high - low > 1e-9 * Math.max(1, Math.abs(high)); step++) {
    const middle = (low + high) / 2
    if (cdf(middle) < p) low = middle
    else high = middle
  }
  return (low + high) / 2
}
