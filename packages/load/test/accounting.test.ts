import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  expectArrivals,
  loadOf,
  predictWork,
  type StartedAgent,
  signal,
  startAgent,
  stopAfter,
  unaccounted,
} from './helpers/agent.js'
import { startServer } from './helpers/server.js'

let started: StartedAgent
beforeAll(async () => {
  started = await startAgent()
  await started.agent.prepare(predictWork, signal)
})
afterAll(() => started[Symbol.asyncDispose]())

const closed = { kind: 'closed', connections: 8 } as const
const open = { kind: 'open', perSecond: 400, connections: 16, arrivals: 'exponential', seed: 5 } as const

/** How the answers of each server must be counted, under a closed and under an open load alike. */
const servers = [
  { fault: 'none', ends: ['ok'], kinds: [] },
  { fault: 'close', ends: ['ok'], kinds: [] },
  { fault: 'unsized', ends: ['ok'], kinds: [] },
  { fault: 'interim', ends: ['ok'], kinds: [] },
  { fault: 'varied', ends: ['ok'], kinds: [] },
  { fault: 'chunked', ends: ['ok'], kinds: [] },
  { fault: 'fin', ends: ['ok', 'lost'], kinds: ['FIN without answer'] },
  { fault: 'reset', ends: ['ok', 'lost'], kinds: ['ECONNRESET'] },
  { fault: 'truncated', ends: ['ok', 'lost'], kinds: ['truncated answer'] },
  { fault: 'garbage', ends: ['ok', 'lost'], kinds: ['malformed answer'] },
  { fault: 'surplus', ends: ['ok'], kinds: ['bytes that answer nothing'] },
  { fault: 'errors', ends: ['ok', 'errorStatus'], kinds: ['HTTP 500'] },
  { fault: 'silent', ends: ['ok', 'timeouts'], kinds: ['timeout'] },
  { fault: 'endless', ends: ['timeouts'], kinds: ['timeout'] },
] as const
const waysToEnd = ['ok', 'wrong', 'errorStatus', 'timeouts', 'lost'] as const

describe.each([
  { name: 'closed', order: closed },
  { name: 'open', order: open },
])('under a $name load every request is accounted for', ({ order }) => {
  it.each(servers)('$fault: $ends', async ({ fault, ends, kinds }) => {
    await using server = await startServer({ FAULT: fault })
    const measured = await started.agent.load(
      loadOf(server.origin, order, {
        // Short only where it must pass: a busy machine may well stop a server for 100 ms.
        requestTimeoutMs: (ends as readonly string[]).includes('timeouts') ? 100 : 5000,
      }),
      stopAfter(700),
      AbortSignal.timeout(60_000), // a load that does not end says so, and not only that the test took too long
    )
    expect(unaccounted(measured)).toBe(0)
    expect(waysToEnd.filter((way) => measured.counts[way] > 0)).toEqual(ends)
    expect(Object.keys(measured.errorsByKind)).toEqual(kinds)
    expect(measured.counts.connectErrors).toBe(0)
    // What the server saw is what was sent.
    const { requests } = await server.truth()
    expect(requests).toBe(measured.counts.sent)
  })
})

it('counts one answer in ten as lost when the server drops one in ten', async () => {
  await using server = await startServer({ FAULT: 'fin' })
  const { counts } = await started.agent.load(loadOf(server.origin, closed), stopAfter(1000), signal)
  const { requests } = await server.truth()
  const dropped = Math.floor(requests / 10)
  // One that is dropped while the load ends is under way for the agent.
  expect(counts.lost).toBeLessThanOrEqual(dropped)
  expect(counts.lost + counts.inFlight).toBeGreaterThanOrEqual(dropped)
})

it('does not let a server that closes every connection look slow', async () => {
  await using server = await startServer({ FAULT: 'close' })
  const { counts, settling } = await started.agent.load(loadOf(server.origin, closed), stopAfter(1000), signal)
  expect(counts.ok).toBeGreaterThan(100)
  // autocannon alone reports half a second here.
  expect(settling?.[0]?.p50Us).toBeLessThan(50_000)
})

it('counts the time of requests that timed out, so that not answering does not look fast', async () => {
  await using server = await startServer({ FAULT: 'silent', EVERY: 2 })
  const { serviceTime, counts } = await started.agent.load(
    loadOf(server.origin, closed, { requestTimeoutMs: 100 }),
    stopAfter(1000),
    signal,
  )
  expect(serviceTime.count).toBe(counts.ok + counts.timeouts + counts.inFlight)
  expect(serviceTime.maxUs).toBeGreaterThanOrEqual(100_000)
})

it('counts what cannot connect apart, with pauses, when the server dies', async () => {
  await using server = await startServer({ FAULT: 'die', DIE_AFTER: 300 })
  const measured = await started.agent.load(loadOf(server.origin, closed), stopAfter(1500), signal)
  expect(unaccounted(measured)).toBe(0)
  expect(measured.counts.sent).toBeGreaterThanOrEqual(300)
  expect(measured.counts.ok).toBeLessThanOrEqual(300)
  expect(measured.counts.connectErrors).toBeGreaterThan(0)
  // 8 connections, 20 ms apart: some 600 tries in 1.5 s, where autocannon makes thousands.
  expect(measured.counts.connectErrors).toBeLessThanOrEqual(8 * (measured.durationMs / 20 + 1))
  // Each has its kind. A connection that waited for the server to take it when it died is reset instead of refused.
  const kinds = Object.entries(measured.errorsByKind).filter(([kind]) => kind.startsWith('connect '))
  expect(kinds.reduce((sum, [, count]) => sum + count, 0)).toBe(measured.counts.connectErrors)
  expect(measured.errorsByKind['connect ECONNREFUSED']).toBeGreaterThan(0.9 * measured.counts.connectErrors)
})

it('sends nothing where nobody listens', async () => {
  const measured = await started.agent.load(loadOf('http://127.0.0.1:9', closed), stopAfter(300), signal)
  expect(measured.counts).toMatchObject({ sent: 0, ok: 0, inFlight: 0 })
  expect(measured.counts.connectErrors).toBeGreaterThan(0)
  expect(measured.serviceTime).toMatchObject({ count: 0, minUs: null, maxUs: null, meanUs: null })
})

it('counts arrivals that found no free connection as unsent', async () => {
  await using server = await startServer({ FAULT: 'delay', DELAY_MS: 100, SLOW_SHARE: 0 })
  const measured = await started.agent.load(
    loadOf(server.origin, { kind: 'open', perSecond: 200, connections: 2, arrivals: 'constant', seed: 1 }),
    stopAfter(1000),
    signal,
  )
  expect(unaccounted(measured)).toBe(0)
  expectArrivals(measured, 200)
  const { sent, inFlight } = measured.counts
  // Two connections serve 20 a second at most.
  expect(sent).toBeLessThanOrEqual(2 * (measured.durationMs / 100 + 1))
  expect(inFlight).toBe(2)
  // Waiting for a connection is response time and no lateness of ours.
  expect(measured.lateness?.count).toBeLessThanOrEqual(4)
  expect(measured.responseTime?.maxUs).toBeGreaterThan(500_000)
  expect(measured.serviceTime.maxUs).toBeLessThan(measured.responseTime?.maxUs ?? 0)
})
