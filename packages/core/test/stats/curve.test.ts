import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type CurvePoint, createRandom, isotonic, kneeOf, monotoneCurve, sloCrossing } from '../../src/stats/index.js'
import { sample } from './arbitraries.js'
import { bisect, geometric, md1P99Ms, measure, mm1P99Ms, simulatedMd1P99Ms } from './queues.js'

const point = (offeredPerSecond: number, p99Ms: number | null, rest: Partial<CurvePoint> = {}): CurvePoint => ({
  repetition: 1,
  offeredPerSecond,
  servedPerSecond: offeredPerSecond,
  p99Ms,
  failedShare: 0,
  ...rest,
})

/** The middle 90 % of the errors of 100 measured curves, and how often the interval held the truth. */
function errorsOf(
  truth: number,
  estimate: (points: CurvePoint[]) => { perSecond: number | null; low: number | null; high: number | null } | null,
  curve: () => CurvePoint[],
): { worst: number; held: number } {
  const found = Array.from({ length: 100 }, () => estimate(curve())!)
  const errors = found.map(({ perSecond }) => Math.abs(perSecond! / truth - 1)).sort((a, b) => a - b)
  const held = found.filter(({ low, high }) => low! <= truth && truth <= high!).length
  return { worst: errors[89]!, held: held / 100 }
}

describe('the crossing of a service level', () => {
  it.each([
    { rates: 6, top: 950, sloMs: 10, worst: 0.04 },
    { rates: 8, top: 950, sloMs: 10, worst: 0.04 },
    { rates: 8, top: 950, sloMs: 30, worst: 0.015 },
    { rates: 6, top: 1300, sloMs: 30, worst: 0.015 },
    { rates: 8, top: 1300, sloMs: 40, worst: 0.015 },
  ])(
    'of an M/M/1 queue at $sloMs ms is found within $worst in 90 % of 100 curves: $rates rates up to $top, noise 5 %',
    ({ rates, top, sloMs, worst }) => {
      const truth = 1000 - (1000 * Math.log(100)) / sloMs
      const random = createRandom(1)
      const offered = geometric(200, top, rates)
      const errors = errorsOf(
        truth,
        (points) => sloCrossing(points, sloMs),
        () => measure(mm1P99Ms, offered, { noise: 0.05 }, random),
      )
      expect(errors.worst).toBeLessThan(worst)
      expect(errors.held).toBeGreaterThan(0.8)
    },
  )

  it('has an interval that holds the truth when repetitions differ by 4 % in all they do, too', () => {
    const random = createRandom(2)
    const truth = 1000 - (1000 * Math.log(100)) / 30
    const offered = geometric(200, 1300, 8)
    const { held } = errorsOf(
      truth,
      (points) => sloCrossing(points, 30),
      () => measure(mm1P99Ms, offered, { noise: 0.05, shared: 0.04 }, random),
    )
    expect(held).toBeGreaterThan(0.87)
  })

  it.each([{ sloMs: 5 }, { sloMs: 10 }, { sloMs: 20 }])(
    'of a simulated M/D/1 queue, windows of 5 s, at $sloMs ms is found within 3 %',
    ({ sloMs }) => {
      const truth = bisect((rate) => md1P99Ms(rate) < sloMs, 100, 950)
      const random = createRandom(3)
      const points = [1, 2, 3, 4, 5].flatMap((repetition) =>
        geometric(200, 960, 8).map((rate) => point(rate, simulatedMd1P99Ms(rate, 5, random), { repetition })),
      )
      const { perSecond, low, high } = sloCrossing(points, sloMs)!
      expect(Math.abs(perSecond! / truth - 1)).toBeLessThan(0.03)
      expect(low).toBeLessThan(truth * 1.02)
      expect(high).toBeGreaterThan(truth * 0.98)
    },
  )

  it.each([
    {
      points: [point(100, 5), point(200, 6)],
      crossing: { kind: 'kept-everywhere', perSecond: null, low: 200, high: null },
    },
    {
      points: [point(100, 50), point(200, 60)],
      crossing: { kind: 'broken-everywhere', perSecond: null, low: null, high: 100 },
    },
    { points: [point(100, 5), point(200, 5, { failedShare: 0.02 })], crossing: { kind: 'crossed' } },
    { points: [point(100, 5), point(200, null)], crossing: { kind: 'crossed' } },
    { points: [point(100, 5), point(200, 5, { failedShare: 0.01 })], crossing: { kind: 'kept-everywhere' } },
    { points: [point(200, 50), point(100, 5)], crossing: { kind: 'crossed', low: null, high: null } },
    { points: [point(100, 5), point(200, 50, { servedPerSecond: 90 })], crossing: { kind: 'crossed' } },
  ])('of $points is $crossing', ({ points, crossing }) => expect(sloCrossing(points, 10)).toMatchObject(crossing))

  it('lies nowhere without points', () => expect(sloCrossing([], 10)).toBeNull())

  it('never lies above the highest rate that was served', () => {
    const { perSecond } = sloCrossing([point(800, 5), point(1600, 4000, { servedPerSecond: 900 })], 500)!
    expect(perSecond).toBeGreaterThan(800)
    expect(perSecond).toBeLessThanOrEqual(900)
  })

  it('survives one stall among three repetitions', () => {
    const points = [1, 2, 3].flatMap((repetition) => [
      point(100, 5, { repetition }),
      point(200, 6, { repetition }),
      point(300, 50, { repetition }),
    ])
    const stalled = points.map((each) =>
      each.repetition === 2 && each.offeredPerSecond === 100 ? { ...each, p99Ms: 900 } : each,
    )
    expect(sloCrossing(stalled, 10)!.perSecond).toBe(sloCrossing(points, 10)!.perSecond)
  })

  it('rises with the level', () =>
    fc.assert(
      fc.property(
        sample(4, 8),
        fc.tuple(fc.integer({ min: 1, max: 500 }), fc.integer({ min: 1, max: 500 })),
        (latencies, levels) => {
          const points = latencies.map((ms, index) => point(100 * (index + 1), ms))
          const [strict, lax] = [Math.min(...levels), Math.max(...levels)].map((level) => {
            const { kind, perSecond } = sloCrossing(points, level)!
            return kind === 'crossed' ? perSecond! : kind === 'kept-everywhere' ? Number.POSITIVE_INFINITY : 0
          })
          expect(strict).toBeLessThanOrEqual(lax! * (1 + 1e-9))
        },
      ),
    ))
})

