import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { commonRates } from '../../src/stats/index.js'
import './arbitraries.js'

describe('common rates', () => {
  it.each([
    { best: [1000], howMany: 3, rates: [200, 440, 950], because: 'one target, three rates' },
    { best: [1000], howMany: 6, rates: [200, 270, 370, 510, 700, 950], because: 'one target, equal ratios' },
    { best: [500, 1000], howMany: 6, rates: [100, 160, 250, 390, 610, 950], because: 'the slow one has four below' },
    {
      best: [100, 10_000],
      howMany: 8,
      rates: [20, 44, 95, 240, 600, 1500, 3800, 9500],
      because: 'the slow one has its own three',
    },
    { best: [100, 10_000], howMany: 3, rates: [20, 440, 9500], because: 'three are too few for both' },
    { best: [2], howMany: 6, rates: [0.4, 0.55, 0.75, 1, 1.4, 1.9], because: 'slow targets have rates, too' },
    { best: [], howMany: 6, rates: [], because: 'nobody is to be loaded' },
  ])('for $best are $rates: $because', ({ best, howMany, rates }) => expect(commonRates(best, howMany)).toEqual(rates))

  it.each([
    { best: [0], howMany: 3 },
    { best: [100, Number.NaN], howMany: 3 },
    { best: [100], howMany: 1 },
  ])('are none for $best and $howMany', ({ best, howMany }) =>
    expect(() => commonRates(best, howMany)).toThrow(RangeError),
  )

  it('rise from a fifth of the slowest to just below the fastest, and leave three to every target', () =>
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 1, max: 200_000, noNaN: true }), { minLength: 1, maxLength: 12 }),
        fc.integer({ min: 5, max: 8 }),
        (best, howMany) => {
          const rates = commonRates(best, howMany)
          const [slowest, fastest] = [Math.min(...best), Math.max(...best)]
          expect(rates.every((rate, index) => index === 0 || rate > rates[index - 1]!)).toBe(true)
          expect(rates.length).toBeLessThanOrEqual(howMany)
          expect(rates[0]! / slowest).toBeCloseTo(0.2, 1)
          expect(rates.at(-1)! / fastest).toBeGreaterThan(0.9)
          expect(rates.at(-1)).toBeLessThan(fastest)
          for (const own of best) expect(rates.filter((rate) => rate < own).length).toBeGreaterThanOrEqual(3)
        },
      ),
    ))
})
