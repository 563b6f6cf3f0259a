import type { Difference } from '@bakeoff/model'
import { LEAST_REPETITIONS, LEAST_WINDOWS } from '../plan/least-repetitions.js'
import type { LevelJudgement } from './service-levels/index.js'

/**
 * How many times the repetitions that are left a pair may need, by its outlook, and still be worth them. An outlook rests on a ratio
 * that is itself known roughly: of pairs that seemed to need more than was left, but no more than twice that, two in five were
 * decided all the same, of those beyond four times that fewer than one in ten (decision 20).
 */
const MOST_NEEDED = 2

/** The repetitions of a scenario: blocks that were begun, and blocks that the plan has beyond them. */
export interface Repetitions {
  readonly done: number
  readonly left: number
}

/**
 * Whether the repetitions that are left are likely to decide a pair. A pair that is told apart or equal is decided. One that the load
 * agent holds back is not decided by more of the same. Of a pair without an interval nothing is known yet; one that still has none
 * after a few blocks is measured too seldom to get one.
 */
export function isWithinReach({ reason, ratio, outlook, heldBack }: Difference, { done, left }: Repetitions): boolean {
  if (reason.kind === 'too-few') return left > 0 && done < LEAST_REPETITIONS
  if (heldBack.length > 0 || outlook === null || outlook.repetitions === null) return false
  return outlook.repetitions - ratio.n <= MOST_NEEDED * left
}

/** Whether the repetitions that are left are likely to say if a cell keeps its service level; as for a pair. Null: none is asked for. */
export function isLevelOpen(judgement: LevelJudgement | null, { done, left }: Repetitions): boolean {
  if (judgement === null || judgement.answer !== 'undecided') return false
  const { reason, repetitions } = judgement
  if (repetitions !== null) return repetitions - done <= MOST_NEEDED * left
  return reason === 'few-windows' && left > 0 && done < LEAST_WINDOWS
}
