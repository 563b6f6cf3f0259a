import type { Outlook } from '@bakeoff/model'
import { halfWidth, type LogDifference } from '../stats/index.js'

/** The most repetitions that are given as advice. */
const MOST = 1000

/**
 * The outlook of a pair that is open: the least ratio that would be told apart with the interval that it has now, and how many
 * repetitions would decide it if the ratio stays as it is. The interval shrinks with the root of the repetitions, and each of
 * them adds a degree of freedom.
 *
 * @param repetitions of the pair so far
 * @param least       what the machine lets be told apart; not below `relevant`
 * @param relevant    within it two are equal
 */
export function outlookOf(
  now: LogDifference,
  repetitions: number,
  {
    least,
    relevant,
    significance,
  }: { readonly least: number; readonly relevant: number; readonly significance: number },
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
  const size = Math.abs(now.log)
  // Between what is relevant and what the machine hides there is no room: no number of repetitions decides that.
  const room = size > line ? size - line : Math.log1p(relevant) - size
  const decides = (count: number) => halfWith(count) < room
  return {
    detectable: Math.exp(line + halfWith(repetitions)),
    repetitions: decides(MOST) ? leastCount(repetitions + 1, MOST, decides) : null,
  }
}

/** The least whole number from which on a condition holds; it must hold at `high`. */
function leastCount(low: number, high: number, holds: (count: number) => boolean): number {
  if (low >= high) return high
  const middle = Math.floor((low + high) / 2)
  return holds(middle) ? leastCount(low, middle, holds) : leastCount(middle + 1, high, holds)
}
