import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { holm, tiersOf } from '../../src/stats/index.js'
import './arbitraries.js'

describe('Holm', () => {
  it.each([
    { ps: [0.01, 0.02, 0.03, 0.04, 0.05], adjusted: [0.05, 0.08, 0.09, 0.09, 0.09], because: "R's p.adjust" },
    { ps: [0.01, 0.04, 0.03, 0.005], adjusted: [0.03, 0.06, 0.06, 0.02], because: 'in any order' },
    { ps: [0.2], adjusted: [0.2], because: 'one comparison needs none' },
    { ps: [0.9, 0.8], adjusted: [1, 1], because: 'never above 1' },
    { ps: [], adjusted: [], because: 'nothing' },
  ])('$because', ({ ps, adjusted }) => {
    for (const [index, p] of holm(ps).entries()) expect(p).toBeCloseTo(adjusted[index]!, 12)
    expect(holm(ps)).toHaveLength(adjusted.length)
  })

  it('never lowers a p, keeps their order, and is at most Bonferroni', () =>
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 15 }), (ps) => {
        const adjusted = holm(ps)
        for (const [index, p] of ps.entries()) {
          expect(adjusted[index]).toBeGreaterThanOrEqual(p)
          expect(adjusted[index]).toBeLessThanOrEqual(Math.min(1, p * ps.length))
          for (const [other, q] of ps.entries())
            if (p < q) expect(adjusted[index]).toBeLessThanOrEqual(adjusted[other]!)
        }
      }),
    ))
})

describe('tiers', () => {
  const by = (gap: number) => (item: number, leader: number) => leader - item > gap

  it.each([
    { best: [], gap: 1, tiers: [], because: 'nobody' },
    { best: [9, 8.5, 8], gap: 2, tiers: [[9, 8.5, 8]], because: 'nobody is told apart' },
    { best: [9, 6, 3], gap: 2, tiers: [[9], [6], [3]], because: 'all are' },
    {
      best: [9, 8, 7, 6],
      gap: 1.5,
      tiers: [
        [9, 8],
        [7, 6],
      ],
      because: 'members are compared with the best of their tier, not with one another',
    },
  ])('$because', ({ best, gap, tiers }) => expect(tiersOf(best, by(gap))).toEqual(tiers))
})