describe('the knee', () => {
  it.each([
    { rates: 6, top: 950 },
    { rates: 8, top: 950 },
    { rates: 6, top: 1300 },
    { rates: 8, top: 1300 },
  ])(
    'of an M/M/1 queue is at half of its capacity, within 7 % in 90 % of 100 curves: $rates rates up to $top, noise 5 %',
    ({ rates, top }) => {
      const random = createRandom(4)
      const offered = geometric(200, top, rates)
      const { worst, held } = errorsOf(500, kneeOf, () => measure(mm1P99Ms, offered, { noise: 0.05 }, random))
      expect(worst).toBeLessThan(0.07)
      expect(held).toBeGreaterThan(0.8)
    },
  )

  it('has an interval that holds the truth when repetitions differ by 4 % in all they do, too', () => {
    const random = createRandom(5)
    const offered = geometric(200, 950, 8)
    const { held } = errorsOf(500, kneeOf, () => measure(mm1P99Ms, offered, { noise: 0.05, shared: 0.04 }, random))
    expect(held).toBeGreaterThan(0.87)
  })

  it('of a simulated M/D/1 queue, windows of 5 s, has 98 % of the largest power or more, in 9 of 10 curves', () => {
    const power = (rate: number) => rate / md1P99Ms(rate)
    const largest = power(bisect((rate) => power(rate + 1) > power(rate), 100, 950))
    const random = createRandom(6)
    const good = Array.from({ length: 10 }, () => {
      const points = [1, 2, 3, 4, 5].flatMap((repetition) =>
        geometric(200, 960, 8).map((rate) => point(rate, simulatedMd1P99Ms(rate, 5, random), { repetition })),
      )
      return power(kneeOf(points)!.perSecond!) / largest
    }).filter((share) => share > 0.98)
    expect(good.length).toBeGreaterThanOrEqual(9)
  })

  it('is found between the right two rates where it is sharp: p99 is level up to 900 and then explodes', () => {
    const offered = geometric(200, 1300, 8)
    const sharp = (rate: number) => 10 + (rate > 900 ? (rate - 900) ** 2 / 5 : 0)
    const { perSecond } = kneeOf(
      offered.map((rate) => point(rate, sharp(rate), { servedPerSecond: Math.min(1000, rate) })),
    )!
    expect(perSecond).toBeGreaterThan(offered[5]!)
    expect(perSecond).toBeLessThan(offered[6]!)
  })

  it.each([
    { points: [], knee: null },
    { points: [point(100, 5), point(200, 6)], knee: null },
    {
      points: [point(100, 5), point(200, 5), point(300, 5)],
      knee: { kind: 'not-reached', perSecond: null, low: 200, high: null },
    },
    {
      points: [point(100, 5), point(200, 50), point(300, 500)],
      knee: { kind: 'below-lowest', perSecond: null, low: null, high: 200 },
    },
  ])('of $points is $knee', ({ points, knee }) => expect(kneeOf(points)).toEqual(knee))
})

