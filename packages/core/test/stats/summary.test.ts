import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  coefficientOfVariation,
  mean,
  median,
  medianAbsoluteDeviation,
  medianOf,
  outliers,
  quantile,
  variance,
} from '../../src/stats/index.js'
import { sample } from './arbitraries.js'

const oneToTen = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]

describe('quantile, as R computes it by default (type 7)', () => {
  it.each([
    { sorted: [7], q: 0.99, expected: 7, because: 'one value is every quantile' },
    { sorted: [1, 2, 3, 4], q: 0.5, expected: 2.5, because: 'the median of an even count is the midpoint' },
    { sorted: oneToTen, q: 0.25, expected: 3.25, because: 'quantile(1:10, 0.25)' },
    { sorted: oneToTen, q: 0.75, expected: 7.75, because: 'quantile(1:10, 0.75)' },
    { sorted: oneToTen, q: 0.9, expected: 9.1, because: 'quantile(1:10, 0.9)' },
    { sorted: oneToTen, q: 0, expected: 1, because: 'the least' },
    { sorted: oneToTen, q: 1, expected: 10, because: 'the most' },
  ])('$because', ({ sorted, q, expected }) => expect(quantile(sorted, q)).toBeCloseTo(expected, 12))

  it.each([
    { sorted: [], q: 0.5 },
    { sorted: [1], q: 1.1 },
    { sorted: [1], q: -0.1 },
    { sorted: [1], q: Number.NaN },
  ])('throws for $sorted at $q', ({ sorted, q }) => expect(() => quantile(sorted, q)).toThrow(RangeError))

  it('stays within the sample and rises with q', () =>
    fc.assert(
      fc.property(
        sample(1),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (values, p, q) => {
          const sorted = [...values].sort((a, b) => a - b)
          const [low, high] = [quantile(sorted, Math.min(p, q)), quantile(sorted, Math.max(p, q))]
          expect(low).toBeGreaterThanOrEqual(sorted[0]!)
          expect(high).toBeLessThanOrEqual(sorted.at(-1)!)
          expect(low).toBeLessThanOrEqual(high * (1 + 1e-12))
        },
      ),
    ))
})

it('does not depend on order', () =>
  fc.assert(
    fc.property(sample(4), (values) => {
      const reversed = [...values].reverse()
      expect(median(reversed)).toBe(median(values))
      expect(mean(reversed)).toBeCloseTo(mean(values), 6)
      expect(medianAbsoluteDeviation(reversed)).toBe(medianAbsoluteDeviation(values))
      expect(outliers(reversed).length).toBe(outliers(values).length)
    }),
  ))

it('does not depend on the unit', () =>
  fc.assert(
    fc.property(sample(4), (values) => {
      const scaled = values.map((value) => value * 1024) // a power of two: exact
      expect(median(scaled)).toBe(1024 * median(values))
      expect(coefficientOfVariation(scaled)).toBeCloseTo(coefficientOfVariation(values)!, 9)
      expect(outliers(scaled)).toEqual(outliers(values))
    }),
  ))

it('has the sample variance: R gives var(1:10) = 9.1667', () => expect(variance(oneToTen)).toBeCloseTo(9.166667, 6))

it('has the median absolute deviation: 1 for 1, 1, 2, 2, 4, 6, 9', () =>
  expect(medianAbsoluteDeviation([1, 1, 2, 2, 4, 6, 9])).toBe(1))

it.each([
  {
    values: [2.1, 2.6, 2.4, 2.5, 2.3, 2.1, 2.3, 2.6, 8.2, 8.3],
    far: [8, 9],
    because: 'two that would hide behind a standard deviation',
  },
  { values: [1, 2, 3], far: [], because: 'three values say nothing about outliers' },
  { values: [5, 5, 5, 5, 9], far: [], because: 'a deviation of 0 makes nothing infinitely far' },
  { values: [10, 11, 9, 10.5, 9.5], far: [], because: 'an ordinary sample has none' },
])('flags outliers: $because', ({ values, far }) => expect(outliers(values)).toEqual(far))

it('keeps the unknown unknown', () => {
  expect(medianOf([null, 3, null, 1])).toBe(2)
  expect(medianOf([null])).toBeNull()
  expect(medianOf([])).toBeNull()
  expect(coefficientOfVariation([1])).toBeNull()
  expect(coefficientOfVariation([-1, 1])).toBeNull()
  expect(() => mean([])).toThrow(RangeError)
  expect(() => variance([1])).toThrow(RangeError)
})
