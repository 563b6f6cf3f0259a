import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { leastSquares, meanInterval, studentCdf, studentQuantile, studentTwoSidedP } from '../../src/stats/index.js'
import { sample } from './arbitraries.js'

describe('the t distribution, as every table has it', () => {
  it.each([
    { p: 0.975, df: 1, t: 12.7062 },
    { p: 0.975, df: 2, t: 4.3027 },
    { p: 0.975, df: 4, t: 2.7764 },
    { p: 0.975, df: 9, t: 2.2622 },
    { p: 0.975, df: 30, t: 2.0423 },
    { p: 0.95, df: 5, t: 2.015 },
    { p: 0.995, df: 10, t: 3.1693 },
    { p: 0.9995, df: 3, t: 12.924 },
    { p: 0.975, df: 1e6, t: 1.96 },
    { p: 0.025, df: 9, t: -2.2622 },
  ])('t($p, $df) is $t', ({ p, df, t }) => {
    expect(studentQuantile(p, df)).toBeCloseTo(t, 3)
    expect(studentCdf(t, df)).toBeCloseTo(p, 4)
  })

  it.each([-3, -1, 0, 0.5, 1, 8])('is the Cauchy distribution with one degree of freedom, at %d', (t) =>
    expect(studentCdf(t, 1)).toBeCloseTo(0.5 + Math.atan(t) / Math.PI, 12),
  )

  it.each([-3, -1, 0, 0.5, 1, 8])('has a closed form with two degrees of freedom, at %d', (t) =>
    expect(studentCdf(t, 2)).toBeCloseTo(0.5 + t / (2 * Math.sqrt(2 + t * t)), 12),
  )

  it('keeps its digits far out, where 1 − CDF would be 0', () => {
    const p = studentTwoSidedP(1e9, 4)
    expect(p).toBeGreaterThan(0)
    expect(p).toBeLessThan(1e-30)
    expect(studentTwoSidedP(Number.POSITIVE_INFINITY, 4)).toBe(0)
  })

  it.each([
    { p: 0, df: 3 },
    { p: 1, df: 3 },
    { p: 0.9, df: 0 },
  ])('throws for p $p and $df degrees of freedom', ({ p, df }) =>
    expect(() => studentQuantile(p, df)).toThrow(RangeError),
  )
})

describe('the interval of a mean', () => {
  // Student's own sleep data (1908), the differences; R: t.test(extra ~ group, paired = TRUE)
  const differences = [-1.2, -2.4, -1.3, -1.3, 0, -1, -1.8, -0.8, -4.6, -1.4]

  it("is that of Student's sleep data: −2.4599 to −0.7001", () => {
    const interval = meanInterval(differences)!
    expect(interval.low).toBeCloseTo(-2.4598858, 6)
    expect(interval.high).toBeCloseTo(-0.7001142, 6)
  })

  it('is none for one value', () => expect(meanInterval([3])).toBeNull())

  it('scales, ignores order, and widens with confidence', () =>
    fc.assert(
      fc.property(sample(2), (values) => {
        const interval = meanInterval(values)!
        const scaled = meanInterval(values.map((value) => value * 1024))!
        const reversed = meanInterval([...values].reverse())!
        const wide = meanInterval(values, 0.99)!
        expect(scaled.low / 1024).toBeCloseTo(interval.low, 4)
        expect(reversed.high).toBeCloseTo(interval.high, 4)
        expect(wide.high - wide.low).toBeGreaterThanOrEqual(interval.high - interval.low)
      }),
    ))
})

describe('the line of least squares', () => {
  it("is the one of Anscombe's first set (1973)", () => {
    const x = [10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5]
    const y = [8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68]
    const line = leastSquares(x.map((value, index) => [value, y[index]!]))!
    expect(line.slope).toBeCloseTo(0.5001, 4)
    expect(line.intercept).toBeCloseTo(3.0001, 4)
    expect(line.p).toBeCloseTo(0.00217, 5)
  })

  it('says nothing where nothing can be said', () => {
    expect(leastSquares([])).toBeNull()
    expect(leastSquares([[1, 2]])).toBeNull()
    expect(
      leastSquares([
        [1, 2],
        [1, 3],
      ]),
    ).toBeNull()
    expect(
      leastSquares([
        [1, 2],
        [2, 3],
      ]),
    ).toMatchObject({ slope: 1, intercept: 1, p: null })
    expect(
      leastSquares([
        [1, 2],
        [2, 2],
        [3, 2],
      ]),
    ).toMatchObject({ slope: 0, p: 1 })
  })
})
