import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRandom, pairedRatio, welchRatio } from '../../src/stats/index.js'
import { pairs, sample } from './arbitraries.js'

// Student's sleep data (1908) as R has them; their exponentials, so that the logs are the data.
const first = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0, 2]
const second = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]

describe('a ratio of pairs', () => {
  it('is the paired t test on logs: R has t.test(extra ~ group, paired = TRUE), p = 0.002833', () => {
    const result = pairedRatio(first.map((value, index) => [Math.exp(value), Math.exp(second[index]!)]))
    expect(Math.log(result.ratio)).toBeCloseTo(-1.58, 10)
    expect(Math.log(result.low!)).toBeCloseTo(-2.4598858, 6)
    expect(Math.log(result.high!)).toBeCloseTo(-0.7001142, 6)
    expect(result.p).toBeCloseTo(0.002833, 6)
    expect(result.n).toBe(10)
  })

  it('is only a number for one pair', () =>
    expect(pairedRatio([[6, 2]])).toMatchObject({ ratio: expect.closeTo(3), low: null, high: null, p: null, n: 1 }))

  it.each([{ values: [] }, { values: [[0, 1]] }, { values: [[1, -1]] }] as const)('throws for $values', ({ values }) =>
    expect(() => pairedRatio(values)).toThrow(RangeError),
  )

  it('answers the question upside down with the same answer upside down', () =>
    fc.assert(
      fc.property(pairs(2), (values) => {
        const there = pairedRatio(values)
        const back = pairedRatio(values.map(([a, b]) => [b, a]))
        expect(back.ratio * there.ratio).toBeCloseTo(1, 9)
        expect(Math.log(back.low!)).toBeCloseTo(-Math.log(there.high!), 6)
        expect(back.p).toBeCloseTo(there.p!, 9)
      }),
    ))

  it('does not depend on order, unit, or what hits both of a pair', () =>
    fc.assert(
      fc.property(pairs(2), fc.double({ min: 0.5, max: 2, noNaN: true }), (values, drift) => {
        const plain = pairedRatio(values)
        const same = [
          pairedRatio([...values].reverse()),
          pairedRatio(values.map(([a, b]) => [a * 1000, b * 1000])),
          pairedRatio(values.map(([a, b], index) => [a * drift ** index, b * drift ** index])),
        ]
        for (const each of same) {
          expect(Math.log(each.ratio)).toBeCloseTo(Math.log(plain.ratio), 6)
          expect(Math.log(each.low!)).toBeCloseTo(Math.log(plain.low!), 5)
        }
      }),
    ))
})

describe('a ratio of samples without blocks', () => {
  it("is Welch's t test on logs: R has t.test(extra ~ group), p = 0.07939", () => {
    const result = welchRatio(first.map(Math.exp), second.map(Math.exp))
    expect(Math.log(result.ratio)).toBeCloseTo(-1.58, 10)
    expect(Math.log(result.low!)).toBeCloseTo(-3.3654832, 6)
    expect(Math.log(result.high!)).toBeCloseTo(0.2054832, 6)
    expect(result.p).toBeCloseTo(0.07939, 5)
  })

  it('is only a number when one side has one value', () =>
    expect(welchRatio([4], [2, 2, 2])).toMatchObject({ ratio: expect.closeTo(2), low: null, p: null, n: 1 }))

  it('is certain of equal samples without spread', () => {
    expect(welchRatio([2, 2], [2, 2])).toMatchObject({ ratio: 1, p: 1 })
    expect(welchRatio([4, 4], [2, 2]).p).toBe(0)
  })

  it('does not depend on order or unit', () =>
    fc.assert(
      fc.property(sample(2), sample(2), (a, b) => {
        const plain = welchRatio(a, b)
        const moved = welchRatio(
          [...a].reverse().map((value) => value * 8),
          b.map((value) => value * 8),
        )
        expect(Math.log(moved.ratio)).toBeCloseTo(Math.log(plain.ratio), 8)
        expect(moved.p).toBeCloseTo(plain.p!, 6)
      }),
    ))
})

it('finds a difference between equals in about 5 of 100 runs, and a real one nearly always', () => {
  const random = createRandom(11)
  const run = (factor: number) =>
    pairedRatio(
      Array.from({ length: 6 }, () => [factor * Math.exp(0.05 * random.normal()), Math.exp(0.05 * random.normal())]),
    ).p! < 0.05
  const share = (factor: number) => Array.from({ length: 2000 }, () => run(factor)).filter(Boolean).length / 2000
  // 2,000 draws at 5 % have a standard deviation of 0.5 %
  expect(share(1)).toBeGreaterThan(0.035)
  expect(share(1)).toBeLessThan(0.065)
  expect(share(1.25)).toBeGreaterThan(0.99)
})
