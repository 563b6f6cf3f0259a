import { describe, expect, it } from 'vitest'
import { createRandom, type Random, type Slice, warmth } from '../../src/stats/index.js'
import { type Curve, firstSteady, ramp, simulate, slicesOf, waves } from './curves.js'

const rules = { minMs: 10_000, tolerance: 0.05 }
const short = { minMs: 3000, tolerance: 0.05 }
const quiet = { minMs: 2000, tolerance: 0.05 }
const CURVES = 30

/** The share of simulated curves whose first "steady" satisfies a condition, of those that were called steady at all. */
function share(curve: (random: Random) => Slice[], rules_: typeof rules, holds: (seconds: number) => boolean): number {
  const random = createRandom(20_260_301)
  const called = Array.from({ length: CURVES }, () => firstSteady(curve(random), rules_)).filter(
    (each) => each !== null,
  )
  return called.filter(({ seconds }) => holds(seconds)).length / called.length
}

describe('a target', () => {
  it.each([
    { counts: [], why: 'too-early', because: 'nothing was seen' },
    { counts: [900, 900, 900], why: 'too-early', because: 'too few slices' },
    { counts: [0, 0, 0, 0, 0, 0], why: 'no-answers', because: 'nothing is answered' },
    { counts: [900, 900, 900, 0, 0, 0, 0], why: 'no-answers', because: 'it stopped answering' },
    { counts: Array(8).fill(900), why: 'steady', because: 'it answers the same in every slice' },
    { counts: [900, 903, 897, 901, 899, 902, 900, 898], why: 'steady', because: 'it hardly varies' },
    {
      counts: [300, 700, 880, 900, 903, 897, 901, 899, 902, 900, 898, 900, 901, 899, 903, 897, 900, 902, 898, 901],
      why: 'steady',
      because: 'it rose and stayed',
    },
    { counts: [900, 903, 897, 901, 899, 700, 702, 698], why: 'changed', because: 'it fell' },
    { counts: [500, 520, 540, 560, 580, 600, 620, 640, 660, 680], why: 'drifting', because: 'it rises evenly' },
    { counts: [1000, 980, 960, 940, 920, 900, 880, 860, 840, 820], why: 'drifting', because: 'it falls evenly' },
    { counts: [9, 14, 7, 12, 10, 6, 13, 9], why: 'too-few', because: 'ten answers a slice hide a change of 10 %' },
    { counts: [0, 0, 0, 0, 0, 0, 0, 64], why: 'too-few', because: 'it answered once' },
  ])('that answered $counts: $why, $because', ({ counts, why }) => {
    const verdict = warmth(slicesOf(counts), quiet)
    expect(verdict).toMatchObject({ why, steady: why === 'steady' })
    if (!verdict.steady) expect(verdict).toMatchObject({ sinceMs: null, coldShare: null })
  })

  it('is not judged before the least warm-up, however steady it looks', () => {
    expect(warmth(slicesOf(Array(19).fill(900)), rules).why).toBe('too-early')
    expect(warmth(slicesOf(Array(20).fill(900)), rules).why).toBe('steady')
  })

  it('is steady since its last step, and was so much slower before', () => {
    const verdict = warmth(slicesOf([...Array(10).fill(600), ...Array(30).fill(1000)]), rules)
    expect(verdict).toMatchObject({ steady: true, sinceMs: 5000 })
    expect(verdict.coldShare).toBeCloseTo(0.6, 10)
  })

  it('is steady from the beginning when no part was slower', () =>
    expect(warmth(slicesOf(Array(24).fill(1000)), rules)).toMatchObject({
      steady: true,
      sinceMs: 0,
      coldShare: null,
      drift: 0,
      remaining: 0,
    }))

  it('is told how much is still to come: a ramp of 30 % with τ = 10 s after 10 s, without noise, has 12.4 %', () => {
    const { why, drift, remaining } = warmth(
      simulate({ rate: ramp(0.3, 10), noise: 0.002 }, 10, createRandom(1)),
      rules,
    )
    expect(why).toBe('drifting')
    expect(remaining).toBeGreaterThan(0.08)
    expect(remaining).toBeLessThan(0.17)
    expect(drift).toBeGreaterThan(0.15)
  })

  it('does not get a wider tolerance than 10 %, whatever the rules say', () => {
    const falling = slicesOf(Array.from({ length: 24 }, (_, index) => 1000 - 12 * index))
    expect(warmth(falling, { ...rules, tolerance: 0.5 }).why).toBe('drifting')
  })
})

