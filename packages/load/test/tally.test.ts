import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RequestSequence, shareOf } from '../src/worker/request-sequence.js'
import { SliceTally, sliceNumber } from '../src/worker/slices.js'
import { Tally } from '../src/worker/tally.js'

interface Life {
  readonly sentMs: number
  readonly endMs: number
}

/** A tally of a recorded closed load on one connection after the other, seen between two cuts. */
function tallyOf(connections: readonly (readonly Life[])[], fromMs: number, toMs: number): Tally {
  const tally = new Tally(fromMs, toMs, false, false)
  for (const lives of connections) {
    let endedMs = Number.NEGATIVE_INFINITY
    for (const { sentMs, endMs } of lives) {
      tally.between(endedMs, sentMs)
      if (tally.isOurs(sentMs)) tally.sent++
      tally.end('ok', sentMs, sentMs, endMs)
      endedMs = endMs
    }
    tally.between(endedMs, toMs)
  }
  return tally
}

/** Connections that ask again after a gap, for 100 s. */
const recorded = fc
  .array(
    fc.record({
      lifeMs: fc.double({ min: 1, max: 900, noNaN: true }),
      gapMs: fc.double({ min: 0, max: 30, noNaN: true }),
    }),
    { minLength: 1, maxLength: 8 },
  )
  .map((connections) =>
    connections.map(({ lifeMs, gapMs }, index) => {
      const lives: Life[] = []
      for (let atMs = index * 37; atMs < 100_000; atMs += lifeMs + gapMs)
        lives.push({ sentMs: atMs, endMs: atMs + lifeMs })
      return lives
    }),
  )

describe('two cuts through a load', () => {
  it.each([
    { life: [1200, 1300], weight: 1, ours: 1, because: 'begins and ends within' },
    { life: [900, 1100], weight: 0.5, ours: 0, because: 'began before the first cut' },
    { life: [1900, 2300], weight: 0.25, ours: 1, because: 'ends after the second cut' },
    { life: [500, 2500], weight: 0.5, ours: 0, because: 'spans the window' },
    { life: [100, 900], weight: 0, ours: 0, because: 'ended before it' },
    { life: [2100, 2200], weight: 0, ours: 0, because: 'began after it' },
    { life: [900, 1000], weight: 0, ours: 0, because: 'ended as it opened' },
    { life: [2000, 2100], weight: 0, ours: 0, because: 'was sent as it closed' },
  ])('a request that $because counts $weight', ({ life: [sentMs, endMs], weight, ours }) => {
    const tally = new Tally(1000, 2000, false, false)
    if (tally.isOurs(sentMs as number)) tally.sent++
    tally.end('ok', sentMs as number, sentMs as number, endMs as number)
    expect(tally.weighted.ok).toBeCloseTo(weight, 12)
    expect(tally.close(0, 0).ok).toBe(ours)
    expect(tally.serviceTime.count).toBe(ours)
  })

  it('finds 71.1/s of a server that answers after 900 ms under 64 connections, wherever the cuts lie', () => {
    const wave = Array.from({ length: 64 }, () =>
      Array.from({ length: 20 }, (_, index) => ({ sentMs: index * 900, endMs: (index + 1) * 900 })),
    )
    for (const fromMs of [2000, 2311, 2699.5]) {
      const { weighted } = tallyOf(wave, fromMs, fromMs + 5000)
      expect(weighted.ok / 5).toBeCloseTo(64 / 0.9, 9)
    }
  })

  it('shifting the cuts over a load never changes the count by more than one quantum a connection', () => {
    fc.assert(
      fc.property(recorded, fc.double({ min: 0, max: 2000, noNaN: true }), (connections, shiftMs) => {
        const here = tallyOf(connections, 3000, 8000).weighted.ok
        const there = tallyOf(connections, 3000 + shiftMs, 8000 + shiftMs).weighted.ok
        expect(Math.abs(here - there)).toBeLessThanOrEqual(connections.length + 1e-6)
      }),
    )
  })

  it('the account always adds up', () => {
    fc.assert(
      fc.property(recorded, fc.double({ min: 100, max: 9000, noNaN: true }), (connections, lengthMs) => {
        const account = tallyOf(connections, 3000, 3000 + lengthMs).account(connections.length)
        const { connectionMs, answeredMs, failedMs, unendedMs, betweenMs } = account
        expect(answeredMs + failedMs + unendedMs + betweenMs).toBeCloseTo(connectionMs, 4)
      }),
    )
  })
})

