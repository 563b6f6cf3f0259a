import { BakeoffError } from '@bakeoff/model'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  decodeHistogram,
  encodeDistribution,
  encodeValues,
  histogramQuantile,
  logBins,
  mergeDistributions,
  mergeHistograms,
} from '../../src/stats/index.js'
import './arbitraries.js'

const micros = fc.array(fc.integer({ min: 1, max: 60_000_000 }), { minLength: 1, maxLength: 200 })
const of = (values: Iterable<number>) => decodeHistogram(encodeValues(values))
const oneTo = (n: number) => Array.from({ length: n }, (_, index) => index + 1)

describe('a percentile of a histogram', () => {
  it.each([
    { values: oneTo(100), q: 0.99, expected: 99, because: 'nearest rank, the 99th of 100' },
    { values: oneTo(100), q: 0.5, expected: 50, because: 'the lower middle of an even count' },
    { values: [7], q: 0.999, expected: 7, because: 'one value is every percentile' },
    { values: [1, 1, 1, 1000], q: 0.75, expected: 1, because: 'three of four' },
    { values: [1, 1, 1, 1000], q: 0.76, expected: 1000, because: 'one more' },
    { values: oneTo(10), q: 0, expected: 1, because: 'the least' },
    { values: oneTo(10), q: 1, expected: 10, because: 'the most' },
  ])('$because', ({ values, q, expected }) => expect(histogramQuantile(of(values), q)).toBe(expected))

  it('is unknown when nothing was recorded', () => {
    expect(histogramQuantile(of([]), 0.5)).toBeNull()
    expect(of([])).toMatchObject({ count: 0, minUs: null, maxUs: null, meanUs: null })
  })

  it('throws outside 0 to 1', () => expect(() => histogramQuantile(of([1]), 1.01)).toThrow(RangeError))

  it('is the nearest rank to three digits, never below it, never above the maximum', () =>
    fc.assert(
      fc.property(micros, fc.double({ min: 0, max: 1, noNaN: true }), (values, q) => {
        const sorted = [...values].sort((a, b) => a - b)
        const exact = sorted[Math.max(1, Math.ceil(values.length * q - 1e-9 * values.length)) - 1]!
        const read = histogramQuantile(of(values), q)!
        expect(read).toBeGreaterThanOrEqual(exact)
        expect(read).toBeLessThanOrEqual(Math.min(exact * 1.001 + 1, sorted.at(-1)!))
      }),
    ))
})

describe('histograms of several repetitions', () => {
  it('merge into that of all values together', () =>
    fc.assert(
      fc.property(micros, micros, (a, b) => {
        const merged = mergeHistograms([encodeValues(a), encodeValues(b)])!
        const together = encodeValues([...a, ...b])
        expect(decodeHistogram(merged).counts).toEqual(decodeHistogram(together).counts)
        expect(merged).toMatchObject({ count: together.count, minUs: together.minUs, maxUs: together.maxUs })
        expect(merged.meanUs).toBeCloseTo(together.meanUs!, 3)
      }),
    ))

  it('come back from storage as they were', () =>
    fc.assert(
      fc.property(micros, (values) => {
        const stored = of(values)
        expect(decodeHistogram(encodeDistribution(stored))).toEqual(stored)
      }),
    ))

  it('are none when there are none', () => {
    expect(mergeDistributions([])).toBeNull()
    expect(mergeHistograms([])).toBeNull()
  })

  it('take what lies outside 1 µs to 60 s at the border, and keep the true extremes beside it', () => {
    const read = of([0.2, 90_000_000])
    expect(read).toMatchObject({ count: 2, minUs: 0.2, maxUs: 90_000_000 })
    expect(read.valuesUs[0]).toBe(1)
  })

  it('say what to do when a file was cut', () => {
    const cut = { ...encodeValues([1, 2, 3]), data: 'HISTFAAAA' }
    expect(() => decodeHistogram(cut)).toThrow(BakeoffError)
    expect(() => decodeHistogram(cut)).toThrow(/cannot be decoded/)
  })
})

describe('bins', () => {
  it('hold every value, are evenly spaced and leave no gap', () =>
    fc.assert(
      fc.property(micros, (values) => {
        const bins = logBins(of(values), 12)
        expect(bins.reduce((sum, [, , count]) => sum + count, 0)).toBe(values.length)
        for (const [index, [from, to]] of bins.entries()) {
          expect(to / from).toBeCloseTo(10 ** (1 / 12), 6)
          if (index > 0) expect(bins[index - 1]![1]).toBeCloseTo(from, 6)
        }
        expect(bins[0]![2]).toBeGreaterThan(0)
        expect(bins.at(-1)![2]).toBeGreaterThan(0)
      }),
    ))

  it('are none for nothing', () => expect(logBins(of([]), 12)).toEqual([]))
})
