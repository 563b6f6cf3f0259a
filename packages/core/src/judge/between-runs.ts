import type { Ratio } from '@bakeoff/model'
import { studentQuantile, studentTwoSidedP, type VarianceEstimate } from '../stats/index.js'

/** How much runs differ from one another, in the mean of the logarithms of one run. */
export interface BetweenRuns extends VarianceEstimate {
  /** how many runs it is known from */
  readonly runs: number
  /** how many such intervals hold at once */
  readonly family: number
}

/** A ratio of two runs, with the interval that runs of the same thing have, and the p value that belongs to it. */
export interface RunRatio {
  readonly ratio: Ratio
  readonly p: number
}

/**
 * The ratio with the interval that the spread between runs gives it: each of the two is one run among others, however many repetitions
 * it has. Null where the interval from within the runs is wider already.
 */
export function amongRuns(
  within: Ratio,
  { variance, df, runs, family }: BetweenRuns,
  significance: number,
): RunRatio | null {
  if (within.low === null || within.high === null) return null
  const log = Math.log(within.median)
  const error = Math.sqrt(2 * variance)
  const half = studentQuantile(1 - significance / family / 2, df) * error
  if (half <= (Math.log(within.high) - Math.log(within.low)) / 2) return null
  return {
    ratio: {
      median: within.median,
      low: Math.exp(log - half),
      high: Math.exp(log + half),
      n: within.n,
      method: `one run against another, by the spread of ${runs} runs on logs`,
    },
    p: Math.min(1, family * studentTwoSidedP(log / error, df)),
  }
}
