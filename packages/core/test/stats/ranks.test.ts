import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mannWhitney, wilcoxonSignedRank } from '../../src/stats/index.js'
import './arbitraries.js'

/** Whole numbers as logarithms of speeds: ties happen, transformations are exact. */
const whole = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 10 })

describe('Mann and Whitney', () => {
  it.each([
    {
      because: "R's wilcox.test example (Hollander & Wolfe, permeability of the chorioamnion)",
      a: [0.8, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46],
      b: [1.15, 0.88, 0.9, 0.74, 1.21],
      statistic: 35,
      p: 0.2544,
      method: 'exact',
    },
    {
      because: 'three against three cannot fall below 0.1',
      a: [1, 2, 3],
      b: [4, 5, 6],
      statistic: 0,
      p: 0.1,
      method: 'exact',
    },
    {
      because: 'five against five: 2 ÷ 252',
      a: [6, 7, 8, 9, 10],
      b: [1, 2, 3, 4, 5],
      statistic: 25,
      p: 2 / 252,
      method: 'exact',
    },
    {
      because: 'ties: R has W = 25.5, p = 0.06933 for the sleep data',
      a: [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0, 2],
      b: [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4],
      statistic: 25.5,
      p: 0.06933,
      method: 'normal approximation',
    },
    { because: 'all equal', a: [1, 1, 1], b: [1, 1], statistic: 3, p: 1, method: 'normal approximation' },
  ])('$because', ({ a, b, statistic, p, method }) => {
    const result = mannWhitney(a, b)
    expect(result.statistic).toBeCloseTo(statistic, 9)
    expect(result.p).toBeCloseTo(p, 4)
    expect(result.method).toBe(method)
  })

  it('knows neither order nor unit nor which sample came first', () =>
    fc.assert(
      fc.property(whole, whole, (a, b) => {
        const plain = mannWhitney(a, b)
        expect(mannWhitney([...a].reverse(), b)).toEqual(plain)
        expect(mannWhitney(a.map(Math.exp), b.map(Math.exp)).p).toBeCloseTo(plain.p, 6)
        expect(mannWhitney(b, a).p).toBeCloseTo(plain.p, 6)
        expect(mannWhitney(b, a).statistic).toBeCloseTo(a.length * b.length - plain.statistic, 6)
        expect(plain.p).toBeGreaterThan(0)
        expect(plain.p).toBeLessThanOrEqual(1)
      }),
    ))

  it('needs values on both sides', () => expect(() => mannWhitney([], [1])).toThrow(RangeError))
})

describe('Wilcoxon', () => {
  it("has R's example (Hollander & Wolfe, depression): V = 40, p = 0.03906 two-sided", () => {
    const before = [1.83, 0.5, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.3]
    const after = [0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29]
    const result = wilcoxonSignedRank(before.map((value, index) => value - after[index]!))
    expect(result).toMatchObject({ statistic: 40, method: 'exact' })
    expect(result.p).toBeCloseTo(0.0390625, 9)
  })

  it.each([
    { differences: [0, 0], p: 1, because: 'nothing moved' },
    { differences: [1, 2, 3, 4, 5], p: 2 / 32, because: 'five that all rose: 2 of 32 patterns' },
    { differences: [1, 2, 3, 4, 5, 6], p: 2 / 64, because: 'six that all rose fall below 5 %' },
  ])('$because', ({ differences, p }) => expect(wilcoxonSignedRank(differences).p).toBeCloseTo(p, 9))

  it('has the same answer upside down', () =>
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -40, max: 40 }), { maxLength: 12 }), (differences) => {
        expect(wilcoxonSignedRank(differences.map((value) => -value)).p).toBeCloseTo(
          wilcoxonSignedRank(differences).p,
          9,
        )
      }),
    ))
})
