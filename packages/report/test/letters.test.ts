import type { Cell, CellComparison } from '@bakeoff/model'
import { expect, it } from 'vitest'
import { sampleResults } from '../../core/test/fixtures-results.js'
import { lettersBy, viewOf } from '../src/shared/subjects.js'

const results = sampleResults({ targets: 8, repetitions: 4, noise: 0.1 })
const view = viewOf(results)
const isApart = ({ conclusion }: CellComparison) => conclusion === 'higher' || conclusion === 'lower'

it('gives two cells a common letter of a figure exactly when they are not told apart by it', () => {
  const ranked = new Set(results.groups.flatMap((list) => list.ranked.map((id) => `${list.metric} ${id}`)))
  const pairs = results.comparisons.filter(
    ({ metric, of, to }) => ranked.has(`${metric} ${of}`) && ranked.has(`${metric} ${to}`),
  )
  expect(pairs.some(isApart) && !pairs.every(isApart)).toBe(true)
  for (const pair of pairs) {
    const [a, b] = [pair.of, pair.to].map((id) => lettersBy(view, view.cells.get(id) as Cell, pair.metric)) as [
      string,
      string,
    ]
    expect(
      [...a].some((letter) => b.includes(letter)),
      `${pair.metric}: ${pair.of} ${a}, ${pair.to} ${b}`,
    ).toBe(!isApart(pair))
  }
})

it('has no letter for what is not ranked', () => {
  const unranked = results.groups.flatMap(({ unranked: cells, metric }) => cells.map(({ cell }) => ({ cell, metric })))
  expect(unranked.length).toBeGreaterThan(0)
  for (const { cell, metric } of unranked) expect(lettersBy(view, view.cells.get(cell) as Cell, metric)).toBe('')
})
