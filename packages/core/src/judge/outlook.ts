import type { Outlook } from '@bakeoff/model'
import { halfWidth, type LogDifference } from '../stats/index.js'

/** More repetitions than this are no advice. */
const MOST = 1000

/**
 * What would decide a pair that is open: the least ratio that would be told apart with the interval of now, and how many
 * repetitions would decide what is seen if it stays as it is. With more of them the interval shrinks by their root, and a
 * degree of freedom is won with each.
 *
 * @param repetitions of now
 */
export function outlookOf(
  now: LogDifference,
  repetitions: number,
  { least, significance }: { readonly least: number; readonly significance: number },
): Outlook {
  const line = Math.log1p(least)
  const halfWith = (count: number) =>
    halfWidth(
      {
        ...now,
        error: now.error * Math.sqrt(repetitions / count),
        df: now.df + count - repetitions,
      },
      1 - significance,
    )
  const room = Math.abs(Math.abs(now.log) - line)
  const decides = (count: number) => halfWith(count) < room
  return {
    detectable: Math.exp(line + halfWith(repetitions)),
    repetitions: decides(MOST) ? leastCount(repetitions + 1, MOST, decides) : null,
  }
}

/** The least whole number from which on something holds, which holds at `high`. */
function leastCount(low: number, high: number, holds: (count: number) => boolean): number {
  if (low >= high) return high
  const middle = Math.floor((low + high) / 2)
  return holds(middle) ? leastCount(low, middle, holds) : leastCount(middle + 1, high, holds)
}
