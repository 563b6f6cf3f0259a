import { studentTwoSidedP } from './student.js'
import { mean } from './summary.js'

export interface Line {
  readonly slope: number
  readonly intercept: number
  /** two-sided p value of "no slope"; null below three points */
  readonly p: number | null
}

/**
 * The straight line by least squares (Legendre 1805) with the t test of its slope.
 *
 * @param points [x, y], at least two with different x
 * @returns null when all x are equal or there are fewer than two points
 */
export function leastSquares(points: readonly (readonly [number, number])[]): Line | null {
  if (points.length < 2) return null
  const meanX = mean(points.map(([x]) => x))
  const meanY = mean(points.map(([, y]) => y))
  const spreadX = points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0)
  if (spreadX === 0) return null
  const slope = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0) / spreadX
  const intercept = meanY - slope * meanX
  if (points.length < 3) return { slope, intercept, p: null }
  const residual = points.reduce((sum, [x, y]) => sum + (y - intercept - slope * x) ** 2, 0)
  const error = Math.sqrt(residual / (points.length - 2) / spreadX)
  return {
    slope,
    intercept,
    p: error === 0 ? (slope === 0 ? 1 : 0) : studentTwoSidedP(slope / error, points.length - 2),
  }
}
