import type { AskedLevel, LevelAnswer } from '@bakeoff/model'
import { type Repetition, unansweredOf } from '../../observe/view.js'
import { LEAST_WINDOWS } from '../../plan/least-repetitions.js'
import { levelUnder, limitsOf } from '../../plan/service-levels.js'
import { causeRules } from '../causes/index.js'
import type { JudgedCell } from '../judged.js'
import { judgeTimes, type TimesJudgement } from './times.js'
import { keptIn, timeIn } from './windows.js'

/** The answer of a cell before it is said, and before its cost is known. */
export type LevelJudgement = Omit<LevelAnswer, 'says' | 'cost'>

/**
 * Judges whether a cell keeps the service level that is asked for at its rate. Errors are counted over all windows, and a percentile is
 * judged by how much it differs from window to window. What makes answers late from outside (others on the machine, the load agent)
 * can only be the reason for a level that is missed: that is undecided, and one that was kept all the same is kept.
 *
 * @returns null where no level is asked for
 */
export function judgeLevel(cell: JudgedCell): LevelJudgement | null {
  const { view } = cell
  const level = levelUnder(view.scenario, view.loadId)
  if (level === null) return null
  // A target is not blamed for a service that died.
  const repetitions = view.repetitions.filter(({ record }) => (record.serviceDeaths ?? []).length === 0)
  const kept = repetitions.map((repetition) => keptIn(repetition, level))
  const times = limitsOf(level).map(({ limit, ms }) => ({
    limit,
    ...judgeTimes(
      repetitions.map((repetition) => timeIn(repetition, limit)),
      ms,
    ),
  }))
  const failed = failedIn(repetitions)
  const { reason, because = [], windows: needed = null } = conclude(cell, { level, repetitions, times, failed })
  const unknown = Math.max(0, ...times.map(({ time }) => repetitions.length - time.n))
  return {
    level,
    answer: ANSWERS[reason],
    reason,
    because,
    // Windows of which a percentile is not known have to be made up for.
    repetitions: needed === null ? null : needed + unknown,
    windows: {
      kept: kept.filter((each) => each === true).length,
      missed: kept.filter((each) => each === false).length,
      unknown: kept.filter((each) => each === null).length,
    },
    times: times.map(({ limit, time }) => ({ limit, ...time })),
    failed,
  }
}

const ANSWERS: Readonly<Record<LevelAnswer['reason'], LevelAnswer['answer']>> = {
  kept: 'yes',
  late: 'no',
  errors: 'no',
  'not-measured': 'undecided',
  invalid: 'undecided',
  disturbed: 'undecided',
  'few-answers': 'undecided',
  'few-windows': 'undecided',
  open: 'undecided',
}

interface Seen {
  readonly level: AskedLevel
  readonly repetitions: readonly Repetition[]
  readonly times: readonly TimesJudgement[]
  readonly failed: LevelAnswer['failed']
}

interface Found extends Pick<LevelAnswer, 'reason'> {
  readonly because?: string[]
  /** windows with which it would be decided; null or absent: that is not foreseen, or it is decided */
  readonly windows?: number | null
}

function conclude({ verdict }: JudgedCell, { level, repetitions, times, failed }: Seen): Found {
  if (repetitions.length === 0) return { reason: 'not-measured' }
  if (failed.of === 0 || failed.count / failed.of > level.errors) return { reason: 'errors' }
  const causes = verdict?.causes ?? []
  const invalid = causes.filter(({ effect }) => effect === 'invalidates')
  if (invalid.length > 0) return { reason: 'invalid', because: invalid.map(({ evidence }) => evidence) }
  const isLate = times.some(({ conclusion }) => conclusion === 'late')
  const delayed = causes
    .filter(({ cause, effect }) => effect === 'doubts' && causeRules.some(({ id, delays }) => id === cause && delays))
    .map(({ evidence }) => evidence)
  if (isLate && delayed.length > 0) return { reason: 'disturbed', because: delayed }
  if (isLate) return { reason: 'late' }
  const open = times.filter(({ conclusion }) => conclusion !== 'kept')
  const [first] = open
  if (first && first.conclusion !== 'kept' && first.conclusion !== 'late')
    return { reason: first.conclusion, because: delayed, windows: mostOf(open) }
  return repetitions.length < LEAST_WINDOWS ? { reason: 'few-windows', windows: LEAST_WINDOWS } : { reason: 'kept' }
}

/** The windows that decide all that is open; null when something would stay open, or nothing is foreseen. */
function mostOf(open: readonly TimesJudgement[]): number | null {
  return open.reduce<number | null>(
    (most, { windows }) => (most === null || windows === null ? null : Math.max(most, windows)),
    0,
  )
}

function failedIn(repetitions: readonly Repetition[]): LevelAnswer['failed'] {
  const counts = repetitions.map(unansweredOf)
  return {
    count: counts.reduce((sum, { count }) => sum + count, 0),
    of: counts.reduce((sum, { of }) => sum + of, 0),
  }
}
