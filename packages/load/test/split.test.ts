/** One load on several agents: which part each gets, and what comes together of it. */
import { decodeHistogram, histogramQuantile } from '@bakeoff/core'
import type { LoadMeasurement } from '@bakeoff/model'
import type { LoadOrder } from '@bakeoff/runner/ports'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mergeParts, SliceMerger } from '../src/shares/merge.js'
import { seatsOf, sharesOf, splitLoad } from '../src/shares/split.js'
import type { Part, SlicePart } from '../src/worker/messages.js'
import { Tally } from '../src/worker/tally.js'
import { loadOf } from './helpers/agent.js'

const agents = fc.array(fc.integer({ min: 1, max: 8 }), { minLength: 1, maxLength: 5 })
const orders: fc.Arbitrary<LoadOrder> = fc.oneof(
  fc.record({ kind: fc.constant('closed' as const), connections: fc.integer({ min: 1, max: 300 }) }),
  fc.record({
    kind: fc.constant('open' as const),
    perSecond: fc.integer({ min: 1, max: 20_000 }),
    connections: fc.integer({ min: 1, max: 300 }),
    arrivals: fc.constantFrom('constant' as const, 'exponential' as const),
    seed: fc.integer({ min: 0, max: 1000 }),
  }),
)
const sumOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0)

describe('the seats of several agents', () => {
  it('are as many as each has processes, and all of them once', () =>
    fc.assert(
      fc.property(agents, (processes) => {
        const seats = seatsOf(processes)
        expect(seats.map(({ own }) => own.length)).toEqual(processes)
        expect(seats.flatMap(({ own }) => own).sort((a, b) => a - b)).toEqual([...Array(sumOf(processes)).keys()])
      }),
    ))

  it('give all agents work where there are as many connections', () =>
    fc.assert(
      fc.property(agents, (processes) => {
        const request = loadOf('http://x', { kind: 'closed', connections: processes.length })
        const seats = seatsOf(processes)
        const shares = seats.map((each) => sharesOf(splitLoad(request, each.of), each).length)
        expect(shares).toEqual(processes.map(() => 1))
      }),
    ))
})

describe('a load on several agents', () => {
  it('is what one agent with all of their processes would send: the same parts of the work, with the same seeds', () =>
    fc.assert(
      fc.property(agents, orders, fc.nat(20), (processes, order, load) => {
        const whole = splitLoad(loadOf('http://x', order), sumOf(processes), load)
        const shares = seatsOf(processes).flatMap((seats) =>
          sharesOf(splitLoad(loadOf('http://x', order), seats.of, load), seats),
        )
        expect(shares.sort((a, b) => a.part.index - b.part.index)).toEqual(whole)
      }),
    ))

  it('is on the first one where it is a batch', () => {
    const batch = loadOf('http://x', { kind: 'batch', tasks: 8, concurrency: 4, seed: 2 })
    const shares = seatsOf([2, 2]).map((seats) => sharesOf(splitLoad(batch, seats.of), seats).length)
    expect(shares).toEqual([1, 0])
  })
})

/** One request of a recorded load: when it was sent after the first cut, how long it took, and how it ended. */
const lives = fc.array(
  fc.record({
    process: fc.nat(7),
    sentMs: fc.double({ min: -500, max: 2500, noNaN: true }),
    lifeMs: fc.double({ min: 0.05, max: 900, noNaN: true }),
    how: fc.constantFrom('ok' as const, 'ok' as const, 'ok' as const, 'errorStatus' as const, 'timeouts' as const),
  }),
  { minLength: 1, maxLength: 400 },
)
type Lives = typeof lives extends fc.Arbitrary<infer Recorded> ? Recorded : never

const FROM_MS = 1000
const LENGTH_MS = 2000

