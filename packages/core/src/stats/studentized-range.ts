import { chiScales } from './chi-scale.js'
import { studentQuantile, studentTwoSidedP } from './student.js'

/**
 * P(Q ≤ q) for the studentized range Q: among `count` normal means, the largest difference of any two ÷ its standard error as
 * estimated with `df` degrees of freedom, × √2 (Tukey 1953). All pairs among the means are compared by it at once.
 *
 * It is P(W ≤ q·s) for the range W of `count` standard normal values, averaged over s = √(χ²/df): the two integrals that R's
 * `ptukey` and printed tables have, by the trapezoid rule, which is exact to about 8 digits for functions that fade out so fast.
 */
export function studentizedRangeCdf(q: number, count: number, df: number): number {
  return cdfOf(count, df)(q)
}

/**
 * The q with P(Q ≤ q) = p.
 *
 * @param p     in (0, 1)
 * @param count means that are compared, two at least
 * @param df    degrees of freedom, above 0; they need not be whole
 */
export function studentizedRangeQuantile(p: number, count: number, df: number): number {
  if (!(p > 0 && p < 1)) throw new RangeError(`p is ${p}, outside (0, 1)`)
  // For two means the range is Student's t, whose tail has more digits.
  if (count === 2) return studentQuantile((1 + p) / 2, df) * Math.SQRT2
  const cdf = cdfOf(count, df)
  let high = 4
  while (cdf(high) < p) high *= 2
  return rootOf((q) => cdf(q) - p, high === 4 ? 0 : high / 2, high)
}

/** The p value of the largest difference: P(Q > q). */
export function studentizedRangeP(q: number, count: number, df: number): number {
  if (!Number.isFinite(q)) return 0
  return count === 2
    ? studentTwoSidedP(q / Math.SQRT2, df)
    : Math.min(1, Math.max(0, 1 - studentizedRangeCdf(q, count, df)))
}

function cdfOf(count: number, df: number): (q: number) => number {
  if (!(Number.isInteger(count) && count >= 2)) throw new RangeError(`a range needs at least two values, not ${count}`)
  if (!(df > 0)) throw new RangeError(`df is ${df}, must be positive`)
  const range = rangeOf(count)
  const scales = chiScales(df)
  return (q) => {
    if (q <= 0) return 0
    let sum = 0
    for (const [s, weight] of scales) sum += weight * range(q * s)
    return sum
  }
}

const STEP = 0.05
/** The bounds beyond which a standard normal value, and a range of such values, does not count. */
const FAR = { value: 8, range: 14 }

const ranges = new Map<number, (w: number) => number>()

/**
 * P(W ≤ w) for the range of `count` standard normal values: count · ∫ φ(z) (Φ(z) − Φ(z − w))^(count − 1) dz, where z is the
 * largest of them. A table of values and slopes, made once for each count, and cubics between.
 */
function rangeOf(count: number): (w: number) => number {
  const known = ranges.get(count)
  if (known) return known
  const { density, below, zero } = normalTable()
  const last = zero + FAR.value / STEP
  const rows = Array.from({ length: FAR.range / STEP + 1 }, (_, lag) => {
    let value = 0
    let slope = 0
    for (let at = zero - FAR.value / STEP; at <= last; at++) {
      const between = below[at]! - below[at - lag]!
      const rest = between ** (count - 2)
      value += density[at]! * rest * between
      slope += density[at]! * density[at - lag]! * rest
    }
    return { value: count * STEP * value, slope: count * (count - 1) * STEP * slope }
  })
  const range = (w: number): number => {
    const at = Math.floor(w / STEP)
    const [a, b] = [rows[at], rows[at + 1]]
    return a && b ? hermite(a, b, w / STEP - at) : 1
  }
  ranges.set(count, range)
  return range
}

/** φ and Φ at every step from −(8 + 14) to 8; Φ by Simpson's rule from step to step. */
function normalTable(): { density: number[]; below: number[]; zero: number } {
  const zero = (FAR.value + FAR.range) / STEP
  const phi = (z: number) => Math.exp(-z * z * 0.5) / Math.sqrt(2 * Math.PI)
  const density: number[] = []
  const below: number[] = []
  for (let at = 0; at <= zero + FAR.value / STEP; at++) {
    const z = (at - zero) * STEP
    density.push(phi(z))
    below.push(at === 0 ? 0 : below[at - 1]! + (STEP / 6) * (density[at - 1]! + 4 * phi(z - STEP / 2) + density[at]!))
  }
  return { density, below, zero }
}

interface Knot {
  readonly value: number
  readonly slope: number
}

/** The cubic through two knots, at a share of the way between them. */
function hermite(a: Knot, b: Knot, share: number): number {
  const rest = 1 - share
  return (
    rest * rest * ((1 + 2 * share) * a.value + share * STEP * a.slope) +
    share * share * ((1 + 2 * rest) * b.value - rest * STEP * b.slope)
  )
}

/** The root of a rising function, by regula falsi with the correction of Dowell & Jarratt (1971), the Illinois method. */
function rootOf(rising: (x: number) => number, from: number, to: number): number {
  let [low, high] = [from, to]
  let [atLow, atHigh] = [rising(low), rising(high)]
  let side = 0
  for (let step = 0; step < 100 && high - low > 1e-9 * high; step++) {
    const middle = (low * atHigh - high * atLow) / (atHigh - atLow)
    const at = rising(middle)
    if (Math.abs(at) < 1e-12) return middle
    if (at > 0) {
      ;[high, atHigh] = [middle, at]
      if (side === 1) atLow /= 2
      side = 1
    } else {
      ;[low, atLow] = [middle, at]
      if (side === -1) atHigh /= 2
      side = -1
    }
  }
  return (low * atHigh - high * atLow) / (atHigh - atLow)
}
