import type { LevelTime } from '@bakeoff/model'
import { LEAST_WINDOWS } from '../../plan/least-repetitions.js'
import { binomialCdf, medianOf, type NormalSample, normalSample, toleranceLimit } from '../../stats/index.js'
import { thresholds } from '../../thresholds.js'

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
 * It is `late` by the number of windows that missed it alone: so many would be seen in at most 5 % of runs if nine of ten kept it. By their number
 * alone it is `kept` from 29 windows on. With fewer, none of them may have missed it, and what nine of ten stay below has to lie
 * within the limit: logarithms of a time differ between windows about normally.
 */
export function judgeTimes(windows: readonly WindowTime[], limitMs: number): TimesJudgement {
  const telling = windows.filter(({ ms, isKnown }) => isKnown || ms > limitMs)
  const n = telling.length
  const times = telling.map(({ ms }) => Math.max(ms, SHORTEST_MS))
  const sample = n < 2 ? null : normalSample(times.map(Math.log))
  const time = {
    ms: medianOf(times),
    least: n === 0 ? null : Math.min(...times),
    most: n === 0 ? null : Math.max(...times),
    nineOfTenMs: sample && Math.exp(limitOf(sample)),
    n,
  }
  if (n === 0 || n < windows.length / 2) return { conclusion: 'few-answers', time, windows: null }
  const missed = times.filter((ms) => ms > limitMs).length
  const judged = (count: number) => conclude({ windows: count, seen: n, missed, sample, limit: Math.log(limitMs) })
  const now = judged(n)
  if (now !== null) return { conclusion: now, time, windows: null }
  const open = n < LEAST_WINDOWS ? 'few-windows' : 'open'
  return { conclusion: open, time, windows: sample === null && missed === 0 ? null : leastThat(judged, n) }
}

/** The resolution of the histograms: a time of 0 has no logarithm. */
const SHORTEST_MS = 0.001

function limitOf(sample: NormalSample): number {
  return toleranceLimit(sample, thresholds.windowsWithin, 1 - thresholds.significance)
}

interface Case {
  /** windows that the answer would rest on, of which the ones that were seen are a sample */
  readonly windows: number
  readonly seen: number
  readonly missed: number
  /** logarithms of the times; null below two */
  readonly sample: NormalSample | null
  /** as a logarithm */
  readonly limit: number
}

function conclude({ windows, seen, missed: missedOfSeen, sample, limit }: Case): 'kept' | 'late' | null {
  const missed = Math.round((missedOfSeen * windows) / seen)
  const { significance, windowsWithin } = thresholds
  const chance = (most: number) => binomialCdf(most, windows, 1 - windowsWithin)
  if (1 - chance(missed - 1) <= significance) return 'late'
  if (chance(missed) <= significance) return 'kept'
  if (missed > 0 || windows < LEAST_WINDOWS || sample === null) return null
  return limitOf({ ...sample, n: windows }) <= limit ? 'kept' : null
}

/** The most repetitions that are given as advice: a level that takes more is decided by a change of the target. */
const MOST_ADVISED = 200

/** The least number of windows beyond those that were seen which decides; null: more than are worth a word. */
function leastThat(judged: (windows: number) => 'kept' | 'late' | null, seen: number): number | null {
  for (let windows = seen + 1; windows <= MOST_ADVISED; windows++) if (judged(windows) !== null) return windows
  return null
}
