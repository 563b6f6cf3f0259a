import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  createRandom,
  enclosingRanks,
  excursionsAbove,
  intervalOverRepetitions,
  quantileInterval,
  supportOf,
} from '../../src/stats/index.js'
import { recorded as distribution } from '../times.js'
import './arbitraries.js'

describe('a percentile', () => {
  it.each([
    { q: 0.99, count: 1000, censored: 0, excursions: 10, support: 'shown', because: 'ten answers lie beyond it' },
    { q: 0.99, count: 999, censored: 0, excursions: 10, support: 'unsupported', because: 'fewer than ten do' },
    { q: 0.9, count: 100, censored: 0, excursions: null, support: 'shown', because: 'p90 needs 100' },
    {
      q: 0.5,
      count: 1,
      censored: 0,
      excursions: null,
      support: 'shown',
      because: 'the median is shown from the first',
    },
    { q: 0.5, count: 0, censored: 0, excursions: null, support: 'unsupported', because: 'nothing was seen' },
    { q: 0.5, count: 3, censored: 2, excursions: null, support: 'at-least', because: 'more than half never ended' },
    { q: 0.99, count: 10_000, censored: 99, excursions: 40, support: 'shown', because: '0.99 % never ended' },
    { q: 0.99, count: 10_000, censored: 100, excursions: 40, support: 'at-least', because: '1 % never ended' },
    { q: 0.9, count: 10_000, censored: 100, excursions: 1, support: 'shown', because: 'p90 is ten times further in' },
    { q: 0.999, count: 100_000, censored: 0, excursions: 9, support: 'unsupported', because: 'nine stalls are nine' },
    { q: 0.999, count: 100_000, censored: 0, excursions: 10, support: 'shown', because: 'ten stalls are enough' },
    { q: 0.999, count: 100_000, censored: 0, excursions: null, support: 'shown', because: 'stalls were not recorded' },
    { q: 0.99, count: 100_000, censored: 0, excursions: 1, support: 'shown', because: 'p99 is judged by answers' },
    { q: 0.99, count: 300, censored: 100, excursions: 9, support: 'unsupported', because: 'too few come first' },
  ])('of $q, $count with $censored unfinished: $support, $because', ({ q, count, censored, excursions, support }) =>
    expect(supportOf(q, { count, censored, excursions })).toBe(support),
  )

  it('lies in [0, 1)', () =>
    expect(() => supportOf(1, { count: 1, censored: 0, excursions: null })).toThrow(RangeError))
})

describe('excursions', () => {
  it.each([
    { peaks: [], excursions: 0, because: 'no peaks' },
    { peaks: [[500, 900]], excursions: 0, because: 'a peak below the threshold' },
    { peaks: [[500, 1000]], excursions: 0, because: 'a peak on the threshold' },
    { peaks: [[500, 20_000]], excursions: 1, because: 'one above' },
    { peaks: [[500, 20_000], [900, 20_000]], excursions: 2, because: 'two stalls far apart' }, // biome-ignore format: a table
    { peaks: [[500, 400_000], [510, 410_000], [520, 15_000]], excursions: 1, because: 'all waited for one stall' }, // biome-ignore format: a table
    { peaks: [[900, 20_000], [500, 20_000], [890, 900]], excursions: 2, because: 'the order does not matter' }, // biome-ignore format: a table
    { peaks: [[500, 10_000], [510, 10_000]], excursions: 1, because: 'touching is one' }, // biome-ignore format: a table
    { peaks: [[500, 10_000], [900, 800_000], [880, 5_000]], excursions: 1, because: 'a long one covers others' }, // biome-ignore format: a table
  ] as const)('are $excursions: $because', ({ peaks, excursions }) =>
    expect(excursionsAbove(peaks as readonly (readonly [number, number])[], 1000)).toBe(excursions),
  )

  it('count stalls, however many requests waited for each', () => {
    const stalls = [1000, 3000, 4500, 9000]
    const peaks = stalls.flatMap((at) =>
      Array.from({ length: 10 }, (_, bucket): [number, number] => [at + 100 + bucket * 10, 100_000]),
    )
    const quick = Array.from({ length: 1000 }, (_, bucket): [number, number] => [bucket * 10, 700])
    expect(excursionsAbove([...quick, ...peaks], 2000)).toBe(4)
  })

  it('are never more than the peaks above, and 0 or 1 when all overlap', () =>
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 60_000 }), fc.integer({ min: 1, max: 1e6 }))),
        (peaks) => {
          const above = peaks.filter(([, us]) => us > 500).length
          const all = excursionsAbove(peaks, 500)
          expect(all).toBeLessThanOrEqual(above)
          expect(all > 0).toBe(above > 0)
          const moved = peaks.map(([, us]): [number, number] => [60_000, us])
          expect(excursionsAbove(moved, 500)).toBe(Math.min(1, above))
        },
      ),
    ))
})

