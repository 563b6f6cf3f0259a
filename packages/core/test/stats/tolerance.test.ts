import { describe, expect, it } from 'vitest'
import {
  binomialCdf,
  normalCdf,
  normalQuantile,
  normalSample,
  toleranceFactor,
  toleranceLimit,
} from '../../src/stats/index.js'

describe('the normal distribution, as every table has it', () => {
  it.each([
    { z: 0, p: 0.5 },
    { z: 1, p: 0.841344746068543 },
    { z: 1.959963984540054, p: 0.975 },
    { z: -3, p: 0.00134989803163009 },
    { z: 5, p: 0.999999713348428 },
    { z: -8, p: 6.22096057427178e-16 },
  ])('P(Z ≤ $z) is $p', ({ z, p }) => expect(normalCdf(z) / p).toBeCloseTo(1, 7))

  it.each([0.001, 0.05, 0.5, 0.9, 0.999])('its quantile is the other way round, at %d', (p) =>
    expect(normalCdf(normalQuantile(p))).toBeCloseTo(p, 12),
  )

  it.each([0, 1, Number.NaN])('throws for p %d', (p) => expect(() => normalQuantile(p)).toThrow(RangeError))
})

describe('the factors of one-sided tolerance limits', () => {
  // Hahn & Meeker, Statistical Intervals, 1991, table A.12d: nine of ten values lie below, with 95 %.
  it.each([
    { n: 2, factor: 20.581 },
    { n: 3, factor: 6.155 },
    { n: 4, factor: 4.162 },
    { n: 5, factor: 3.407 },
    { n: 6, factor: 3.006 },
    { n: 10, factor: 2.355 },
    { n: 20, factor: 1.926 },
    { n: 50, factor: 1.646 },
  ])('of $n values is $factor', ({ n, factor }) => expect(toleranceFactor(n, 0.9, 0.95)).toBeCloseTo(factor, 2))

  it('is that of a mean for the median, by Student’s t', () =>
    expect(toleranceFactor(10, 0.5, 0.975)).toBeCloseTo(2.2622 / Math.sqrt(10), 4))

  it('comes near to the quantile itself with many values, from both sides', () => {
    expect(toleranceFactor(1000, 0.9, 0.95)).toBeGreaterThan(normalQuantile(0.9))
    expect(toleranceFactor(1000, 0.9, 0.95)).toBeCloseTo(normalQuantile(0.9), 0)
    expect(toleranceFactor(1000, 0.9, 0.05)).toBeLessThan(normalQuantile(0.9))
  })

  it('needs two values', () => expect(() => toleranceFactor(1, 0.9, 0.95)).toThrow(RangeError))
})

it('the limit of equal values is that value', () => expect(toleranceLimit(normalSample([2, 2, 2]), 0.9, 0.95)).toBe(2))

describe('the binomial distribution', () => {
  it.each([
    { k: -1, n: 5, p: 0.1, chance: 0 },
    { k: 0, n: 29, p: 0.1, chance: 0.0471013 },
    { k: 2, n: 5, p: 0.1, chance: 0.99144 },
    { k: 5, n: 10, p: 0.5, chance: 0.623046875 },
    { k: 10, n: 10, p: 0.5, chance: 1 },
  ])('P(at most $k of $n with $p) is $chance', ({ k, n, p, chance }) =>
    expect(binomialCdf(k, n, p)).toBeCloseTo(chance, 6),
  )
})
