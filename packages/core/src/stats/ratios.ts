import { studentQuantile, studentTwoSidedP } from './student.js'
import { mean, variance } from './summary.js'

/** How many times as much, with its interval and the p value of "as much" (a ratio of 1). */
export interface RatioEstimate {
  /** ratio of the geometric means */
  readonly ratio: number
  /** null when there are too few values for an interval */
  readonly low: number | null
  readonly high: number | null
  /** two-sided; null without an interval */
  readonly p: number | null
  /** pairs, or the smaller of the two samples */
  readonly n: number
  readonly method: string
}

/**
 * The ratio of pairs that were measured in the same block: the mean of log(a ÷ b), a t interval around it, and back.
 * What drifts between blocks hits both of a pair and cancels. Logarithms, because speed differs by factors and because
 * a ÷ b and b ÷ a must give the same answer. The paired t test, on logs.
 *
 * @param pairs at least one, positive values
 * @throws RangeError for an empty list or a value that is not positive
 */
export function pairedRatio(pairs: readonly (readonly [number, number])[], confidence = 0.95): RatioEstimate {
  if (pairs.length === 0) throw new RangeError('a ratio needs one pair')
  const logs = pairs.map(([a, b]) => logOf(a) - logOf(b))
  if (logs.length < 2)
    return { ratio: Math.exp(logs[0]!), low: null, high: null, p: null, n: 1, method: 'one pair: no interval' }
  const error = Math.sqrt(variance(logs) / logs.length)
  return {
    ...fromLogs({ centre: mean(logs), error, df: logs.length - 1 }, confidence),
    n: logs.length,
    method: `paired within ${logs.length} blocks, Student t on logs`,
  }
}

/**
 * The ratio of two samples that share no blocks: Welch's t test (1947) on logs, with Satterthwaite's degrees of freedom.
 *
 * @param a at least one positive value
 * @param b at least one positive value
 */
export function welchRatio(a: readonly number[], b: readonly number[], confidence = 0.95): RatioEstimate {
  const logsA = a.map(logOf)
  const logsB = b.map(logOf)
  const difference = mean(logsA) - mean(logsB)
  const n = Math.min(a.length, b.length)
  if (n < 2)
    return { ratio: Math.exp(difference), low: null, high: null, p: null, n, method: 'one repetition: no interval' }
  const partA = variance(logsA) / a.length
  const partB = variance(logsB) / b.length
  const error = Math.sqrt(partA + partB)
  const df =
    error === 0
      ? a.length + b.length - 2
      : (partA + partB) ** 2 / (partA ** 2 / (a.length - 1) + partB ** 2 / (b.length - 1))
  return {
    ...fromLogs({ centre: difference, error, df }, confidence),
    n,
    method: `Welch's t on logs, ${a.length} and ${b.length} repetitions`,
  }
}

/** A mean of logs with its standard error and degrees of freedom, as a ratio. */
function fromLogs(
  { centre, error, df }: { readonly centre: number; readonly error: number; readonly df: number },
  confidence: number,
): Pick<RatioEstimate, 'ratio' | 'low' | 'high' | 'p'> {
  const half = studentQuantile((1 + confidence) / 2, df) * error
  const p = error === 0 ? (centre === 0 ? 1 : 0) : studentTwoSidedP(centre / error, df)
  return { ratio: Math.exp(centre), low: Math.exp(centre - half), high: Math.exp(centre + half), p }
}

function logOf(value: number): number {
  if (!(value > 0)) throw new RangeError(`a ratio on logs needs positive values, not ${value}`)
  return Math.log(value)
}
