import { describe, expect, it } from 'vitest'
import { studentizedRangeCdf, studentizedRangeP, studentizedRangeQuantile } from '../../src/stats/studentized-range.js'

/** Made with scipy.stats.studentized_range.ppf, 1.x; R's qtukey and the printed tables agree in all the digits that they show. */
const TABLE: readonly (readonly [p: number, count: number, df: number, q: number])[] = [
  [0.95, 2, 1, 17.969287],
  [0.95, 2, 10.5, 3.130843],
  [0.95, 3, 1, 26.97553],
  [0.95, 3, 2, 8.330783],
  [0.95, 3, 4, 5.040241],
  [0.95, 3, 10.5, 3.846656],
  [0.95, 3, 40, 3.442082],
  [0.95, 5, 2, 10.881114],
  [0.95, 5, 4, 6.287027],
  [0.95, 5, 40, 4.039123],
  [0.95, 13, 1, 53.19393],
  [0.95, 13, 4, 8.373211],
  [0.95, 13, 10.5, 5.869635],
  [0.95, 13, 40, 4.976942],
  [0.95, 30, 4, 10.00342],
  [0.95, 30, 40, 5.699561],
  [0.99, 3, 4, 8.119792],
  [0.99, 5, 10.5, 6.0484],
  [0.99, 13, 2, 34.133522],
  [0.99, 30, 1, 325.96818],
]

describe('the studentized range', () => {
  it.each(TABLE)('q(%d; %d means, %d degrees of freedom) is %d', (p, count, df, q) => {
    expect(studentizedRangeQuantile(p, count, df) / q).toBeCloseTo(1, 5)
    expect(studentizedRangeCdf(q, count, df)).toBeCloseTo(p, 6)
  })

  it.each([
    { q: 3, count: 5, df: 10, p: 0.282986548 },
    { q: 8, count: 13, df: 6, p: 0.025465374 },
    { q: 1, count: 4, df: 3, p: 0.888666429 },
    { q: 0, count: 4, df: 3, p: 1 },
    { q: Number.POSITIVE_INFINITY, count: 4, df: 3, p: 0 },
  ])('beyond $q with $count means and $df degrees of freedom lies $p', ({ q, count, df, p }) =>
    expect(studentizedRangeP(q, count, df)).toBeCloseTo(p, 6),
  )

  // ?TukeyHSD in R: aov(breaks ~ wool + tension, data = warpbreaks), mean square 134.96 with 50 degrees of freedom, 18 values a level.
  it.each([
    { difference: 4.722222, p: 0.447421 },
    { difference: 14.722222, p: 0.0011218 },
    { difference: 10, p: 0.0336262 },
  ])("says of R's warp breaks $difference apart what TukeyHSD says: p = $p", ({ difference, p }) =>
    expect(studentizedRangeP(difference / Math.sqrt(134.9578 / 18), 3, 50)).toBeCloseTo(p, 5),
  )

  it.each([
    { p: 0, count: 3, df: 3 },
    { p: 1, count: 3, df: 3 },
    { p: 0.9, count: 1, df: 3 },
    { p: 0.9, count: 2.5, df: 3 },
    { p: 0.9, count: 3, df: 0 },
  ])('throws for p $p, $count means and $df degrees of freedom', ({ p, count, df }) =>
    expect(() => studentizedRangeQuantile(p, count, df)).toThrow(RangeError),
  )
})
