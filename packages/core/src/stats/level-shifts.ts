import { createRandom } from './random.js'
import { studentQuantile, studentTwoSidedP } from './student.js'
import { ascending, mean, quantile } from './summary.js'

/** A level of a series: neighbouring values that differ by chance alone. */
export interface StableLevel {
  /** index of its first value */
  readonly start: number
  /** index behind its last value */
  readonly end: number
  readonly mean: number
}

/** A change from one level to the next. */
export interface LevelShift {
  /** index of the first value of the new level */
  readonly at: number
  /** mean of the new level − mean of the one before */
  readonly difference: number
  /** half the width of its interval, which holds for all places at which the series could have been cut */
  readonly halfWidth: number
}

/** A series cut into levels. */
export interface ShiftedLevels {
  readonly levels: readonly StableLevel[]
  /** one less than levels */
  readonly changes: readonly LevelShift[]
  /** of a value around its level */
  readonly variance: number
  /** degrees of freedom of the variance: values − levels */
  readonly df: number
}

export interface ShiftBounds {
  /** a difference of levels counts when its whole interval lies beyond this */
  readonly relevant: number
  /** the variance of a value is not believed to be smaller, as where each value is a mean with an error that is known */
  readonly leastVariance: number
}

/** The shortest level: one value far from both its neighbours is an outlier, and the last one alone may be one. */
const SHORTEST = 2
const CONFIDENCE = 0.95
/** Series of chance from which a critical value comes: known to half a point of its 5 %. */
const SERIES = 2000

/**
 * The levels of a short series: by circular binary segmentation (Olshen et al., Biostatistics 2004). The stretch that
 * differs most from the rest, by the two-sample t, is cut out when its t is larger than the largest t of 95 in 100 series of
 * independent normal values of the same length; the parts are then looked at in the same way. At the end the interval of each change
 * is made from the variance around all levels, and the change with the least certain interval is taken back until all that
 * are left lie wholly beyond what is relevant.
 *
 * `changePoints` is for the slices of a load: it knows noise that lasts, and needs twenty values or more. Four are the fewest here.
 *
 * @param values oldest first, at most a few hundred
 */
export function levelShifts(values: readonly number[], { relevant, leastVariance }: ShiftBounds): ShiftedLevels {
  let cuts = cutsIn(values, leastVariance)
  for (;;) {
    const found = withCuts(values, cuts, leastVariance)
    const doubtful = found.changes
      .filter(({ difference, halfWidth }) => Math.abs(difference) - halfWidth <= relevant)
      .sort((a, b) => certaintyOf(a) - certaintyOf(b))[0]
    if (!doubtful) return found
    cuts = cuts.filter((cut) => cut !== doubtful.at)
  }
}

function certaintyOf({ difference, halfWidth }: LevelShift): number {
  return Math.abs(difference) - halfWidth
}

/** Where levels begin, without the first; ascending. */
function cutsIn(values: readonly number[], leastVariance: number, offset = 0): number[] {
  if (values.length < 2 * SHORTEST) return []
  const { start, end, t } = oddStretch(values, leastVariance)
  if (t <= criticalT(values.length)) return []
  const edges = [...new Set([0, start, end, values.length])]
  return edges.slice(1).flatMap((edge, index) => {
    const from = edges[index]!
    const within = cutsIn(values.slice(from, edge), leastVariance, offset + from)
    return edge === values.length ? within : [...within, offset + edge]
  })
}

interface Stretch {
  readonly start: number
  readonly end: number
  /** Student's t of the stretch against the rest */
  readonly t: number
}

/** The stretch of a series that differs most from the rest. The rest may lie on both sides, and no part is shorter than a level. */
function oddStretch(values: readonly number[], leastVariance: number): Stretch {
  const n = values.length
  const centre = mean(values)
  const sums = [0]
  let squares = 0
  for (const value of values) {
    sums.push(sums.at(-1)! + value - centre)
    squares += (value - centre) ** 2
  }
  let most: Stretch = { start: 0, end: n, t: 0 }
  for (let start = 0; start <= n - SHORTEST; start++) {
    if (start > 0 && start < SHORTEST) continue
    for (let end = start + SHORTEST; end <= n; end++) {
      const isWhole = end - start > n - SHORTEST
      if (isWhole || (end < n && n - end < SHORTEST)) continue
      const within = sums[end]! - sums[start]!
      const between = within ** 2 * (1 / (end - start) + 1 / (n - end + start))
      const t = tOf(between, squares - between, { df: n - 2, leastVariance })
      if (t > most.t) most = { start, end, t }
    }
  }
  return most
}

/** @param between the squares that two groups explain; `rest`: those that they leave */
function tOf(
  between: number,
  rest: number,
  { df, leastVariance }: { readonly df: number; readonly leastVariance: number },
): number {
  if (between < 1e-18) return 0 // rounding: the values are the same
  const variance = Math.max(rest / df, leastVariance)
  return variance > 0 ? Math.sqrt(between / variance) : Number.POSITIVE_INFINITY
}

const critical = new Map<number, number>()

/** The largest t of a stretch that chance alone leaves below it in 95 of 100 series, by simulation with a seed. */
function criticalT(length: number): number {
  const known = critical.get(length)
  if (known !== undefined) return known
  const random = createRandom(length)
  const largest = Array.from({ length: SERIES }, () => {
    return oddStretch(
      Array.from({ length }, () => random.normal()),
      0,
    ).t
  })
  const found = quantile(ascending(largest), CONFIDENCE)
  critical.set(length, found)
  return found
}

function withCuts(values: readonly number[], cuts: readonly number[], leastVariance: number): ShiftedLevels {
  const n = values.length
  const starts = n > 0 ? [0, ...cuts] : []
  const levels = starts.map((start, index): StableLevel => {
    const end = starts[index + 1] ?? n
    return { start, end, mean: mean(values.slice(start, end)) }
  })
  const squares = levels.reduce(
    (sum, { start, end, mean: level }) =>
      sum + values.slice(start, end).reduce((own, value) => own + (value - level) ** 2, 0),
    0,
  )
  const df = n - levels.length
  const variance = Math.max(df > 0 ? squares / df : 0, leastVariance)
  // As rare as the critical t of a series of this length, with the degrees of freedom that are left.
  const t = levels.length > 1 ? studentQuantile(1 - studentTwoSidedP(criticalT(n), n - 2) / 2, df) : 0
  const changes = levels.slice(1).map((level, index): LevelShift => {
    const before = levels[index]!
    const share = 1 / (level.end - level.start) + 1 / (before.end - before.start)
    return {
      at: level.start,
      difference: level.mean - before.mean,
      halfWidth: t * Math.sqrt(variance * share),
    }
  })
  return { levels, changes, variance, df }
}
