import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Alignment, aligned, clockOf } from '../src/probe/alignment.js'

/** Rounding of doubles of the size of epoch ms. */
const ROUNDING_MS = 0.001

/** A host whose steady scale is ahead by some ms and runs a little fast or slow. */
const hosts = fc.record({
  aheadMs: fc.double({ min: -1e9, max: 1e9, noNaN: true }),
  drift: fc.double({ min: -100e-6, max: 100e-6, noNaN: true }),
})
/** An exchange: how long after the last one, and both ways of it, which may differ as much as they like. */
const exchanges = fc.array(
  fc.record({
    afterMs: fc.integer({ min: 0, max: 60_000 }),
    thereMs: fc.double({ min: 0, max: 200, noNaN: true }),
    backMs: fc.double({ min: 0, max: 200, noNaN: true }),
  }),
  { minLength: 1, maxLength: 50 },
)

describe('the alignment of a probe', () => {
  it('is never further from the truth than it says', () => {
    fc.assert(
      fc.property(hosts, exchanges, fc.integer({ min: 0, max: 600_000 }), ({ aheadMs, drift }, asked, laterMs) => {
        const theirs = (nowMs: number) => nowMs + aheadMs + nowMs * drift
        let nowMs = 0
        let alignment: Alignment | null = null
        for (const { afterMs, thereMs, backMs } of asked) {
          const askedAtMs = nowMs + afterMs
          const steadyMs = theirs(askedAtMs + thereMs)
          nowMs = askedAtMs + thereMs + backMs
          alignment = aligned(alignment, { askedAtMs, answeredAtMs: nowMs, clocks: { steadyMs, wallMs: steadyMs } })
        }
        nowMs += laterMs
        const { offsetMs, errorMs } = clockOf(alignment as Alignment, nowMs)
        // Their clock runs in their ms, which differ from ours by the drift too.
        expect(Math.abs(theirs(nowMs) + offsetMs - nowMs)).toBeLessThanOrEqual(errorMs * 1.0002 + ROUNDING_MS)
      }),
    )
  })

  const exchange = (askedAtMs: number, tripMs: number, steadyMs: number, wallMs = steadyMs) => ({
    askedAtMs,
    answeredAtMs: askedAtMs + tripMs,
    clocks: { steadyMs, wallMs },
  })

  it.each([
    { second: exchange(100, 2, 5_101), expected: -5_000, because: 'the fastest exchange wins' },
    { second: exchange(100, 40, 5_140), expected: -4_995, because: 'a slower one says less' },
    {
      second: exchange(60_100, 12, 65_106),
      expected: -5_000,
      because: 'after a minute, a slightly slower one says more',
    },
  ])('$because', ({ second, expected }) => {
    const first = aligned(null, exchange(0, 10, 5_000))
    expect(aligned(first, second).offsetMs).toBeCloseTo(expected, 6)
  })

  it('takes the time of day from the latest exchange, since it may have been set', () => {
    const first = aligned(null, exchange(0, 2, 5_001, 1_000_000))
    const after = clockOf(aligned(first, exchange(1_000, 400, 6_200, 9_001_199)), 2_000)
    expect(after.offsetMs).toBe(-5_000)
    expect(9_001_199 + after.wallOffsetMs).toBe(6_200 - 5_000)
  })
})
