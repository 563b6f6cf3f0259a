import { describe, expect, it } from 'vitest'
import { latencyOf, percentileMs, percentileOver, plainTimes, spectrumOf } from '../../src/figures/times.js'
import { decodeHistogram, mergeDistributions } from '../../src/stats/index.js'
import { encodeValues } from '../times.js'

/** n answers of 1, 2, … n tenths of a millisecond */
const distribution = (n: number, unitUs = 100) =>
  decodeHistogram(encodeValues(Array.from({ length: n }, (_, index) => (index + 1) * unitUs)))

const answers = (n: number, unitUs?: number) => plainTimes(distribution(n, unitUs))

it.each([
  { q: 0.5, n: 0, is: false },
  { q: 0.5, n: 1, is: true },
  { q: 0.9, n: 99, is: false },
  { q: 0.9, n: 100, is: true },
  { q: 0.99, n: 999, is: false },
  { q: 0.99, n: 1000, is: true },
  { q: 0.999, n: 9999, is: false },
  { q: 0.999, n: 10_000, is: true },
])('$n answers carry the $q quantile: $is', ({ q, n, is }) => {
  expect(percentileMs(answers(n), q) !== null).toBe(is)
})

describe('a percentile over repetitions', () => {
  it('is of each and then their median: percentiles are never averaged', () => {
    const times = [answers(1000, 100), answers(1000, 200), answers(1000, 1000)]
    const { median, values } = percentileOver(times, 0.99).estimate!
    expect(median / 198).toBeCloseTo(1, 2)
    expect(values[0]! / 99).toBeCloseTo(1, 2)
    expect(values[2]! / 990).toBeCloseTo(1, 2)
    expect(latencyOf(times)).toMatchObject({ p99: median, max: 1000 })
  })

  it('is not known when fewer than half of them can carry it', () => {
    const times = [answers(10_000, 1), answers(500), answers(500)]
    expect(percentileOver(times, 0.99).estimate).toBeNull()
    expect(percentileOver(times, 0.95).estimate).not.toBeNull()
  })

  it('is "at least" where as many requests never ended as lie beyond it', () => {
    const known = { ...answers(2000), censored: 40 }
    expect(percentileOver([known, known], 0.99)).toEqual({ estimate: null, atLeast: expect.closeTo(198, 0) })
    expect(percentileOver([known, known], 0.95)).toMatchObject({
      estimate: { median: expect.closeTo(190, 0) },
      atLeast: null,
    })
  })

  it('is no p99.9 where it rests on one stall', () => {
    const stall = { ...answers(20_000), peaks: [[1000, 1_999_000] as const] }
    expect(percentileOver([stall], 0.999).estimate).toBeNull()
    const peaks = Array.from({ length: 12 }, (_, index) => [(index + 1) * 3000, 1_999_900] as const)
    expect(percentileOver([{ ...stall, peaks }], 0.999).estimate).not.toBeNull()
  })

  it('has an interval: over repetitions, or from the ranks of the only one', () => {
    const several = percentileOver([answers(1000, 100), answers(1000, 110), answers(1000, 90)], 0.5).estimate!
    expect(several).toMatchObject({ n: 3, method: 'Student t on logs, 95 %' })
    expect(several.low).toBeLessThan(50)
    expect(several.high).toBeGreaterThan(50)
    const only = percentileOver([answers(1000, 100)], 0.5).estimate!
    expect(only).toMatchObject({ n: 1, method: 'ranks within one repetition, 95 %' })
    // 500 ± 1.96 × √(1000 × ¼) = 469 to 531
    expect(only.low).toBeCloseTo(46.9, 0)
    expect(only.high).toBeCloseTo(53.1, 0)
  })

  it('is unknown when nothing was answered', () => {
    expect(percentileOver([answers(0)], 0.5)).toEqual({ estimate: null, atLeast: null })
    expect(latencyOf([answers(0)])).toBeNull()
  })
})

describe('the spectrum', () => {
  const spectrum = spectrumOf(mergeDistributions([distribution(2000), distribution(2000)])!)

  it('rises, ends at the maximum, and says where n no longer carries it', () => {
    for (const [index, { ms, percentile }] of spectrum.slice(1).entries()) {
      expect(ms).toBeGreaterThanOrEqual(spectrum[index]!.ms)
      expect(percentile).toBeGreaterThan(spectrum[index]!.percentile)
    }
    expect(spectrum.at(-1)).toMatchObject({ percentile: 100, ms: 200 })
    expect(spectrum.find(({ percentile }) => percentile === 99)!.supported).toBe(true)
    expect(spectrum.find(({ percentile }) => percentile === 99.9)!.supported).toBe(false)
  })

  it('is empty for nothing', () => expect(spectrumOf(distribution(0))).toEqual([]))
})
