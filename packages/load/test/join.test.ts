/** Several load agents as one, with real processes and servers. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { LoadSlice, RequestLine } from '@bakeoff/model'
import type { Work } from '@bakeoff/runner/ports'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  expectArrivals,
  goOn,
  loadOf,
  measureFor,
  predictWork,
  type StartedAgents,
  signal,
  startAgents,
  stopAfter,
  unaccounted,
} from './helpers/agent.js'
import { startOrders } from './helpers/orders.js'
import { measured } from './helpers/retry.js'
import { type StartedServer, startServer } from './helpers/server.js'

let joined: StartedAgents
let server: StartedServer
beforeAll(async () => {
  joined = await startAgents([1, 2])
  server = await startServer()
  await joined.agent.prepare(predictWork, signal)
})
afterAll(async () => {
  await joined[Symbol.asyncDispose]()
  await server[Symbol.asyncDispose]()
})

/** How far the cuts of two agents may lie apart, on a machine with other work. */
const APART_MS = 10

/** How many requests come although the load should be over. */
async function stillSent(): Promise<number> {
  await sleep(200)
  const { requests } = await server.truth()
  await sleep(200)
  return (await server.truth()).requests - requests
}

describe('a load on two agents', () => {
  it('has every connection on one of them, and counts what both sent and what the server saw', async () => {
    const before = (await server.truth()).requests
    const measurement = await joined.agent.load(
      loadOf(server.origin, { kind: 'closed', connections: 9 }),
      stopAfter(800),
      signal,
    )
    const { counts, agent } = measurement
    expect(unaccounted(measurement)).toBe(0)
    expect((await server.truth()).requests - before).toBe(counts.sent)
    expect(agent.processes).toBe(3)
    expect(agent.each?.map(({ connections }) => connections)).toEqual([3, 6])
    expect(agent.each?.reduce((sum, { ok }) => sum + ok, 0)).toBe(counts.ok)
  })

  it('begins and is cut on both at one time', async () => {
    const measure = async () => ({
      measurement: await joined.agent.load(
        loadOf(server.origin, { kind: 'closed', connections: 6 }),
        measureFor(500),
        signal,
      ),
    })
    await measured(measure, {
      floor: ({ measurement: { durationMs, window, settling } }) => {
        expect(durationMs).toBe(500)
        expect(window?.account.connectionMs).toBeCloseTo(6 * 500, 3)
        expect(settling?.length).toBeGreaterThan(0)
      },
      judge: ({ measurement: { agent } }) => {
        expect(Math.max(...(agent.each ?? []).map(({ lateMs }) => lateMs))).toBeLessThan(APART_MS)
        for (const { clockErrorMs } of agent.each ?? []) expect(clockErrorMs).toBeLessThan(APART_MS)
      },
    })
  })

  it('asks once for a decision on each slice of both', async () => {
    const slices: LoadSlice[] = []
    const measurement = await joined.agent.load(
      loadOf(server.origin, { kind: 'closed', connections: 6 }),
      (slice) => {
        slices.push(slice)
        return stopAfter(500)(slice)
      },
      signal,
    )
    expect(slices.map(({ atMs }) => atMs)).toEqual(slices.map(({ atMs }) => atMs).toSorted((a, b) => a - b))
    expect(measurement.settling?.slice(0, slices.length)).toEqual(slices)
    const told = measurement.settling?.reduce((sum, { ok }) => sum + ok, 0) ?? 0
    expect(told).toBeGreaterThan(0)
    expect(told).toBeLessThanOrEqual(measurement.counts.ok)
  })

  it('sends as many arrivals as were asked for', async () => {
    const measurement = await joined.agent.load(
      loadOf(server.origin, { kind: 'open', perSecond: 200, connections: 12, arrivals: 'constant', seed: 3 }),
      measureFor(1000),
      signal,
    )
    expect(unaccounted(measurement)).toBe(0)
    expect(measurement.offeredPerSecond).toBe(200)
    expect(measurement.agent.each?.map(({ connections }) => connections)).toEqual([4, 8])
    expectArrivals(measurement, 200, 4)
  })

  it.each([
    { order: { kind: 'closed', connections: 1 } as const, decide: measureFor(300), because: 'has one connection' },
    { order: { kind: 'batch', tasks: 4, concurrency: 2, seed: 1 } as const, decide: goOn, because: 'is a batch' },
  ])('is on the first alone where it $because', async ({ order, decide }) => {
    const { agent, counts } = await joined.agent.load(loadOf(server.origin, order), decide, signal)
    expect(counts.ok + counts.wrong + counts.errorStatus).toBeGreaterThan(0)
    expect(agent.each?.map(({ connections }) => connections)).toEqual([1, 0])
  })

  it('is stopped on both by an error of a decision, which the caller gets', async () => {
    const decide = () => {
      throw new Error('a bug in a decision')
    }
    const loading = joined.agent.load(loadOf(server.origin, { kind: 'closed', connections: 6 }), decide, signal)
    await expect(loading).rejects.toThrow('a bug in a decision')
    expect(await stillSent()).toBe(0)
  })

  it('is stopped on both when its signal aborts', async () => {
    const aborted = AbortSignal.timeout(400)
    const loading = joined.agent.load(loadOf(server.origin, { kind: 'closed', connections: 6 }), goOn, aborted)
    await expect(loading).rejects.toMatchObject({ code: 'ABORTED' })
    expect(await stillSent()).toBe(0)
  })
})