describe('the cohort', () => {
  it('refuses counts that do not add up', () => {
    const tally = new Tally(0, 1000, false, false)
    tally.sent = 3
    tally.end('ok', 10, 10, 20)
    tally.end('lost', 20, 20, 40)
    expect(tally.close(1, 0)).toMatchObject({ sent: 3, ok: 1, lost: 1, inFlight: 1 })
    expect(() => tally.close(0, 0)).toThrow(
      'accounting: sent 3, but ok 1 + errorStatus 0 + timeouts 0 + lost 1 + inFlight 0 = 2',
    )
  })

  it('holds what never ended at its age, and counts it as censored', () => {
    const tally = new Tally(0, 1000, true, false)
    tally.sent = 2
    tally.end('timeouts', 100, 90, 600)
    tally.unended(900, 800, 5000)
    tally.unsent(950, 5000)
    expect(tally.censored).toBe(3)
    expect(tally.responseTime?.distribution).toMatchObject({ count: 3, minUs: 510_000, maxUs: 4_200_000 })
    expect(tally.serviceTime.distribution).toMatchObject({ count: 2, maxUs: 4_100_000 })
    // Within the window it waited for 100 ms.
    expect(tally.account(1)).toMatchObject({ failedMs: 500, unendedMs: 100 })
  })

  it('does not time other statuses: an early error is no fast answer', () => {
    const tally = new Tally(0, 1000, false, false)
    tally.end('errorStatus', 10, 10, 11)
    expect(tally.serviceTime.count).toBe(0)
    expect(tally.weighted.errorStatus).toBe(1)
  })

  it('of an open load is what was due within the window, also when it was sent after it', () => {
    const tally = new Tally(0, 1000, true, false)
    tally.sent = 1
    tally.end('ok', 1500, 900, 1600)
    expect(tally.close(0, 0).ok).toBe(1)
    expect(tally.weighted.ok).toBe(0)
    expect(tally.responseTime?.distribution.maxUs).toBe(700_000)
  })

  it('keeps the slowest time of each 10 ms above a limit', () => {
    const tally = new Tally(0, 1000, false, false)
    for (const [sentMs, endMs] of [
      [0, 5],
      [1, 9],
      [100, 402],
      [399, 404],
    ] as const)
      tally.end('ok', sentMs, sentMs, endMs)
    expect(tally.peaksAbove(7000)).toEqual([
      [10, 8000],
      [410, 302_000],
    ])
  })
})

it('a slice counts what ended in it', () => {
  const slice = new SliceTally()
  slice.ok(1)
  slice.ok(3)
  slice.failed()
  expect(slice.figures).toMatchObject({ ok: 2, failed: 1, p50Us: 1000, p99Us: 3000, meanUs: 2000 })
  slice.begin()
  expect(slice.figures).toMatchObject({ ok: 0, failed: 0, p50Us: null, p99Us: null, meanUs: null })
})

describe('where a slice ends', () => {
  it.each([
    { startedMs: 0, number: 1, because: 'the first one, at its length' },
    { startedMs: 500, number: 2, because: 'the next one, at twice its length' },
    { startedMs: 499.6, number: 2, because: 'a timer that was early leaves no sliver' },
    { startedMs: 740, number: 2, because: 'a late start makes it shorter' },
    { startedMs: 760, number: 3, because: 'and, below half of it, longer' },
    { startedMs: 1600, number: 4, because: 'after the process stood still, at a multiple that has not passed' },
  ])('$startedMs of 500: $number, $because', ({ startedMs, number }) =>
    expect(sliceNumber(startedMs, 500)).toBe(number),
  )

  it('leaves every slice half to one and a half of its length, whenever it begins', () =>
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1e7, noNaN: true }),
        fc.integer({ min: 50, max: 1000 }),
        (startedMs, sliceMs) => {
          const lengthMs = sliceNumber(startedMs, sliceMs) * sliceMs - startedMs
          expect(lengthMs).toBeGreaterThan(sliceMs * 0.5 - 1e-6)
          expect(lengthMs).toBeLessThan(sliceMs * 1.5 + 1e-6)
        },
      ),
    ))
})

describe('the order of the corpus', () => {
  const take = (sequence: RequestSequence, count: number) => Array.from({ length: count }, () => sequence.next())

  it('asks for everything once in every pass, each time in another order', () => {
    const all = Array.from({ length: 50 }, (_, request) => request)
    const sequence = new RequestSequence(all, 7)
    const [first, second] = [take(sequence, 50), take(sequence, 50)]
    expect(first.toSorted((a, b) => a - b)).toEqual(all)
    expect(second.toSorted((a, b) => a - b)).toEqual(all)
    expect(second).not.toEqual(first)
    expect(first).not.toEqual(all)
  })

  it('is the same for every target of a block', () => {
    const all = Array.from({ length: 50 }, (_, request) => request)
    expect(take(new RequestSequence(all, 3), 120)).toEqual(take(new RequestSequence(all, 3), 120))
    expect(take(new RequestSequence(all, 3), 120)).not.toEqual(take(new RequestSequence(all, 4), 120))
  })

  it.each([
    { requests: 5, index: 0, of: 2, share: [0, 2, 4] },
    { requests: 5, index: 1, of: 2, share: [1, 3] },
    { requests: 1, index: 1, of: 2, share: [0] },
  ])('process $index of $of asks for $share of $requests', ({ requests, index, of, share }) =>
    expect(shareOf(requests, index, of)).toEqual(share),
  )
})
