import { describe, expect, it } from 'vitest'
import { latencyOf, percentileMs, plainTimes, spectrumOf } from '../../src/analysis/latency.js'
import { mergeDistributions } from '../../src/stats/index.js'
import { recorded } from '../times.js'

/** n answers of 1, 2, … n tenths of a millisecond */
const distribution = (n: number, unitUs = 100) =>
  recorded(Array.from({ length: n }, (_, index) => (index + 1) * unitUs))

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

describe('latency over repetitions', () => {
  it('takes the percentile of each and then their median: percentiles are never averaged', () => {
    const { latency, range } = latencyOf([answers(1000, 100), answers(1000, 200), answers(1000, 1000)])!
    expect(latency.p99! / 198).toBeCloseTo(1, 2)
    expect(range['p99']![0] / 99).toBeCloseTo(1, 2)
    expect(range['p99']![1] / 990).toBeCloseTo(1, 2)
    expect(latency.max).toBe(1000)
  })

  it('does not show a percentile that fewer than half of them can carry', () => {
    const { latency } = latencyOf([answers(10_000, 1), answers(500), answers(500)])!
    expect(latency.p99).toBeNull()
    expect(latency.p95).not.toBeNull()
  })

  it('says "at least" where as many requests never ended as lie beyond a percentile', () => {
    const known = { ...answers(2000), censored: 40 }
    const { latency, atLeast } = latencyOf([known, known])!
    expect(latency).toMatchObject({ p99: null, p95: expect.closeTo(190, 0) })
    expect(atLeast.p99).toBeCloseTo(198, 0)
    expect(atLeast.p95).toBeUndefined()
  })

  it('does not show a p99.9 that rests on one stall', () => {
    const stall = { ...answers(20_000), peaks: [[1000, 1_999_000] as const] }
    expect(latencyOf([stall])!.latency.p99_9).toBeNull()
    const peaks = Array.from({ length: 12 }, (_, index) => [(index + 1) * 3000, 1_999_900] as const)
    expect(latencyOf([{ ...stall, peaks }])!.latency.p99_9).not.toBeNull()
  })

  it('gives an interval: over repetitions, and from the ranks of the only one', () => {
    const several = latencyOf([answers(1000, 100), answers(1000, 110), answers(1000, 90)])!.interval.p50!
    expect(several[0]).toBeLessThan(50)
    expect(several[1]).toBeGreaterThan(50)
    const [low, high] = latencyOf([answers(1000, 100)])!.interval.p50!
    // 500 ± 1.96 × √(1000 × ¼) = 469 to 531
    expect(low).toBeCloseTo(46.9, 0)
    expect(high).toBeCloseTo(53.1, 0)
  })

  it('is unknown when nothing was answered', () => expect(latencyOf([answers(0)])).toBeNull())
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