it('fails a load when one agent is lost in it, says which one, and stops the other', async () => {
  await using two = await startAgents([1, 1])
  await two.agent.prepare(predictWork, signal)
  const loading = two.agent.load(loadOf(server.origin, { kind: 'closed', connections: 6 }), goOn, signal)
  setTimeout(() => two.processes[1]?.kill('SIGKILL'), 400)
  await expect(loading).rejects.toMatchObject({
    code: 'AGENT_FAILED',
    message: expect.stringContaining('the load agent on load-2 is gone'),
  })
  expect(await stillSent()).toBe(0)
})

describe('requests with values', () => {
  const CREATE: RequestLine = {
    name: 'create',
    method: 'POST',
    path: '/orders',
    headers: { 'content-type': 'application/json', authorization: '{{token}}' },
    body: '{"number":{{key}},"customer":"ada"}',
  }
  const work: Work = {
    ...predictWork,
    requests: [CREATE],
    golden: [{ status: 201, contentType: 'application/json', body: '{"customer":"ada"}', ignore: ['/id', '/madeAt'] }],
    state: {
      values: { key: { kind: 'counter', from: 1 }, token: { kind: 'captured', from: 'pool' } },
      traffic: null,
      before: [
        {
          name: 'login',
          method: 'POST',
          path: '/login',
          headers: {},
          body: null,
          capture: { token: '/token' },
        },
      ],
      after: [],
      secrets: {},
      countFrom: 0,
    },
  }

  it('have no number twice, and all that the first agent was given', async () => {
    await using service = await startOrders()
    await using two = await startAgents([1, 2])
    await two.agent.prepare(work, signal)
    expect(await two.agent.verify(service.origin, 2000, signal)).toMatchObject({ right: 1, differences: [] })
    const { counts, agent } = await two.agent.load(
      loadOf(service.origin, { kind: 'closed', connections: 6 }),
      stopAfter(500),
      signal,
    )
    for (const { ok } of agent.each ?? []) expect(ok).toBeGreaterThan(0)
    expect(counts).toMatchObject({ wrong: 0, errorStatus: 0 })
    expect(new Set(service.seen.numbers).size).toBe(service.seen.numbers.length)
    expect([...service.seen.tokens]).toEqual(['t-17'])
  })
})

describe('the way to a null server', () => {
  const answers: Record<string, Buffer> = { '/health': Buffer.alloc(0), '/bytes': Buffer.alloc(65_536, '.') }
  const nullServer = createServer((request, response) => {
    const body = answers[request.url ?? ''] ?? Buffer.alloc(0)
    response.writeHead(200, { 'content-length': body.length }).end(body)
  })
  let origin = ''
  beforeAll(async () => {
    await new Promise<void>((resolve) => nullServer.listen(0, '127.0.0.1', resolve))
    origin = `http://127.0.0.1:${(nullServer.address() as AddressInfo).port}`
  })
  afterAll(() => {
    nullServer.closeAllConnections()
    nullServer.close()
  })

  it('is the slowest round trip of the agents, and what all get at once', async () => {
    const { roundTripUs, bytesPerSecond } = await joined.agent.link(origin, signal)
    expect(roundTripUs).toBeGreaterThan(5)
    expect(roundTripUs).toBeLessThan(50_000)
    expect(bytesPerSecond).toBeGreaterThan(1e6)
  })

  it('is not known where nothing answers', async () => {
    expect(await joined.agent.link('http://127.0.0.1:9', signal)).toEqual({ roundTripUs: null, bytesPerSecond: null })
  })

  it('is no longer measured when its signal aborts', async () => {
    await expect(joined.agent.link(origin, AbortSignal.timeout(50))).rejects.toMatchObject({ code: 'ABORTED' })
  })
})