/** What one process measured of these requests. */
function partOf(recorded: Lives): Part {
  const tally = new Tally(FROM_MS, FROM_MS + LENGTH_MS, false, false)
  for (const { sentMs, lifeMs, how } of recorded) {
    const sentAtMs = FROM_MS + sentMs
    if (tally.isOurs(sentAtMs)) tally.sent++
    tally.end(how, sentAtMs, sentAtMs, sentAtMs + lifeMs)
  }
  const answers = recorded.filter(({ how }) => how === 'ok').map(({ sentMs, lifeMs }) => 500 + sentMs + lifeMs)
  return {
    startedAtMs: FROM_MS,
    durationMs: LENGTH_MS,
    weighted: tally.weighted,
    account: tally.account(1),
    silentConnections: 0,
    censored: tally.censored,
    peaks: tally.peaksAbove(0),
    settledMs: 500,
    runOutMs: 100,
    answered: answers.length,
    firstMs: answers.sort((a, b) => a - b).slice(0, 1000),
    counts: tally.close(0, 0),
    errorsByKind: {},
    serviceTime: tally.serviceTime.distribution,
    responseTime: null,
    lateness: null,
    lateSends: 0,
    eventLoopUtilisation: 0.3,
    cpuSeconds: 0.1,
    picked: [],
    stream: null,
    batch: null,
  }
}

const NOTHING_WRONG = { checked: 0, wrong: 0, wrongSamples: [] }
const merged = (parts: readonly Part[]) =>
  mergeParts(loadOf('http://x', { kind: 'closed', connections: 8 }), parts, { settling: [], window: [] }, NOTHING_WRONG)
/** As it comes over the wire. */
const sent = <Value>(value: Value): Value => JSON.parse(JSON.stringify(value))

describe('a recorded load that is split over agents and merged', () => {
  const quantiles = ({ serviceTime }: LoadMeasurement) =>
    [0, 0.5, 0.9, 0.99, 0.999, 1].map((q) => histogramQuantile(decodeHistogram(serviceTime), q))

  it('has the same counts, weights, peaks and quantiles as on one process', () =>
    fc.assert(
      fc.property(lives, (recorded) => {
        const whole = merged([partOf(recorded)])
        const processes = [...Array(8).keys()].map((index) => recorded.filter(({ process }) => process === index))
        const split = merged(processes.map((own) => sent(partOf(own))))
        expect(split.counts).toEqual(whole.counts)
        expect(quantiles(split)).toEqual(quantiles(whole))
        expect(split.window?.peaks).toEqual(whole.window?.peaks)
        expect(split.window?.answered).toBe(whole.window?.answered)
        expect(split.window?.firstThousandMs).toBe(whole.window?.firstThousandMs)
        expect(split.window?.censored).toBe(whole.window?.censored)
        for (const how of ['ok', 'errorStatus', 'timeouts'] as const)
          expect(split.window?.weighted[how]).toBeCloseTo(whole.window?.weighted[how] ?? Number.NaN, 6)
        expect(split.serviceTime.meanUs ?? 0).toBeCloseTo(whole.serviceTime.meanUs ?? 0, 3)
      }),
    ))
})

describe('slices of several agents', () => {
  const part = (index: number, ok: number): SlicePart => ({
    phase: 'settling',
    ramping: false,
    index,
    atMs: index * 500,
    durationMs: 500,
    ok,
    failed: 0,
    p50Us: null,
    p99Us: null,
    meanUs: null,
    busy: 0.1,
    times: null,
  })

  it('are one when every process has told its part, and wait for one that is late', () => {
    const merger = new SliceMerger(2)
    expect(merger.take(part(1, 10))).toBeNull()
    expect(merger.take(part(2, 20))).toBeNull()
    expect(merger.take(part(1, 5))).toMatchObject({ atMs: 500, ok: 15 })
    expect(merger.take(part(2, 5))).toMatchObject({ atMs: 1000, ok: 25 })
    expect(merger.slices.settling.map(({ ok }) => ok)).toEqual([15, 25])
  })
})
