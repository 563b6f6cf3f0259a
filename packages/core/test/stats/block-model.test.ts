import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type BlockValue, fitBlocks } from '../../src/stats/block-model.js'
import './arbitraries.js'

const valuesOf = (table: readonly (readonly (number | null)[])[]): BlockValue[] =>
  table.flatMap((row, entry) =>
    row.flatMap((value, block) => (value === null ? [] : [{ entry, block: `b${block}`, value }])),
  )

// Four entries in four blocks, a quarter missing. What is expected was made with statsmodels' ols(y ~ C(e) + C(b)).
const GAPS = valuesOf([
  [5.1, 5.9, 4.8, 5.3],
  [4.0, 4.9, null, 4.4],
  [3.2, null, 2.7, 3.1],
  [null, 2.2, 1.3, null],
])

describe('randomised blocks with gaps', () => {
  const fit = fitBlocks(GAPS, 4)

  it('have the effects of least squares', () => {
    expect(fit.contrast(0, 1)!.difference).toBeCloseTo(0.991964, 6)
    expect(fit.contrast(0, 2)!.difference).toBeCloseTo(2.079464, 6)
    expect(fit.contrast(0, 3)!.difference).toBeCloseTo(3.592857, 6)
  })

  it('say whose variance is in a difference, and how much', () => {
    const { difference, shares } = fit.contrast(1, 3)!
    expect(difference).toBeCloseTo(2.600893, 6)
    for (const [index, share] of [0.0894452, 0.3665497, 0.0808355, 0.5078125].entries())
      expect(shares[index]).toBeCloseTo(share, 6)
  })

  it('have residuals, and degrees of freedom for each entry', () => {
    expect(fit.df).toBeCloseTo(5, 9)
    const expected = [
      [0.00271276, 1.863095],
      [0.02860456, 1.255952],
      [0.03854503, 1.255952],
      [0.00945312, 0.625],
    ]
    for (const [entry, [squares, df]] of expected.entries()) {
      expect(fit.spread[entry]!.squares).toBeCloseTo(squares!, 7)
      expect(fit.spread[entry]!.df).toBeCloseTo(df!, 6)
    }
  })
})

describe('randomised blocks', () => {
  const table = (entries: number, blocks: number) =>
    fc.array(fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: blocks, maxLength: blocks }), {
      minLength: entries,
      maxLength: entries,
    })

  it('without gaps compare means, and lose a degree of freedom for each block and entry', () =>
    fc.assert(
      fc.property(table(4, 3), (rows) => {
        const fit = fitBlocks(valuesOf(rows), 4)
        const means = rows.map((row) => row.reduce((sum, value) => sum + value, 0) / 3)
        const { difference, shares } = fit.contrast(1, 2)!
        expect(difference).toBeCloseTo(means[1]! - means[2]!, 9)
        for (const [entry, share] of shares.entries())
          expect(share).toBeCloseTo(entry === 1 || entry === 2 ? 1 / 3 : 0, 9)
        expect(fit.df).toBeCloseTo(6, 9)
      }),
    ))

  it('do not see what hits a whole block', () =>
    fc.assert(
      fc.property(
        table(3, 4),
        fc.array(fc.double({ min: -9, max: 9, noNaN: true }), { minLength: 4, maxLength: 4 }),
        (rows, drift) => {
          const calm = fitBlocks(valuesOf(rows), 3)
          const drifting = fitBlocks(valuesOf(rows.map((row) => row.map((value, block) => value + drift[block]!))), 3)
          expect(drifting.contrast(0, 2)!.difference).toBeCloseTo(calm.contrast(0, 2)!.difference, 8)
          expect(drifting.spread[1]!.squares).toBeCloseTo(calm.spread[1]!.squares, 6)
        },
      ),
    ))

  it('join two that never met by a third that met both', () => {
    const fit = fitBlocks(
      valuesOf([
        [3, 4, null, null],
        [null, null, 7, 7.5],
        [1, 2, 4, 4.5],
      ]),
      3,
    )
    expect(fit.contrast(0, 1)!.difference).toBeCloseTo(2 - 3, 9)
  })

  it('cannot compare two that nothing joins', () => {
    const fit = fitBlocks(
      valuesOf([
        [3, 4, null],
        [null, null, 7],
      ]),
      2,
    )
    expect(fit.contrast(0, 1)).toBeNull()
  })
})
