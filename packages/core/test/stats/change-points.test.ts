import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  changePoints,
  changeWithin,
  createRandom,
  linearFit,
  neighbourCorrelation,
  stepsOf,
  trendOf,
  whiten,
} from '../../src/stats/index.js'
import { sample } from './arbitraries.js'
import { simulate, slicesOf } from './curves.js'
import { nile } from './nile.js'

const levels = (...parts: [value: number, length: number][]) =>
  parts.flatMap(([value, length]) => new Array<number>(length).fill(value))

describe('change points', () => {
  it("find the Nile's: after 28 years, in 1898", () => expect(changePoints(nile)).toEqual([28]))

  it.each([
    { values: [], changes: [], because: 'nothing was seen' },
    { values: [1, 2, 3], changes: [], because: 'three values make no two levels' },
    { values: levels([5, 20]), changes: [], because: 'it never moves' },
    { values: levels([5, 10], [9, 10]), changes: [10], because: 'one step' },
    { values: levels([5, 10], [9, 10], [5, 10]), changes: [10, 20], because: 'there and back' },
    { values: levels([5, 10], [50, 1], [5, 10]), changes: [], because: 'one value is no level' },
    { values: levels([5, 10], [50, 1], [20, 1], [5, 10]), changes: [], because: 'nor are two that differ' },
    { values: levels([5, 10], [0, 1], [9, 10]), changes: [11], because: 'an outlier at a step hides no step' },
    { values: [1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0], changes: [], because: 'it alternates' },
    {
      values: levels([1, 4], [0, 1], [1, 4], [0, 1], [1, 4], [0, 1]),
      changes: [],
      because: 'waves leave slices empty',
    },
  ])('are $changes: $because', ({ values, changes }) => expect(changePoints(values)).toEqual(changes))

  it('are none within what counting allows', () => {
    expect(changePoints(levels([10, 10], [11, 10]), 2)).toEqual([])
    expect(changePoints(levels([10, 10], [11, 10]), 0.01)).toEqual([10])
  })

  it.each([
    { length: 20, correlation: 0, most: 0.03 },
    { length: 60, correlation: 0, most: 0.03 },
    { length: 120, correlation: 0, most: 0.03 },
    { length: 20, correlation: 0.5, most: 0.12 },
    { length: 60, correlation: 0.5, most: 0.12 },
  ])(
    'are seen in $length values of noise in $most of the cases at most: correlation $correlation',
    ({ length, correlation, most }) => {
      const random = createRandom(5)
      const seen = Array.from({ length: 300 }, () => {
        const slices = simulate({ rate: () => 1, noise: 0.03, correlation }, length / 2, random)
        return changePoints(slices.map(({ ok }) => ok)).length > 0
      })
      expect(seen.filter(Boolean).length / 300).toBeLessThanOrEqual(most)
    },
  )

  it('are found to a value or two, for a step of three standard deviations', () => {
    const random = createRandom(6)
    for (let run = 0; run < 100; run++) {
      const values = Array.from({ length: 60 }, (_, index) => (index < 23 ? 100 : 109) + 3 * random.normal())
      const nearest = Math.min(...changePoints(values).map((change) => Math.abs(change - 23)))
      expect(nearest).toBeLessThanOrEqual(4)
    }
  })

  it('do not depend on unit or origin', () =>
    fc.assert(
      fc.property(sample(8, 30), fc.integer({ min: 1, max: 1000 }), (values, factor) => {
        expect(changePoints(values.map((value) => value * factor * 1024))).toEqual(
          changePoints(values.map((value) => value * factor)),
        )
      }),
    ))
})

describe('the trend of a window', () => {
  it.each([
    { counts: [900, 900, 900, 900], trend: null, because: 'four slices are too few' },
    { counts: [0, 0, 0, 0, 0, 0], trend: null, because: 'nothing was answered' },
    { counts: Array(10).fill(900), trend: { change: 0, p: 1 }, because: 'all are equal' },
  ])('of $counts is $trend: $because', ({ counts, trend }) => expect(trendOf(slicesOf(counts))).toEqual(trend))

  it('is the end against the beginning, relative to the mean', () => {
    const { change, p } = trendOf(slicesOf(Array.from({ length: 20 }, (_, index) => 950 + 5 * index)))!
    expect(change).toBeCloseTo(100 / 997.5, 3)
    expect(p).toBeLessThan(0.001)
    expect(trendOf(slicesOf([1000, 800, 500, 90, 0, 0, 0, 0, 0, 0, 0, 0]))!.change).toBe(-1)
  })

  it.each([
    { correlation: 0, most: 0.09 },
    { correlation: 0.5, most: 0.17 },
  ])(
    'is significant at 5 % by accident in $most of the windows at most: correlation $correlation',
    ({ correlation, most }) => {
      const random = createRandom(7)
      const called = Array.from(
        { length: 400 },
        () => trendOf(simulate({ rate: () => 1, noise: 0.03, correlation }, 10, random))!.p,
      )
      expect(called.filter((p) => p < 0.05).length / 400).toBeLessThan(most)
    },
  )

  it('of a fall of 15 % over 10 s with noise of 3 % is seen in 95 % of the windows', () => {
    const random = createRandom(8)
    const seen = Array.from(
      { length: 200 },
      () => trendOf(simulate({ rate: (seconds) => 1 - 0.015 * seconds, noise: 0.03 }, 10, random))!,
    ).filter(({ change, p }) => p < 0.05 && change < -0.08)
    expect(seen.length / 200).toBeGreaterThan(0.95)
  })
})