describe('the interval of a percentile', () => {
  // Exact binomial sums. The median of 10 between the 2nd and the 9th is Thompson's (1936), of 25 between the 8th and 18th Nair's (1940).
  it.each([
    { n: 6, q: 0.5, low: 1, high: 6 },
    { n: 10, q: 0.5, low: 2, high: 9 },
    { n: 25, q: 0.5, low: 8, high: 18 },
    { n: 100, q: 0.9, low: 84, high: 96 },
    { n: 1000, q: 0.99, low: 983, high: 997 },
  ])('of $n values at $q is between the ranks $low and $high', ({ n, q, low, high }) =>
    expect(enclosingRanks(n, q)).toEqual({ low, high }),
  )

  it.each([
    { n: 0, q: 0.5 },
    { n: 5, q: 0.5 },
    { n: 59, q: 0.95 },
    { n: 300, q: 0.99 },
  ])('is none for $n values at $q', ({ n, q }) => expect(enclosingRanks(n, q)).toBeNull())

  it('reads the ranks off the distribution', () => {
    const hundred = distribution(Array.from({ length: 100 }, (_, index) => (index + 1) * 10))
    expect(quantileInterval(hundred, 0.9)).toEqual({ lowUs: 840, highUs: 960 })
    expect(quantileInterval(distribution([1, 2]), 0.9)).toBeNull()
    expect(quantileInterval(distribution([]), 0.5)).toBeNull()
  })

  it('holds the p99 of independent times in 94 to 99 % of 400 samples', () => {
    const random = createRandom(11)
    const truth = -1000 * Math.log(0.01)
    const held = Array.from({ length: 400 }, () => {
      const { lowUs, highUs } = quantileInterval(
        distribution(Array.from({ length: 2000 }, () => 1000 * random.exponential())),
        0.99,
      )!
      return lowUs <= truth && truth <= highUs
    }).filter(Boolean).length
    expect(held / 400).toBeGreaterThan(0.935)
    expect(held / 400).toBeLessThan(0.99)
  })

  it('holds the p99 of times in clusters in 90 % of 200 samples or more, in less than 65 % without knowing of them', () => {
    // Stalls: each makes 20 answers in a row slow, by a time that each stall draws anew.
    const random = createRandom(12)
    const [size, starts] = [20, 0.002]
    const slowShare = (size * starts) / (1 + (size - 1) * starts)
    const truth = 1000 + 1000 * Math.log(slowShare / 0.01)
    const outcomes = Array.from({ length: 200 }, () => {
      const counts = new Map([[500, 0]])
      let [count, clusters] = [0, 0]
      while (count < 30_000) {
        const stalls = random.next() < starts
        const time = stalls ? Math.round(1000 + 1000 * random.exponential()) : 500
        counts.set(time, (counts.get(time) ?? 0) + (stalls ? size : 1))
        count += stalls ? size : 1
        if (time > truth) clusters++
      }
      const valuesUs = [...counts.keys()].sort((a, b) => a - b)
      const all = {
        valuesUs,
        counts: valuesUs.map((us) => counts.get(us)!),
        count,
        minUs: 500,
        maxUs: null,
        meanUs: 500,
      }
      const holds = (interval: ReturnType<typeof quantileInterval>) =>
        interval !== null && interval.lowUs <= truth && truth <= interval.highUs
      return { plain: holds(quantileInterval(all, 0.99)), clustered: holds(quantileInterval(all, 0.99, { clusters })) }
    })
    expect(outcomes.filter(({ plain }) => plain).length / 200).toBeLessThan(0.65)
    expect(outcomes.filter(({ clustered }) => clustered).length / 200).toBeGreaterThan(0.9)
  })

  it('holds the percentile itself, and narrows with the number of answers', () =>
    fc.assert(
      fc.property(fc.integer({ min: 200, max: 400 }), fc.constantFrom(0.5, 0.75, 0.9), (n, q) => {
        const few = enclosingRanks(n, q)!
        const many = enclosingRanks(4 * n, q)!
        expect(few.low / n).toBeLessThanOrEqual(q)
        expect(few.high / n).toBeGreaterThanOrEqual(q)
        expect((many.high - many.low) / (4 * n)).toBeLessThan((few.high - few.low) / n)
      }),
    ))
})

describe('the interval over repetitions', () => {
  it('is the t interval on logs', () => {
    // R: exp(t.test(log(c(10, 20, 40)))$conf.int)
    const { low, high } = intervalOverRepetitions([10, 20, 40])!
    const half = 4.302653 * (Math.LN2 / Math.sqrt(3))
    expect(low).toBeCloseTo(20 * Math.exp(-half), 4)
    expect(high).toBeCloseTo(20 * Math.exp(half), 3)
  })

  it.each([{ values: [] }, { values: [3] }, { values: [3, 0] }])('is none for $values', ({ values }) =>
    expect(intervalOverRepetitions(values)).toBeNull(),
  )
})
