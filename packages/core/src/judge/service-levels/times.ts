import type { LevelTime } from '@bakeoff/model'
import { LEAST_REPETITIONS } from '../../plan/least-repetitions.js'
import { type NormalSample, normalQuantileBounds, normalSample } from '../../stats/index.js'
import { thresholds } from '../../thresholds.js'
import { leastCount, MOST_ADVISED } from '../outlook.js'

/** A percentile in one window. Where it is not known it is at least as long. */
export interface WindowTime {
  readonly ms: number
  readonly isKnown: boolean
}

/** Whether a percentile stays within a limit, as its windows tell it. */
export interface TimesJudgement {
  readonly conclusion: 'kept' | 'late' | 'few-answers' | 'few-windows' | 'open'
  readonly time: Omit<LevelTime, 'limit'>
  /** windows with which it would be decided if they stay as they are; null: it is decided, more would not, or it is not foreseen */
  readonly windows: number | null
}

/**
 * Judges whether a percentile stays within a limit in nine of ten windows. A window is one of each repetition: half seconds of one
 * start have its caches and its compiled code in common, and are no observations of their own.
 *
 * Logarithms of a time differ between windows about normally. So what nine of ten windows stay below has bounds, those of
 * one-sided tolerance limits: it is `kept` when the upper one lies within the limit, and `late` when the lower one lies beyond.
 * Either is wrong in at most 5 %. As no curve is exactly normal, the windows themselves have to agree: at least nine of ten of them kept
 * it, or fewer.
 */
export function judgeTimes(windows: readonly WindowTime[], limitMs: number): TimesJudgement {
  const telling = windows.filter(({ ms, isKnown }) => isKnown || ms > limitMs)
  const n = telling.length
  const logs = telling.map(({ ms }) => Math.log(Math.max(ms, SHORTEST_MS)))
  const sample = n < 2 ? null : normalSample(logs)
  const bounds = sample && boundsOf(sample)
  const time = {
    ms: bounds && Math.exp(bounds.value),
    low: bounds && Math.exp(bounds.low),
    high: bounds && Math.exp(bounds.high),
    n,
  }
  if (n === 0 || n < windows.length / 2) return { conclusion: 'few-answers', time, windows: null }
  if (sample === null) return { conclusion: 'few-windows', time, windows: null }
  const limit = Math.log(limitMs)
  const missed = telling.filter(({ ms }) => ms > limitMs).length
  const agreed = (count: number) => {
    const found = conclude({ ...sample, n: count }, limit)
    return found === seenIn(missed, n) ? found : null
  }
  const now = n < LEAST_REPETITIONS ? null : agreed(n)
  if (now !== null) return { conclusion: now, time, windows: null }
  const decides = (count: number) => agreed(count) !== null
  const needed = decides(MOST_ADVISED) ? leastCount(Math.max(n + 1, LEAST_REPETITIONS), MOST_ADVISED, decides) : null
  return { conclusion: n < LEAST_REPETITIONS ? 'few-windows' : 'open', time, windows: needed }
}

/** The resolution of the histograms: a time of 0 has no logarithm. */
const SHORTEST_MS = 0.001

function boundsOf(sample: NormalSample) {
  return normalQuantileBounds(sample, thresholds.windowsWithin, thresholds.significance)
}

function conclude(sample: NormalSample, limit: number): 'kept' | 'late' | null {
  const { low, high } = boundsOf(sample)
  if (high <= limit) return 'kept'
  return low > limit ? 'late' : null
}

/** What the windows say by their number alone. */
function seenIn(missed: number, n: number): 'kept' | 'late' {
  const allowed = n * (1 - thresholds.windowsWithin)
  return missed <= allowed + 1e-9 ? 'kept' : 'late'
}