describe('a step within a window', () => {
  it('is where it happened and how large it was', () => {
    const step = changeWithin(slicesOf([...Array(8).fill(1000), ...Array(12).fill(800)]))!
    expect(step.atMs).toBe(4000)
    expect(step.change).toBeCloseTo(-200 / 880, 10)
  })

  it('is the largest of several', () => {
    const slices = slicesOf(levels([1000, 8], [1100, 8], [700, 8]))
    expect(stepsOf(slices)).toHaveLength(2)
    expect(changeWithin(slices)).toMatchObject({ atMs: 8000 })
  })

  it.each([{ counts: [] }, { counts: Array(20).fill(900) }, { counts: [0, 0, 0, 0, 0, 0] }])(
    'is none in $counts',
    ({ counts }) => expect(changeWithin(slicesOf(counts))).toBeNull(),
  )
})

describe('noise that remembers', () => {
  const autoregressive = (phi: number, length: number, seed: number) => {
    const random = createRandom(seed)
    let value = random.normal()
    return Array.from({ length }, () => (value = phi * value + Math.sqrt(1 - phi ** 2) * random.normal()))
  }

  it.each([{ phi: 0 }, { phi: 0.5 }, { phi: -0.4 }])('shows its correlation of $phi', ({ phi }) => {
    expect(neighbourCorrelation(autoregressive(phi, 4000, 1), 1)).toBeCloseTo(phi, 1)
  })

  it('is white after whitening', () => {
    expect(neighbourCorrelation(whiten(autoregressive(0.6, 4000, 2), 0.6), 1)).toBeCloseTo(0, 1)
    const random = createRandom(3)
    const white = Array.from({ length: 4001 }, random.normal)
    // x_t = e_t − 0.8 e_(t−1) has the correlation −0.8 ÷ 1.64
    const moving = white.slice(1).map((value, index) => value - 0.8 * white[index]!)
    expect(neighbourCorrelation(moving, 1)).toBeCloseTo(-0.8 / 1.64, 1)
    expect(neighbourCorrelation(whiten(moving, -0.8 / 1.64), 1)).toBeCloseTo(0, 1)
  })
})

describe('least squares with several regressors', () => {
  it("finds the coefficients of R's lm(mpg ~ wt + hp, mtcars)", () => {
    // biome-ignore format: a table
    const mtcars = [
      [21, 2.62, 110], [21, 2.875, 110], [22.8, 2.32, 93], [21.4, 3.215, 110], [18.7, 3.44, 175], [18.1, 3.46, 105],
      [14.3, 3.57, 245], [24.4, 3.19, 62], [22.8, 3.15, 95], [19.2, 3.44, 123], [17.8, 3.44, 123], [16.4, 4.07, 180],
      [17.3, 3.73, 180], [15.2, 3.78, 180], [10.4, 5.25, 205], [10.4, 5.424, 215], [14.7, 5.345, 230], [32.4, 2.2, 66],
      [30.4, 1.615, 52], [33.9, 1.835, 65], [21.5, 2.465, 97], [15.5, 3.52, 150], [15.2, 3.435, 150], [13.3, 3.84, 245],
      [19.2, 3.845, 175], [27.3, 1.935, 66], [26, 2.14, 91], [30.4, 1.513, 113], [15.8, 3.17, 264], [19.7, 2.77, 175],
      [15, 3.57, 335], [21.4, 2.78, 109],
    ] as [number, number, number][]
    const column = (index: 0 | 1 | 2) => mtcars.map((row) => row[index])
    const fit = linearFit(column(0), [mtcars.map(() => 1), column(1), column(2)])
    expect(fit.coefficients[0]).toBeCloseTo(37.22727, 5)
    expect(fit.coefficients[1]).toBeCloseTo(-3.87783, 5)
    expect(fit.coefficients[2]).toBeCloseTo(-0.03177, 5)
    expect(fit.squares).toBeCloseTo(195.0478, 3)
    expect(Math.sqrt(fit.squares / 29) * fit.lastErrorScale).toBeCloseTo(0.00903, 5)
  })
})
