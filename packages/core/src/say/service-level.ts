import {
  type Cell,
  formatNumber,
  type LevelAnswer,
  type LevelPercentile,
  limitsWords,
  windowsWords,
} from '@bakeoff/model'
import type { LevelJudgement } from '../judge/service-levels/index.js'
import { LEAST_REPETITIONS } from '../plan/least-repetitions.js'
import { nameOf } from '../words/names.js'
import { duration, exactPercent, list, many } from '../words/quantities.js'

/** The answer of a cell as a sentence: `node-fastify keeps p99 30 ms at 200/s: yes, 5 of 5 windows.` */
export function levelSays(cell: Cell, found: LevelJudgement): string {
  const { level, answer, windows } = found
  const words = { yes: 'yes', no: 'no', undecided: 'not decided' }[answer]
  const counted = [words, windowsWords({ windows })].filter(Boolean).join(', ')
  const why = whySays(cell, found)
  return `${nameOf(cell)} keeps ${limitsWords(level)} at ${formatNumber(level.perSecond)}/s: ${counted}${why === '' ? '' : ` (${why})`}.`
}

/** The reason, and what would decide it; empty where the windows say it all. */
function whySays({ outcomeReason }: Cell, found: LevelJudgement): string {
  const { reason, because, failed, level } = found
  switch (reason) {
    case 'kept':
    case 'late':
      return list(found.times.flatMap(timeSays))
    case 'errors':
      return failed.of === 0
        ? 'nothing was sent'
        : `${failed.count.toLocaleString('en-US')} of ${many(failed.of, 'request')} had no right answer: ${exactPercent(failed.count / failed.of)}, allowed ${exactPercent(level.errors)}`
    case 'not-measured':
      return outcomeReason ?? 'it was not measured'
    case 'invalid':
      return `its figures do not count: ${list(because)}`
    case 'disturbed':
      return `it missed it, and that may not be its own doing: ${list(because)}; measure again without that`
    case 'few-answers':
      return 'too few answers in a window for the percentile; a longer --window has more'
    case 'few-windows':
      return [`${LEAST_REPETITIONS} repetitions are needed at least`, ...neededSays(found)].join(', ')
    case 'open':
      return [
        `${list(found.times.flatMap(timeSays))}, so the limit is not told from it`,
        ...neededSays(found),
        ...(because.length === 0 ? [] : [`answers were late for another reason too: ${list(because)}`]),
      ].join('; ')
  }
}

const NAMES: Readonly<Record<LevelPercentile, string>> = { p95Ms: 'p95', p99Ms: 'p99' }

/** `p99 in nine of ten windows up to 12 ms (9.1–17 ms)`. */
function timeSays({ limit, ms, low, high }: LevelAnswer['times'][number]): string[] {
  if (ms === null || low === null || high === null) return []
  return [`${NAMES[limit]} in nine of ten windows up to ${duration(ms)} (${duration(low)} to ${duration(high)})`]
}

function neededSays({ repetitions }: LevelJudgement): string[] {
  return repetitions === null ? [] : [`about ${repetitions} would decide it if the windows stay as they are`]
}
