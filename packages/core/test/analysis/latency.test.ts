import { describe, expect, it } from 'vitest'
import { isSupported } from '../../src/analysis/index.js'
import { latencyOf, percentileMs, spectrumOf } from '../../src/analysis/latency.js'
import { decodeHistogram, encodeValues, mergeDistributions } from '../../src/stats/index.js'

/** n answers of 1, 2, … n tenths of a millisecond */
const answers = (n: number, unitUs = 100) =>
  decodeHistogram(encodeValues(Array.from({ length: n }, (_, index) => (index + 1) * unitUs)))

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
  expect(isSupported(q, n)).toBe(is)
  if (n > 0) expect(percentileMs(answers(n), q) !== null).toBe(is)
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

  it('is unknown when nothing was answered', () => expect(latencyOf([answers(0)])).toBeNull())
})

describe('the spectrum', () => {
  const spectrum = spectrumOf(mergeDistributions([answers(2000), answers(2000)])!)

  it('rises, ends at the maximum, and says where n no longer carries it', () => {
    for (const [index, { ms, percentile }] of spectrum.slice(1).entries()) {
      expect(ms).toBeGreaterThanOrEqual(spectrum[index]!.ms)
      expect(percentile).toBeGreaterThan(spectrum[index]!.percentile)
    }
    expect(spectrum.at(-1)).toMatchObject({ percentile: 100, ms: 200 })
    expect(spectrum.find(({ percentile }) => percentile === 99)!.supported).toBe(true)
    expect(spectrum.find(({ percentile }) => percentile === 99.9)!.supported).toBe(false)
  })

  it('is empty for nothing', () => expect(spectrumOf(answers(0))).toEqual([]))
})
