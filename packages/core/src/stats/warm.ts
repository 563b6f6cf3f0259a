import { approachOf } from './approach.js'
import { comparableSlices, FEWEST_SLICES, ratesOf, type Slice, startOfLastHalf } from './slices.js'
import { mean } from './summary.js'
import { type Level, levelsOf, trendOf } from './trend.js'

/** The rules by which a warm-up may end. */
export interface WarmthRules {
  readonly minMs: number
  /** gain that may still be to come, relative: 0.05 for 5 %; more than 0.1 counts as 0.1 */
  readonly tolerance: number
}

/** The warmth of a target: whether it is warm, and why not. */
export interface Warmth {
  readonly steady: boolean
  /** the beginning of the steady part, since the load's start; null unless steady */
  readonly sinceMs: number | null
  /** change of the rate over the part that was looked at, relative to its mean; null when it was too short */
  readonly drift: number | null
  /** gain that is still to come, relative to the rate now (negative: a loss), extrapolated; null when nothing can be said */
  readonly remaining: number | null
  /** mean rate from the first answer to `sinceMs` ÷ steady rate; null unless steady, or when nothing came before */
  readonly coldShare: number | null
  /**
   * too-early: before the least warm-up. no-answers: none in the last half. changed: a step within the last half.
   * drifting: a trend that will lead beyond the tolerance. too-few: noise could hide a gain of 10 %.
   */
  readonly why: 'steady' | 'too-early' | 'no-answers' | 'changed' | 'drifting' | 'too-few'
}

const MOST_TOLERANCE = 0.1
/** A gain of this size must not stay hidden in noise. */
const MUST_BE_SEEN = 0.1
/** The chance of such a gain at which warming goes on: set by simulation. */
const CHANCE = 0.3
/** The verdicts in a row, one for each slice, that must be "steady": asked after every slice, chance alone would say so at some time. */
const IN_A_ROW = 3
const SIGNIFICANT = 0.05

/**
 * Whether a target is warm, from the curve of its warm-up so far. Steady when the last half (four slices or more) has no
 * step beyond the tolerance, no significant trend that leads beyond the tolerance, and so little noise that a gain of
 * 10 % would not be hidden; and when all of that held one and two slices earlier, too. The trend and the gain are estimated
 * from everything since the last step of more than 10 % before the last half, since half of a curve tells little. To be
 * asked after every slice; the first "steady" ends the warm-up.
 *
 * Simulated (slices of 500 ms, asked from 10 s to 60 s, tolerance 5 %, noise of 1, 3 and 6 % a slice): the share of ramps
 * that have at most 10 % left when called steady is 100, 100, 100 % for 30 % with τ = 5 and τ = 10 s (after 20 to 30 s), and
 * 93, 80, 53 % for 20 % with τ = 30 s: a drift of a few per cent in half a minute is lost in such noise. A step of 40 % at
 * 8 s is never missed. Targets that are steady pass within 15 s in 100, 99, 88 %; with noise that lasts (AR(1), φ = 0.5) in
 * 100, 94, 60 %. Answers of 0.9 s on 36 or 64 connections that start at once: 96 to 100 % when they take ± 5 or 10 %, 81 to
 * 84 % with ± 20 %, and after 17 s when all end at the same instant. A least warm-up of 3 s is too short to judge by: noise
 * of 3 % then takes 9 s (median), and a step at 8 s is missed.
 */
export function warmth(slices: readonly Slice[], rules: WarmthRules): Warmth {
  if (slices.length < FEWEST_SLICES || slices.at(-1)!.atMs < rules.minMs) return not('too-early')
  const tolerance = Math.min(rules.tolerance, MOST_TOLERANCE)
  const latest = judge(slices, tolerance)
  for (let back = 1; back < IN_A_ROW && latest.steady; back++) {
    const earlier = judge(slices.slice(0, -back), tolerance)
    if (!earlier.steady) return earlier
  }
  return latest
}

function judge(slices: readonly Slice[], tolerance: number): Warmth {
  if (slices.length < FEWEST_SLICES) return not('too-early')
  if (slices.slice(startOfLastHalf(slices)).every(({ ok }) => ok === 0)) return not('no-answers')
  // Before the first answer the target was starting, or the first wave was under way.
  const answering = slices.slice(slices.findIndex(({ ok }) => ok > 0)).filter(({ durationMs }) => durationMs > 0)
  const long = comparableSlices(answering)
  if (long === null) return not('too-few')

  const half = startOfLastHalf(long)
  const steadyRate = mean(ratesOf(long.slice(half)))
  const levels = levelsOf(long)
  const steps = levels.slice(1).map(({ from, rate }, index) => ({
    from,
    change: Math.abs(rate - levels[index]!.rate) / steadyRate,
  }))
  const lastStep = steps.findLast(({ from, change }) => from <= half && change > MUST_BE_SEEN)
  const part = long.slice(lastStep?.from ?? 0)
  const trend = trendOf(part)
  if (trend === null) return not('too-few')
  const { remaining, chanceBeyond, squares } = approachOf(part, lastStep !== undefined)
  const drift = trend.change

  // A ramp looks like a staircase to the search for steps: it is one only where levels fit better than a smooth approach.
  if (
    steps.some(({ from, change }) => from > half && change > tolerance) &&
    squaresAround(levels, long, part) < squares
  )
    return { ...not('changed'), drift }
  // Negated, so that a gain that cannot be computed (a rate of 0 at the end) is never steady.
  if (trend.p < SIGNIFICANT && !(Math.abs(remaining) <= tolerance)) return { ...not('drifting'), drift, remaining }
  if (!(chanceBeyond(MUST_BE_SEEN) <= CHANCE)) return { ...not('too-few'), drift, remaining }

  const sinceIndex = steadySince(levels, steadyRate, tolerance)
  const since = long[sinceIndex]!
  const cold = long.slice(0, sinceIndex)
  return {
    steady: true,
    sinceMs: since.atMs - since.durationMs,
    drift,
    remaining,
    coldShare: cold.length === 0 ? null : mean(ratesOf(cold)) / steadyRate,
    why: 'steady',
  }
}

function not(why: Exclude<Warmth['why'], 'steady'>): Warmth {
  return { steady: false, sinceMs: null, drift: null, remaining: null, coldShare: null, why }
}

/** Σ (rate − rate of its level)² over the newest part of the slices. */
function squaresAround(levels: readonly Level[], slices: readonly Slice[], part: readonly Slice[]): number {
  const first = slices.length - part.length
  return ratesOf(slices).reduce((sum, rate, index) => {
    const level = levels.find(({ to }) => index < to)!
    return index < first ? sum : sum + (rate - level.rate) ** 2
  }, 0)
}

/** The first slice of the oldest level from which on every level lies within the tolerance of the steady rate. */
function steadySince(levels: readonly Level[], steadyRate: number, tolerance: number): number {
  const unlike = levels.findLastIndex(({ rate }) => Math.abs(rate / steadyRate - 1) > tolerance)
  // The newest level counts as steady whatever its rate: the last half may hold a small step.
  return levels[Math.min(unlike + 1, levels.length - 1)]!.from
}
