import {
  type Cell,
  costOf,
  formatNumber,
  type LevelAnswer,
  type LevelPercentile,
  limitsWords,
  USUAL_PRICES,
  windowsWords,
} from '@bakeoff/model'
import type { JudgedCell } from '../judge/judged.js'
import { judgeLevel, type LevelJudgement } from '../judge/service-levels/index.js'
import { LEAST_WINDOWS } from '../plan/least-repetitions.js'
import { nameOf } from '../words/names.js'
import { duration, exactPercent, list, many } from '../words/quantities.js'

/** A cell with the answer whether it keeps the service level that is asked for at its rate; as it is where none is. */
export function withServiceLevel(cell: Cell, judged: JudgedCell): Cell {
  const found = judgeLevel(judged)
  if (found === null) return cell
  const cost = costAt(cell, found.level.perSecond)
  return { ...cell, serviceLevel: { ...found, cost, says: levelSays(cell, found) } }
}

/** The cost of a rate at the usual prices, those of the report's page Cost. */
function costAt(cell: Cell, perSecond: number): LevelAnswer['cost'] {
  const { perSecond: _, ...prices } = USUAL_PRICES
  const cost = costOf(cell, { ...prices, perSecond })
  return cost && { ...cost, prices }
}

/** The answer of a cell as a sentence: `node-fastify keeps p99 30 ms at 200/s: yes, 5 of 5 windows.` */
function levelSays(cell: Cell, found: LevelJudgement): string {
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
      return list(found.times.flatMap((time) => timeSays(time, reason === 'kept')))
    case 'errors':
      return failed.of === 0
        ? 'nothing was sent'
        : `${failed.count.toLocaleString('en-US')} of ${many(failed.of, 'request')} had no right answer: ${exactPercent(failed.count / failed.of)}, allowed ${exactPercent(level.errors)}`
    case 'not-measured':
      return outcomeReason ?? 'it was not measured'
    case 'invalid':
      return `its figures do not count: ${list(because)}`
    case 'disturbed':
      return `it missed it, and that may not be its own doing: ${list(because)}`
    case 'few-answers':
      return 'too few answers in a window for the percentile: a longer --window has more'
    case 'few-windows':
      return neededSays(found)[0] ?? `${LEAST_WINDOWS} repetitions are needed at least`
    case 'open':
      return [
        list(found.times.flatMap((time) => timeSays(time, found.windows.missed === 0))),
        ...neededSays(found),
        ...(because.length === 0 ? [] : [`answers were late for another reason too: ${list(because)}`]),
      ].join('; ')
  }
}

const NAMES: Readonly<Record<LevelPercentile, string>> = { p95Ms: 'p95', p99Ms: 'p99' }

/** `p99 10.2 ms, in nine of ten windows below 12.1 ms`; of what was missed, from the least to the most. */
function timeSays({ limit, ms, least, most, nineOfTenMs }: LevelAnswer['times'][number], isKept: boolean): string[] {
  if (ms === null || least === null || most === null) return []
  const name = `${NAMES[limit]} ${duration(ms)}`
  if (isKept && nineOfTenMs !== null) return [`${name}, in nine of ten windows below ${duration(nineOfTenMs)}`]
  return [least === most ? name : `${name}, ${duration(least)} to ${duration(most)}`]
}

function neededSays({ repetitions }: LevelJudgement): string[] {
  return repetitions === null
    ? []
    : [`about ${repetitions} repetitions would decide it if the windows stay as they are`]
}
