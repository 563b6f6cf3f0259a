import { BakeoffError, type EncodedHistogram } from '@bakeoff/model'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Distribution,
  decodeHistogram,
  encodeDistribution,
  histogramQuantile,
  logBins,
  mergeDistributions,
  Recorder,
} from '../../src/stats/index.js'
import { encodeValues, recorded as of } from '../times.js'
import './arbitraries.js'

const micros = fc.array(fc.integer({ min: 1, max: 60_000_000 }), { minLength: 1, maxLength: 200 })
const oneTo = (n: number) => Array.from({ length: n }, (_, index) => index + 1)
/** As another process reads it from a file: nothing is known of it but its text. */
const stored = (distribution: Distribution) =>
  decodeHistogram(JSON.parse(JSON.stringify(encodeDistribution({ ...distribution }))) as EncodedHistogram)

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

describe('times that are recorded', () => {
  it('have the percentiles of their distribution without making it', () =>
    fc.assert(
      fc.property(micros, fc.constantFrom(0, 50, 90, 99, 99.5, 99.9, 100), (values, percentile) => {
        const recorder = new Recorder()
        for (const us of values) recorder.record(us / 1000)
        if (percentile > 0)
          expect(recorder.percentileUs(percentile)).toBe(histogramQuantile(recorder.distribution, percentile / 100))
        expect(recorder.distribution.count).toBe(recorder.count)
      }),
    ))

  it('outside 1 µs to 60 s are in the outermost buckets, with the true extremes beside them', () => {
    const recorder = new Recorder()
    recorder.record(0)
    recorder.record(90_000)
    expect(recorder.distribution).toMatchObject({ count: 2, minUs: 0, maxUs: 90_000_000, meanUs: 45_000_000 })
    expect(recorder.distribution.valuesUs[0]).toBe(1)
    expect(recorder.percentileUs(50)).toBe(1)
    expect(stored(recorder.distribution)).toEqual(recorder.distribution)
  })

  it('are none after a reset', () => {
    const recorder = new Recorder()
    recorder.record(1)
    recorder.reset()
    expect(recorder.distribution).toEqual(of([]))
    expect(recorder.percentileUs(50)).toBeNull()
  })
})

describe('times of several processes or repetitions', () => {
  const parts = fc.array(micros, { minLength: 1, maxLength: 4 })
  const merged = (all: readonly Distribution[]) => mergeDistributions(all)!

  it('merge into those of all together', () =>
    fc.assert(
      fc.property(parts, (values) => {
        const { meanUs, ...rest } = merged(values.map(of))
        const { meanUs: meanOfAll, ...together } = of(values.flat())
        expect(rest).toEqual(together)
        expect(meanUs).toBeCloseTo(meanOfAll!, 3)
      }),
    ))

  it('merge in any order and grouping', () =>
    fc.assert(
      fc.property(micros, micros, micros, (...values) => {
        const [a, b, c] = values.map(of) as [Distribution, Distribution, Distribution]
        const known = ({ meanUs: _, ...rest }: Distribution) => rest
        const all = merged([a, b, c])
        for (const other of [merged([merged([a, b]), c]), merged([a, merged([b, c])]), merged([c, a, b])]) {
          expect(known(other)).toEqual(known(all))
          expect(other.meanUs! / all.meanUs!).toBeCloseTo(1, 12)
        }
      }),
    ))

  it('have the same quantiles whether they were stored on their way or not', () =>
    fc.assert(
      fc.property(parts, fc.double({ min: 0, max: 1, noNaN: true }), (values, q) => {
        const onTheWay = stored(merged(values.map((each) => stored(of(each)))))
        expect(histogramQuantile(merged(values.map(of)), q)).toBe(histogramQuantile(onTheWay, q))
      }),
    ))

  it('are themselves where there is one, and none where there are none', () => {
    const only = of([1, 2, 3])
    expect(mergeDistributions([only])).toBe(only)
    expect(mergeDistributions([])).toBeNull()
  })
})

describe('a stored histogram', () => {
  it('comes back as it was', () =>
    fc.assert(
      fc.property(micros, (values) => {
        expect(stored(of(values))).toEqual(of(values))
      }),
    ))

  it('is decoded once, and written as it was read', () => {
    const encoded = encodeValues([1, 2, 3])
    expect(decodeHistogram(encoded)).toBe(decodeHistogram(encoded))
    expect(encodeDistribution(decodeHistogram(encoded))).toBe(encoded)
    expect(encodeDistribution({ ...decodeHistogram(encoded) })).toEqual(encoded)
  })

  it('says what to do when a file was cut', () => {
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
