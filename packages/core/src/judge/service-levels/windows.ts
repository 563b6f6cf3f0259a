import { type AskedLevel, type LevelPercentile, levelPercentiles } from '@bakeoff/model'
import { percentileOf, percentiles, shownTimes } from '../../figures/times.js'
import { type Repetition, unansweredOf } from '../../observe/view.js'
import { limitsOf } from '../../plan/service-levels.js'
import type { WindowTime } from './times.js'

/** A percentile of one window: where it cannot be known, the least that it is by a lower one or by requests that never ended. */
export function timeIn(repetition: Repetition, limit: LevelPercentile): WindowTime {
  const times = shownTimes(repetition)
  const q = levelPercentiles[limit]
  const { ms, support } = percentileOf(times, q)
  if (ms === null) return { ms: 0, isKnown: false }
  if (support !== 'unsupported') return { ms, isKnown: support === 'shown' }
  const lower = Object.values(percentiles)
    .filter((each) => each < q)
    .map((each) => percentileOf(times, each))
    .filter((each) => each.support !== 'unsupported')
  return { ms: Math.max(0, ...lower.map((each) => each.ms ?? 0)), isKnown: false }
}

/** Whether one window keeps every limit of a level; null: too little is known of it. */
export function keptIn(repetition: Repetition, level: AskedLevel): boolean | null {
  const { count, of } = unansweredOf(repetition)
  const times = limitsOf(level).map(({ limit, ms }) => ({ ...timeIn(repetition, limit), limitMs: ms }))
  if (of === 0 || count / of > level.errors || times.some(({ ms, limitMs }) => ms > limitMs)) return false
  return times.every(({ isKnown }) => isKnown) ? true : null
}
