import { believedCorrelation } from './approach.js'
import { changePoints } from './change-points.js'
import { linearFit } from './linear-model.js'
import { whiten } from './noise.js'
import { comparableSlices, quantumOf, ratesOf, type Slice } from './slices.js'
import { studentTwoSidedP } from './student.js'
import { mean } from './summary.js'

/** The fewest slices that can show a trend. */
const FEWEST = 5

/** A trend over a stretch of a load. */
export interface Trend {
  /** the end against the beginning, relative to the mean: 0.1 for 10 % faster at the end; never below −1 */
  readonly change: number
  /** two-sided p value of "no trend" */
  readonly p: number
}

/**
 * The trend of the rate over a measured window or a part of a warm-up: a straight line by least squares, its t test with
 * the correlation of neighbouring slices taken out, so that noise that lasts for seconds is no trend.
 *
 * @param slices about equally long, oldest first
 * @returns null below five slices (after merging those that waves of answers leave empty) or without answers
 */
export function trendOf(slices: readonly Slice[]): Trend | null {
  const long = comparableSlices(slices.filter(({ durationMs }) => durationMs > 0))
  if (long === null || long.length < FEWEST) return null
  const rates = ratesOf(long)
  const centre = mean(rates)
  if (centre === 0) return null
  const times = long.map(({ atMs, durationMs }) => atMs - durationMs / 2)
  const ones = rates.map(() => 1)
  const correlation = believedCorrelation(linearFit(rates, [ones, times]).residuals)
  const white = (values: readonly number[]) => whiten(values, correlation)
  const { coefficients, squares, lastErrorScale } = linearFit(white(rates), [white(ones), white(times)])
  const slope = coefficients[1]!
  const error = Math.sqrt(squares / (rates.length - 2)) * lastErrorScale
  const span = long.at(-1)!.atMs - long[0]!.atMs + long[0]!.durationMs
  const change = Math.max(-1, (slope * span) / centre)
  // Slices with equal counts leave rounding errors, not a slope.
  if (Math.abs(change) < 1e-9) return { change: 0, p: 1 }
  return { change, p: error === 0 ? 0 : studentTwoSidedP(slope / error, rates.length - 2) }
}

/** A step of the rate. */
export interface Step {
  /** since the load's start */
  readonly atMs: number
  /** the level after it against the level before it, relative to the mean of all; negative for a fall */
  readonly change: number
}

/**
 * The steps of the rate within a window, oldest first: the change points of its slices, and how far apart the levels are
 * on both sides of each. Slices are merged as for a trend.
 */
export function stepsOf(slices: readonly Slice[]): Step[] {
  const long = comparableSlices(slices.filter(({ durationMs }) => durationMs > 0))
  if (long === null) return []
  const levels = levelsOf(long)
  const centre = mean(ratesOf(long))
  return levels.slice(1).map(({ from, rate }, index) => ({
    atMs: long[from - 1]!.atMs,
    change: (rate - levels[index]!.rate) / centre,
  }))
}

/** A stretch of slices between two changes of the rate. */
export interface Level {
  /** index of its first slice, and of the one after its last */
  readonly from: number
  readonly to: number
  /** mean, answers a second */
  readonly rate: number
}

/** The levels of a curve whose slices can be compared, oldest first; one when nothing changes. */
export function levelsOf(slices: readonly Slice[]): Level[] {
  const rates = ratesOf(slices)
  const starts = [0, ...changePoints(rates, quantumOf(slices))]
  return starts.map((from, index) => {
    const to = starts[index + 1] ?? rates.length
    return { from, to, rate: mean(rates.slice(from, to)) }
  })
}

/** The largest step within a window; null when there is none. */
export function changeWithin(slices: readonly Slice[]): Step | null {
  return stepsOf(slices).reduce<Step | null>(
    (largest, step) => (largest === null || Math.abs(step.change) > Math.abs(largest.change) ? step : largest),
    null,
  )
}