describe('a ramp has at most 10 % still to come when it is called steady, from 10 s on', () => {
  it.each([
    { gain: 0.3, tau: 5, noise: 0.01, least: 1 },
    { gain: 0.3, tau: 5, noise: 0.03, least: 1 },
    { gain: 0.3, tau: 5, noise: 0.06, least: 1 },
    { gain: 0.3, tau: 10, noise: 0.01, least: 0.97 },
    { gain: 0.3, tau: 10, noise: 0.03, least: 0.97 },
    { gain: 0.3, tau: 10, noise: 0.06, least: 0.97 },
    { gain: 0.2, tau: 30, noise: 0.01, least: 0.85 },
    { gain: 0.2, tau: 30, noise: 0.03, least: 0.65 },
    { gain: 0.2, tau: 30, noise: 0.06, least: 0.4 },
  ])('in $least or more of the cases: $gain, τ $tau s, noise $noise a slice', ({ gain, tau, noise, least }) => {
    const rate = ramp(gain, tau)
    const good = share(
      (random) => simulate({ rate, noise }, 60, random),
      rules,
      (seconds) => 1 / rate(seconds) <= 1.1,
    )
    expect(good).toBeGreaterThanOrEqual(least)
  })

  it('in 0.8 or more when a first second of half the rate hides 20 % with τ = 30 s, noise 0.01', () => {
    const rate = (seconds: number) => ramp(0.2, 30)(seconds) - 0.4 * Math.exp(-seconds)
    const good = share(
      (random) => simulate({ rate, noise: 0.01 }, 60, random),
      rules,
      (seconds) => 1 / rate(seconds) <= 1.1,
    )
    expect(good).toBeGreaterThanOrEqual(0.8)
  })
})

describe('a step of 40 % at 8 s', () => {
  const curve = (noise: number): Curve => ({ rate: (seconds) => (seconds < 8 ? 0.6 : 1), noise })

  it.each([{ noise: 0.01 }, { noise: 0.03 }, { noise: 0.06 }])(
    'is never missed from 10 s on, noise $noise',
    ({ noise }) => {
      const random = createRandom(3)
      for (let run = 0; run < CURVES; run++) {
        const verdict = firstSteady(simulate(curve(noise), 60, random), rules)!
        expect(verdict.sinceMs).toBe(8000)
        expect(verdict.coldShare).toBeCloseTo(0.6, 1)
        expect(verdict.seconds).toBeLessThanOrEqual(40)
      }
    },
  )

  it('is missed where 3 s of warm-up are enough: nothing can know what comes after', () =>
    expect(
      share(
        (random) => simulate(curve(0.01), 60, random),
        short,
        (seconds) => seconds > 8,
      ),
    ).toBeLessThan(0.3))
})

describe('a steady target is called so within half as long again as the least warm-up', () => {
  it.each([
    { noise: 0.01, correlation: 0, least: 0.98 },
    { noise: 0.03, correlation: 0, least: 0.95 },
    { noise: 0.06, correlation: 0, least: 0.8 },
    { noise: 0.01, correlation: 0.5, least: 0.98 },
    { noise: 0.03, correlation: 0.5, least: 0.88 },
    { noise: 0.06, correlation: 0.5, least: 0.45 },
  ])(
    'in $least or more of the cases: noise $noise, correlation of neighbours $correlation',
    ({ noise, correlation, least }) =>
      expect(
        share(
          (random) => simulate({ rate: () => 1, noise, correlation }, 60, random),
          rules,
          (seconds) => seconds <= 15,
        ),
      ).toBeGreaterThanOrEqual(least),
  )

  it.each([
    { connections: 64, life: 0.9, spread: 0.05, least: 0.85 },
    { connections: 64, life: 0.9, spread: 0.1, least: 0.85 },
    { connections: 64, life: 0.9, spread: 0.2, least: 0.6 },
    { connections: 36, life: 0.9, spread: 0.05, least: 0.85 },
    { connections: 36, life: 0.9, spread: 0.1, least: 0.85 },
    { connections: 20, life: 1, spread: 0.1, least: 0.85 },
  ])(
    'in $least or more: $connections connections start at once, answers take $life s ± $spread',
    ({ least, ...loop }) =>
      expect(
        share(
          (random) => waves(loop, 60, random),
          rules,
          (seconds) => seconds <= 15,
        ),
      ).toBeGreaterThanOrEqual(least),
  )

  it.each([
    { connections: 64, life: 0.9, spread: 0 },
    { connections: 64, life: 1.001, spread: 0 },
  ])('or a little later where all $connections answers of a wave end at the same instant, each $life s', (loop) =>
    expect(firstSteady(waves(loop, 60, createRandom(1)), rules)!.seconds).toBeLessThanOrEqual(18),
  )

  it('later with 3 s of least warm-up: six slices say little, and with noise of 3 % it takes 9 s (median)', () => {
    const curve = (random: Random) => simulate({ rate: () => 1, noise: 0.03 }, 60, random)
    expect(share(curve, short, (seconds) => seconds <= 10)).toBeGreaterThan(0.5)
    expect(share(curve, short, (seconds) => seconds < 8)).toBeLessThan(0.5)
    expect(share(curve, short, (seconds) => seconds <= 15)).toBe(1)
  })
})
