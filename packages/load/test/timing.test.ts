import { afterAll, beforeAll, expect, it } from 'vitest'
import { loadOf, predictWork, type StartedAgent, signal, startAgent } from './helpers/agent.js'
import { holdsWithin } from './helpers/retry.js'
import { startServer, type Truth } from './helpers/server.js'
import { percentilesMs } from './helpers/times.js'

let started: StartedAgent
beforeAll(async () => {
  started = await startAgent()
  await started.agent.prepare(predictWork, signal)
})
afterAll(() => started[Symbol.asyncDispose]())

const load = (...args: Parameters<typeof loadOf>) => started.agent.load(loadOf(...args), () => true, signal)

/**
 * Within 5 %, and 0.3 ms for the way there and back. A machine with other work stops the agent as it stops the server: by
 * how much the server missed its own delays, several times, the agent may be off too.
 */
const near = (measuredMs: number, trueMs: number, { lateP90Ms }: Truth) => {
  expect(measuredMs).toBeGreaterThanOrEqual(trueMs * 0.95)
  expect(measuredMs).toBeLessThanOrEqual(trueMs * 1.05 + 0.3 + 4 * lateP90Ms)
}

it.each([
  { name: 'closed', order: { kind: 'closed', connections: 8 } as const },
  { name: 'open', order: { kind: 'open', perSecond: 500, connections: 32, arrivals: 'exponential', seed: 3 } as const },
])('finds the delays that the server really had under a $name load', async ({ order }) => {
  await using server = await startServer({ FAULT: 'delay', DELAY_MS: 2, SLOW_SHARE: 0.02, SLOW_MS: 50 })
  await holdsWithin(5, async () => {
    await server.forget()
    const { serviceTime } = await load(server.origin, order, { durationMs: 2000 })
    const measured = percentilesMs(serviceTime)
    const truth = await server.truth()
    near(measured.p50, truth.p50Ms, truth)
    near(measured.p90, truth.p90Ms, truth)
    near(measured.p99, truth.p99Ms, truth)
    expect(measured.p99).toBeGreaterThan(49)
  })
})

it('says 200 ms of a server that always takes 200 ms', async () => {
  await using server = await startServer({ FAULT: 'delay', DELAY_MS: 200, SLOW_SHARE: 0 })
  await holdsWithin(5, async () => {
    const { serviceTime } = await load(server.origin, { kind: 'closed', connections: 16 }, { durationMs: 1500 })
    // autocannon with its correction for coordinated omission said 102.
    near(percentilesMs(serviceTime).p50, 200, await server.truth())
  })
})

it('does not say 0 of a server that takes 0.3 ms', async () => {
  await using server = await startServer({ FAULT: 'busy', BUSY_US: 300 })
  const { serviceTime } = await load(server.origin, { kind: 'closed', connections: 1 })
  expect(serviceTime.minUs).toBeGreaterThanOrEqual(300)
  await holdsWithin(5, async () => {
    const { p50 } = percentilesMs((await load(server.origin, { kind: 'closed', connections: 1 })).serviceTime)
    expect(p50).toBeGreaterThanOrEqual(0.3)
    expect(p50).toBeLessThan(0.8)
  })
})

it('shows a stall of one second in the p99 of an open load', async () => {
  await using server = await startServer({ FAULT: 'stall', STALL_AFTER_MS: 2000, STALL_MS: 1000 })
  const measured = await load(
    server.origin,
    { kind: 'open', perSecond: 1000, connections: 50, arrivals: 'constant', seed: 1 },
    { durationMs: 10_000 },
  )
  // A tenth of all arrivals falls into the stall: true p99 is 900 ms of response time …
  const { p50, p99, max } = percentilesMs(measured.responseTime)
  expect(p99).toBeGreaterThanOrEqual(850)
  expect(max).toBeGreaterThanOrEqual(950)
  expect(p50).toBeLessThan(50)
  // … while only 50 requests were sent into it, which is all that a closed load would have seen.
  expect(percentilesMs(measured.serviceTime).p99).toBeLessThan(850)
})

it('offers the rate that it was asked for', async () => {
  await using server = await startServer()
  for (const arrivals of ['constant', 'exponential'] as const) {
    const { counts, offeredPerSecond } = await load(
      server.origin,
      { kind: 'open', perSecond: 1000, connections: 32, arrivals, seed: 11 },
      { durationMs: 3000 },
    )
    expect(offeredPerSecond).toBe(1000)
    // 3000 arrivals; Poisson: standard deviation 55, so five of them on either side.
    expect(Math.abs(counts.sent + counts.unsent - 3000)).toBeLessThanOrEqual(arrivals === 'constant' ? 30 : 275)
  }
})

it('sends at its time while a connection is free', async () => {
  await using server = await startServer()
  const order = { kind: 'open', perSecond: 500, connections: 32, arrivals: 'exponential', seed: 2 } as const
  await load(server.origin, order) // its processes warm up
  await holdsWithin(5, async () => {
    const { lateness, lateShare, counts } = await load(server.origin, order, { durationMs: 2000 })
    expect(lateness?.count).toBeGreaterThan(counts.sent * 0.9)
    // A scheduler on Node's timers has 0.6.
    expect(percentilesMs(lateness).p50).toBeLessThan(0.2)
    expect(lateShare).toBeLessThan(0.05)
  })
})

it('finds first-byte and inter-chunk times of a stream', async () => {
  await using server = await startServer({ FAULT: 'stream', FIRST_MS: 40, GAP_MS: 10, CHUNKS: 10 })
  const events = Array.from({ length: 10 }, (_, index) => `data: ${index + 1}\n\n`).join('')
  await started.agent.prepare(
    { ...predictWork, golden: [{ status: 200, contentType: 'text/event-stream', body: events }] },
    signal,
  )
  try {
    await holdsWithin(5, async () => {
      const { stream, counts, serviceTime } = await load(
        server.origin,
        { kind: 'closed', connections: 4 },
        { durationMs: 2000, stream: true, sampleEvery: 2 },
      )
      expect(counts.wrong).toBe(0)
      expect(counts.checked).toBeGreaterThan(0)
      const truth = await server.truth()
      near(percentilesMs(stream?.firstByte ?? null).p50, 40, truth)
      near(percentilesMs(stream?.interChunk ?? null).p50, 10, truth)
      near(percentilesMs(serviceTime).p50, 40 + 9 * 10, truth)
      // Those under way at the end may have begun.
      expect(stream?.chunks).toBeGreaterThanOrEqual(10 * counts.ok)
      expect(stream?.chunks).toBeLessThanOrEqual(10 * (counts.ok + counts.inFlight))
    })
  } finally {
    await started.agent.prepare(predictWork, signal)
  }
})
