import type { Condition, HistoryChange, HistoryFigure, HistoryPoint, HistoryRun, HistorySeries } from '@bakeoff/model'
import { formatFactor, formatInterval, formatNumber, formatShare } from '../shared/format.js'

/** The fewest runs that can show a change: two before it and two since. */
const FEWEST = 4

/** `processor: Xeon, logical CPUs: 2, …`; of a digest its beginning, so that two can be told apart. */
export function conditionsSay(conditions: readonly Condition[]): string {
  return conditions
    .flatMap(({ what, value, isDigest, isUsual }) =>
      value === null || isUsual ? [] : [`${what}: ${isDigest ? value.slice(0, 8) : value}`],
    )
    .join(', ')
}

/** `71,801 (70,100–73,000) ?`, or a dash. */
export function pointText({ value, low, high, verdict }: HistoryPoint): string {
  if (value === null) return '–'
  const interval = formatInterval({ low, high })
  const sign = verdict === null || verdict === 'valid' ? '' : verdict === 'suspect' ? ' ?' : ' ✗'
  return `${formatNumber(value)}${interval === null ? '' : ` (${interval})`}${sign}`
}

export function commitText({ gitCommit, gitDirty }: HistoryRun): string {
  return gitCommit === null ? '–' : `${gitCommit.slice(0, 10)}${gitDirty ? '+' : ''}`
}

/** `throughput is 1.21× (1.15×–1.28×) from here on: 5 runs before, 4 since`. */
export function changeSays({ name }: HistoryFigure, { ratio, runs: [before, since] }: HistoryChange): string {
  const interval = formatInterval(ratio, formatFactor)
  return `${name} is ${formatFactor(ratio.median)}${interval === null ? '' : ` (${interval})`} from here on: ${before} runs before, ${since} since`
}

/** How much runs of one level differ, and whether changes could be found. */
export function spreadSays({ points, spread }: HistoryFigure): string {
  const counting = points.filter(({ whyNot }) => whyNot === null).length
  const few = counting < FEWEST ? `; ${FEWEST} that count are the fewest that can show a change` : ''
  return spread === null
    ? `${counting === 1 ? 'one run counts' : `${counting} runs count`}: how much runs differ is not known${few}`
    : `runs of one level differ by ${formatShare(spread)}${few}`
}

export function runsSay({ runs }: HistorySeries): string {
  return runs.length === 1 ? '1 run' : `${runs.length} runs`
}

/** The name by which a reader finds a run: that of its folder. */
export function runName({ id, folder }: HistoryRun): string {
  return folder ?? id
}
