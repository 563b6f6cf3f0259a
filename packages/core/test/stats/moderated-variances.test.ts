import { describe, expect, it } from 'vitest'
import { moderatedVariances, satterthwaite } from '../../src/stats/moderated-variances.js'

describe('moderated variances', () => {
  const none = [0, 0, 0]

  it("draw a small one towards the common one, by Smyth's weights", () => {
    // common (2 + 4 + 12) ÷ 6 = 3; of the first (4 · 3 + 2) ÷ (4 + 2) = 7/3
    const [small, middle, large] = moderatedVariances(
      [
        { squares: 2, df: 2 },
        { squares: 4, df: 2 },
        { squares: 12, df: 2 },
      ],
      none,
    )
    expect(small).toEqual({ variance: expect.closeTo(14 / 6, 12), df: 6 })
    expect(middle!.variance).toBeCloseTo(16 / 6, 12)
    expect(large!.variance, 'a large one stays').toBeCloseTo(6, 12)
  })

  it('of two alone are what both say together, and no more is known', () =>
    expect(
      moderatedVariances(
        [
          { squares: 3, df: 1.5 },
          { squares: 3, df: 1.5 },
        ],
        none,
      ),
    ).toEqual([
      { variance: 2, df: 3 },
      { variance: 2, df: 3 },
    ]))

  it('are never below a counting quantum', () =>
    expect(moderatedVariances([{ squares: 0, df: 2 }], [0.01])[0]!.variance).toBe(0.01))

  it('borrow everything where an entry has no degree of freedom of its own', () =>
    expect(
      moderatedVariances(
        [
          { squares: 0, df: 0 },
          { squares: 8, df: 4 },
        ],
        none,
      )[0],
    ).toEqual({ variance: 2, df: 4 }))
})

describe("Satterthwaite's degrees of freedom", () => {
  const of = (variance: number, df: number) => ({ share: 0.5, of: { variance, df } })

  it.each([
    { parts: [of(2, 4), of(2, 4)], df: 8, because: 'of two alike they add up' },
    { parts: [of(2, 4), of(0, 4)], df: 4, because: 'one alone has its own' },
    { parts: [of(1, 4), of(3, 4)], df: 16 / (1 / 4 + 9 / 4), because: 'between' },
    { parts: [of(0, 4), of(0, 7)], df: 7, because: 'without scatter' },
  ])('$df: $because', ({ parts, df }) => expect(satterthwaite(parts)).toBeCloseTo(df, 12))

  it('are no more than there are', () => expect(satterthwaite([of(2, 4), of(2, 4)], 5)).toBe(5))
})
