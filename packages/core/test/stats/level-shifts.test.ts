import { describe, expect, it } from 'vitest'
import { createRandom, levelShifts, type Random } from '../../src/stats/index.js'
import { nile } from './nile.js'

const RELEVANT = Math.log(1.03)
const bounds = { relevant: RELEVANT, leastVariance: 0 }
const cutsIn = (values: readonly number[], leastVariance = 0) =>
  levelShifts(values, { relevant: RELEVANT, leastVariance }).changes.map(({ at }) => at)

/** Values that differ by this standard deviation, around levels of so many values each. */
const noisy = (random: Random, deviation: number, ...levels: readonly (readonly [mean: number, length: number])[]) =>
  levels.flatMap(([mean, length]) => Array.from({ length }, () => mean + deviation * random.normal()))

describe('the levels of a series', () => {
  it("are two for the Nile's flow: it changes with the dam", () =>
    expect(cutsIn(nile.map((flow) => Math.log(flow)))).toEqual([28]))

  it.each([
    { values: [], cuts: [], because: 'there is nothing' },
    { values: [1], cuts: [], because: 'there is one value' },
    { values: [1, 1, 2], cuts: [], because: 'three values make no two levels' },
    { values: [5, 5, 5, 5, 5, 5], cuts: [], because: 'it never moves' },
    { values: [1.1, 1, 1.05, 1.02, 2, 2.1, 2.05, 2.02], cuts: [4], because: 'one step' },
    { values: [1.1, 1, 1.05, 1.02, 2, 2.1, 2.05, 2.02, 1.03, 1.06, 1, 1.09], cuts: [4, 8], because: 'there and back' },
    { values: [1, 1.1, 1.05, 1.08, 1.03, 1.06, 9], cuts: [], because: 'the last value alone may be an outlier' },
    { values: [1, 1.1, 1.05, 9, 1.08, 1.03, 1.06], cuts: [], because: 'one value far off is no level' },
    {
      values: [0.01, 0, 0.005, 0.002, 0.025, 0.02, 0.028, 0.022],
      cuts: [],
      because: 'what changes is less than is relevant',
    },
  ])('begin anew at $cuts: $because', ({ values, cuts }) => expect(cutsIn(values)).toEqual(cuts))

  it('are not told apart by less than each value is known by', () => {
    const steps = [1, 1.001, 0.999, 1.0005, 1.1, 1.101, 1.099, 1.1005]
    expect(cutsIn(steps)).toEqual([4])
    expect(cutsIn(steps, 0.1 ** 2)).toEqual([])
  })

  it('have means, a variance around them, and intervals that lie beyond what is relevant', () => {
    const { levels, changes, variance, df } = levelShifts([1.1, 0.9, 1.1, 0.9, 3.1, 2.9, 3.1, 2.9], bounds)
    expect(levels).toEqual([
      { start: 0, end: 4, mean: expect.closeTo(1) },
      { start: 4, end: 8, mean: expect.closeTo(3) },
    ])
    expect([variance, df]).toEqual([expect.closeTo(0.08 / 6), 6])
    expect(changes).toMatchObject([{ at: 4, difference: expect.closeTo(2) }])
    const { difference, halfWidth } = changes[0]!
    expect(difference - halfWidth).toBeGreaterThan(RELEVANT)
    // Wider than the t of a single comparison, 2.45: the place was looked for.
    expect(halfWidth).toBeGreaterThan(2.45 * Math.sqrt(variance / 2))
  })
})

const SERIES = 1000
const shareOf = (holds: (random: Random) => boolean) => {
  const random = createRandom(16)
  return Array.from({ length: SERIES }, () => holds(random)).filter(Boolean).length / SERIES
}

describe('changes of level by chance alone', () => {
  it.each([4, 5, 6, 8, 12, 20, 40])('are seen in at most 5 of 100 series of %i runs that differ by 5 %', (length) =>
    expect(shareOf((random) => cutsIn(noisy(random, 0.05, [0, length])).length > 0)).toBeLessThan(0.05),
  )

  it.each([4, 8, 20])('are seen in at most 6 of 100 also where every difference is relevant: %i runs', (length) =>
    expect(
      shareOf((random) => levelShifts(noisy(random, 1, [0, length]), { ...bounds, relevant: 0 }).changes.length > 0),
    ).toBeLessThan(0.065),
  )

  it('are seen in fewer than 10 of 100 series where one run in ten is a quarter slower: two neighbours may be', () => {
    const disturbed = (random: Random) =>
      noisy(random, 0.05, [0, 20]).map((value) => (random.next() < 0.1 ? value - 0.29 : value))
    expect(shareOf((random) => cutsIn(disturbed(random)).length > 0)).toBeLessThan(0.1)
  })
})

describe('a real change', () => {
  it('of 20 % is found in ten runs before and ten since that differ by 5 %, and where it is', () => {
    const found = (random: Random) => cutsIn(noisy(random, 0.05, [0, 10], [Math.log(1.2), 10]))
    expect(shareOf((random) => found(random).length > 0)).toBeGreaterThanOrEqual(0.95)
    expect(shareOf((random) => found(random).some((at) => Math.abs(at - 10) <= 1))).toBeGreaterThanOrEqual(0.95)
  })

  it.each([
    { before: 3, since: 3, factor: 1.5, least: 0.8 },
    { before: 10, since: 2, factor: 1.3, least: 0.8 },
    { before: 10, since: 10, factor: 1.1, least: 0.2 },
  ])('of $factor × is found with $before runs before and $since since in $least of the cases', (its) => {
    const { before, since, factor, least } = its
    const found = (random: Random) => cutsIn(noisy(random, 0.05, [0, before], [Math.log(factor), since])).length > 0
    expect(shareOf(found)).toBeGreaterThan(least)
  })

  it('that is taken back after five runs is found at both ends', () => {
    const found = (random: Random) => cutsIn(noisy(random, 0.05, [0, 8], [-0.3, 5], [0, 8]))
    expect(shareOf((random) => found(random).length === 2)).toBeGreaterThan(0.9)
  })

  it('has an interval that holds the truth in 95 of 100 cases in which it is found', () => {
    const truth = Math.log(1.2)
    const random = createRandom(17)
    const intervals = Array.from(
      { length: SERIES },
      () => levelShifts(noisy(random, 0.05, [0, 10], [truth, 10]), bounds).changes,
    ).flatMap((changes) => (changes.length === 1 ? changes : []))
    const holding = intervals.filter(({ difference, halfWidth }) => Math.abs(difference - truth) <= halfWidth)
    expect(holding.length / intervals.length).toBeGreaterThan(0.95)
  })
})