describe('isotonic regression', () => {
  it.each([
    { values: [], rising: [] },
    { values: [1, 2, 3], rising: [1, 2, 3] },
    { values: [3, 2, 1], rising: [2, 2, 2] },
    // Barlow et al. 1972, by hand
    { values: [1, 3, 2, 4, 3.5, 5], rising: [1, 2.5, 2.5, 3.75, 3.75, 5] },
  ])('makes $values rise: $rising', ({ values, rising }) => expect(isotonic(values)).toEqual(rising))

  it('weighs', () => expect(isotonic([3, 0], [1, 2])).toEqual([1, 1]))

  it('keeps the sum, and changes nothing twice', () =>
    fc.assert(
      fc.property(sample(1, 20), (values) => {
        const rising = isotonic(values)
        expect(rising.every((value, index) => index === 0 || value >= rising[index - 1]!)).toBe(true)
        expect(
          rising.reduce((sum, value) => sum + value, 0) / values.reduce((sum, value) => sum + value, 0),
        ).toBeCloseTo(1, 9)
        expect(isotonic(rising)).toEqual(rising)
      }),
    ))
})

describe('a monotone curve', () => {
  it('is a line through points on a line', () => {
    const curve = monotoneCurve([[0, 1], [2, 5], [3, 7], [10, 21]]) // biome-ignore format: a table
    for (const x of [0, 0.3, 2, 2.5, 7, 10]) expect(curve(x)).toBeCloseTo(1 + 2 * x, 9)
  })

  it('meets its points and stays between neighbours', () =>
    fc.assert(
      fc.property(sample(2, 8), fc.double({ min: 0, max: 1, noNaN: true }), (values, share) => {
        const rising: number[] = []
        for (const value of values) rising.push((rising.at(-1) ?? 0) + value)
        const curve = monotoneCurve(rising.map((y, x) => [x, y]))
        for (const [x, y] of rising.entries()) expect(curve(x) / y).toBeCloseTo(1, 9)
        const x = share * (rising.length - 1)
        const [below, above] = [rising[Math.floor(x)]!, rising[Math.ceil(x)]!]
        expect(curve(x)).toBeGreaterThanOrEqual(below * (1 - 1e-9))
        expect(curve(x)).toBeLessThanOrEqual(above * (1 + 1e-9))
      }),
    ))
})
