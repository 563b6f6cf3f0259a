import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import type { LoadSlice, RequestLine } from '@bakeoff/model'
import { steadyMs } from '@bakeoff/runner/ports'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  expectArrivals,
  goOn,
  loadOf,
  measureFor,
  predictWork,
  type StartedAgent,
  signal,
  startAgent,
  stopAfter,
  unaccounted,
} from './helpers/agent.js'
import { measured } from './helpers/retry.js'
import { type StartedServer, startServer } from './helpers/server.js'

const HEALTH = { path: '/health', status: 200 }

let started: StartedAgent
let server: StartedServer
beforeAll(async () => {
  started = await startAgent()
  server = await startServer()
  await started.agent.prepare(predictWork, signal)
})
afterAll(async () => {
  await started[Symbol.asyncDispose]()
  await server[Symbol.asyncDispose]()
})
const closed = { kind: 'closed', connections: 4 } as const
/** Half the way of a question, of the quickest of several, on a machine with other work: so far the agent's clock may be off ours. */
const CLOCK_ERROR_MS = 5
const get = { method: 'GET', headers: {}, body: null, encoding: 'utf8', timeoutMs: 2000, abandonAfterMs: null } as const

describe('waiting until ready', () => {
  it('says when the first 200 came', async () => {
    const before = steadyMs()
    await using slow = await startServer({ FAULT: 'slow-start', START_MS: 400 })
    const { readyAtMs } = await started.agent.waitUntilReady(slow.origin, HEALTH, 5000, signal)
    expect(readyAtMs - before).toBeGreaterThanOrEqual(400 - CLOCK_ERROR_MS)
    expect(readyAtMs - steadyMs()).toBeLessThanOrEqual(CLOCK_ERROR_MS)
  })

  it('gives up in time and tells the last answer', async () => {
    await expect(
      started.agent.waitUntilReady(server.origin, { path: '/nope', status: 200 }, 100, signal),
    ).rejects.toMatchObject({
      code: 'NOT_READY',
      message: expect.stringContaining('did not answer 200 within 0.1 s; last: status 404'),
    })
    await expect(started.agent.waitUntilReady('http://127.0.0.1:9', HEALTH, 100, signal)).rejects.toMatchObject({
      message: expect.stringContaining('last: ECONNREFUSED'),
    })
  })

  it('waits for another status where the target answers that', async () => {
    const health = { path: '/nope', status: 404 }
    await started.agent.waitUntilReady(server.origin, health, 5000, signal)
  })

  it('stops when it is aborted', async () => {
    const aborted = AbortSignal.timeout(100)
    await expect(started.agent.waitUntilReady('http://127.0.0.1:9', HEALTH, 60_000, aborted)).rejects.toMatchObject({
      code: 'ABORTED',
    })
  })
})

describe('fetching', () => {
  it('sends method, headers and bytes as they are', async () => {
    const body = Buffer.from([0xff, 0xfe, 0x00, 0x41])
    const fetched = await started.agent
      .fetch(
        {
          ...get,
          origin: server.origin,
          method: 'POST',
          path: '/echo?a=%zz b',
          headers: { 'content-type': 'application/octet-stream', 'X-Case': 'yes' },
          body: body.toString('base64'),
          encoding: 'base64',
        },
        signal,
      )
      .catch((error) => error)
    // A blank in a path is not sent: it would be another request.
    expect(fetched).toMatchObject({ message: expect.stringContaining('unescaped characters') })
    const sent = await started.agent.fetch(
      {
        ...get,
        origin: server.origin,
        method: 'POST',
        path: '/echo?a=%zz',
        headers: { 'X-Case': 'yes' },
        body: body.toString('base64'),
        encoding: 'base64',
      },
      signal,
    )
    expect(sent).toMatchObject({ status: 200, error: null, bodyTruncated: false })
    expect(JSON.parse(sent.body)).toMatchObject({
      method: 'POST',
      url: '/echo?a=%zz',
      body: body.toString('base64'),
      headers: { 'x-case': 'yes', 'content-length': '4' },
    })
  })

  it.each([
    { path: '/no-such-path', fault: 'none', over: {}, expected: { status: 404, body: 'not found', error: null } },
    { path: '/predict', fault: 'reset', over: {}, expected: { status: null, error: 'ECONNRESET' } },
    { path: '/predict', fault: 'fin', over: {}, expected: { status: null, error: 'ECONNRESET' } },
    {
      path: '/predict',
      fault: 'truncated',
      over: {},
      expected: { status: 200, error: 'ECONNRESET', body: 'Predictio' },
    },
    {
      path: '/predict',
      fault: 'endless',
      over: { timeoutMs: 800 },
      expected: { status: 200, error: 'no complete answer within 800 ms' },
    },
    {
      path: '/predict',
      fault: 'endless',
      over: { abandonAfterMs: 700 },
      expected: { status: 200, error: 'abandoned after 700 ms' },
    },
    {
      path: '/predict',
      fault: 'interim',
      over: {},
      expected: { status: 200, error: null, body: 'Prediction: Iris-Setosa' },
    },
  ])('tells what came of $fault $path $over', async ({ path, fault, over, expected }) => {
    await using odd = await startServer({ FAULT: fault, EVERY: 1 })
    expect(await started.agent.fetch({ ...get, origin: odd.origin, path, ...over }, signal)).toMatchObject(expected)
  })
})

describe('verifying', () => {
  const requests: RequestLine[] = Array.from({ length: 40 }, (_, index) => ({
    ...(predictWork.requests[0] as RequestLine),
    path: `/predict?n=${index}`,
  }))
  const work = {
    ...predictWork,
    requests,
    golden: requests.map(() => predictWork.golden[0] as (typeof predictWork.golden)[0]),
  }

  it('asks every request once', async () => {
    await using counting = await startServer()
    await started.agent.prepare(work, signal)
    expect(await started.agent.verify(counting.origin, 1000, signal)).toEqual({ total: 40, right: 40, differences: [] })
    expect((await counting.truth()).requests).toBe(40)
  })

  it('shows the first wrong answers with both sides', async () => {
    await using wrong = await startServer({ FAULT: 'wrong', EVERY: 2 })
    await started.agent.prepare(work, signal)
    const { total, right, differences } = await started.agent.verify(wrong.origin, 1000, signal)
    expect({ total, right }).toEqual({ total: 40, right: 20 })
    expect(differences).toHaveLength(5)
    expect(differences[0]).toMatchObject({
      request: expect.stringMatching(/^GET \/predict\?n=\d+ \(request \d+\)$/),
      expected: 'Prediction: Iris-Setosa',
      actual: 'Prediction: Iris-Virginica',
      difference: expect.stringContaining('at character 17'),
    })
  })

  it('does not wait for every request of a dead target', async () => {
    await started.agent.prepare(work, signal)
    const { total, right, differences } = await started.agent.verify('http://127.0.0.1:9', 1000, signal)
    expect({ total, right }).toEqual({ total: 40, right: 0 })
    expect(differences[0]).toMatchObject({ actual: 'ECONNREFUSED', difference: 'no answer: ECONNREFUSED' })
  })

  it('refuses work whose golden answers do not fit', async () => {
    await expect(started.agent.prepare({ ...predictWork, golden: [] }, signal)).rejects.toMatchObject({
      code: 'BAD_SPEC',
    })
    await started.agent.prepare(predictWork, signal)
  })
})

describe('checking answers under load', () => {
  it('finds one wrong answer in 500 when all are sampled, and counts it exactly', async () => {
    await using wrong = await startServer({ FAULT: 'wrong', EVERY: 500 })
    const { counts, wrongSamples } = await started.agent.load(
      loadOf(wrong.origin, closed, { sampleEvery: 1 }),
      measureFor(1500),
      signal,
    )
    expect(counts.checked).toBe(counts.ok + counts.wrong)
    expect(counts.wrong).toBeGreaterThanOrEqual(Math.floor((counts.ok + counts.wrong) / 500))
    // The window begins anywhere between two of them.
    expect(counts.wrong).toBeLessThanOrEqual(Math.ceil(counts.sent / 500))
    expect(wrongSamples[0]).toMatchObject({ requestIndex: 0, actual: 'Prediction: Iris-Virginica' })
  })

  it('samples about as many as asked, or a thousand a second where that is more', async () => {
    const { counts, durationMs } = await started.agent.load(
      loadOf(server.origin, closed, { sampleEvery: 16 }),
      measureFor(1000),
      signal,
    )
    expect(counts.checked).toBeGreaterThan(counts.ok / 32)
    expect(counts.checked).toBeLessThan(counts.ok / 8 + 1.5 * durationMs)
    expect(counts.wrong).toBe(0)
  })

  it('cycles through the whole work, judges each by its own golden answer, and writes bodies in full', async () => {
    const requests: RequestLine[] = [
      { method: 'GET', path: '/predict', headers: {}, body: null },
      { method: 'GET', path: '/missing', headers: {}, body: null },
      {
        method: 'POST',
        path: '/batch',
        headers: { 'content-type': 'application/json', 'content-length': '1' },
        body: '{"tasks":1,"concurrency":1,"x":"é"}',
      },
      { method: 'HEAD', path: '/health', headers: {}, body: null },
      { method: 'POST', path: '/missing', headers: {}, body: '' },
    ]
    const golden = [
      { status: 200, contentType: 'text/plain', body: 'Prediction: Iris-Setosa' },
      { status: 404, contentType: 'text/plain', body: 'not found' },
      {
        status: 200,
        contentType: 'application/json',
        body: '{"tasks":1,"ok":1,"failed":0,"digest":"97e82e7b0bd6b1cd3c5b7fd0fe3fd6b1d9ac8e2bb0d5f6f5ff5a6a2b5dd3b1d6"}',
      },
      { status: 200, contentType: 'text/plain', body: '' },
      { status: 404, contentType: 'text/plain', body: 'not found' },
    ]
    await started.agent.prepare({ ...predictWork, requests, golden }, signal)
    const { counts, wrongSamples } = await started.agent.load(
      loadOf(server.origin, closed, { sampleEvery: 1 }),
      measureFor(1000),
      signal,
    )
    await started.agent.prepare(predictWork, signal)
    expect(counts.errorStatus).toBe(0)
    expect(counts.lost).toBe(0)
    // Only the digest that was made up is wrong: a fifth of all.
    expect(new Set(wrongSamples.map(({ requestIndex }) => requestIndex))).toEqual(new Set([2]))
    expect(Math.abs(counts.wrong - counts.checked / 5)).toBeLessThanOrEqual(5)
  })
})

describe('a load', () => {
  it('has a window as long as asked, with slices that cover it', async () => {
    const run = async () => {
      const told: LoadSlice[] = []
      const decide = measureFor(1200)
      const measurement = await started.agent.load(
        loadOf(server.origin, closed, { sliceMs: 250 }),
        (slice) => {
          told.push(slice)
          return decide(slice)
        },
        signal,
      )
      return { told, measurement }
    }
    await measured(run, {
      floor: ({ told, measurement: { durationMs, windows, settling, counts } }) => {
        expect(durationMs).toBeCloseTo(1200, 6)
        expect(told).toEqual([...(settling ?? []), ...windows])
        expect(counts.ok).toBeGreaterThan(0)
      },
      // 250, 500, 750, 1000, and the last one takes the rest. A process that is stopped for long has fewer, and leaves out
      // what is too short to be one.
      judge: ({ measurement: { durationMs, windows, counts } }) => {
        expect(windows).toHaveLength(5)
        // The last one ends when the process gets to it.
        expect(windows.reduce((sum, window) => sum + window.durationMs, 0) - durationMs).toBeLessThan(20)
        // Slices count what ended in them, the window what was sent in it: apart by what was under way at its cuts.
        expect(Math.abs(windows.reduce((sum, { ok }) => sum + ok, 0) - counts.ok)).toBeLessThan(counts.ok * 0.05 + 8)
      },
    })
  })

  it('tells what a closed load has, and null for what only others have', async () => {
    const measured = await started.agent.load(loadOf(server.origin, closed), measureFor(1000), signal)
    expect(measured.agent).toMatchObject({ processes: 1 })
    expect(measured.agent.cpuSeconds).toBeGreaterThan(0)
    expect(measured.agent.eventLoopUtilisation).toBeGreaterThan(0)
    expect(measured.agent.eventLoopUtilisation).toBeLessThanOrEqual(1)
    expect(measured).toMatchObject({
      responseTime: null,
      lateness: null,
      lateShare: null,
      offeredPerSecond: null,
      stream: null,
      batch: null,
    })
    expect(measured.serviceTime.count).toBe(measured.counts.ok)
  })

  it('without a window runs until it is stopped, and is complete', async () => {
    let seen = 0
    const measured = await started.agent.load(
      loadOf(server.origin, closed, { sliceMs: 200 }),
      () => ({ kind: ++seen < 3 ? 'go-on' : 'stop' }),
      signal,
    )
    expect(seen).toBe(3)
    expect(measured.settling?.length).toBeGreaterThanOrEqual(3)
    expect(measured.windows).toEqual([])
    expect(unaccounted(measured)).toBe(0)
    expect(measured.counts.ok).toBeGreaterThan(0)
  })

  it('goes on by slices after its processes stood still for longer than one', async () => {
    let heard = 0
    const measuring = started.agent.load(
      loadOf(server.origin, closed),
      () => {
        heard++
        if (heard === 2) void stall(250)
        return { kind: heard < 8 ? 'go-on' : 'stop' }
      },
      signal,
    )
    const { settling } = await measuring
    expect(settling?.length).toBeGreaterThanOrEqual(8)
    // None is a sliver, and one is as long as they stood still.
    const lengths = settling?.map(({ durationMs }) => durationMs) ?? []
    expect(Math.min(...lengths.slice(0, -1))).toBeGreaterThan(45)
    expect(Math.max(...lengths)).toBeGreaterThan(200)
  })

  it('rejects with ABORTED when it is aborted, and the agent can do the next one', async () => {
    const request = loadOf(server.origin, closed)
    await expect(started.agent.load(request, goOn, AbortSignal.timeout(300))).rejects.toMatchObject({
      code: 'ABORTED',
    })
    await expect(started.agent.load(request, goOn, AbortSignal.abort())).rejects.toMatchObject({
      code: 'ABORTED',
    })
    const next = await started.agent.load(loadOf(server.origin, closed), measureFor(300), signal)
    expect(next.counts.ok).toBeGreaterThan(0)
  })

  it('of a batch lasts as long as its one request', async () => {
    const order = { kind: 'batch', tasks: 100, concurrency: 10, seed: 4 } as const
    const measured = await started.agent.load(loadOf(server.origin, order), goOn, signal)
    expect(measured.counts).toMatchObject({ sent: 1, ok: 1, checked: 1, wrong: 0, inFlight: 0 })
    expect(measured.batch).toMatchObject({
      tasks: 100,
      concurrency: 10,
      ok: 100,
      failed: 0,
      digest: expect.stringMatching(/^[0-9a-f]{64}$/),
    })
    // Ten rounds of 5 ms.
    expect(measured.batch?.wallMs).toBeGreaterThanOrEqual(50)
    expect(measured.durationMs).toBeGreaterThanOrEqual(measured.batch?.wallMs ?? Number.NaN)
  })

  it('of a batch has as many tasks as the target says that it did, not as many as were asked for', async () => {
    await using lazy = await startServer({ TASKS_DONE: 7 })
    const order = { kind: 'batch', tasks: 10, concurrency: 1, seed: 4 } as const
    const measured = await started.agent.load(loadOf(lazy.origin, order), goOn, signal)
    expect(measured.batch).toMatchObject({ tasks: 7, ok: 7 })
  })

  it('of a batch that the target cannot do has no counts', async () => {
    await using silent = await startServer({ TASK_MS: 10_000 })
    const order = { kind: 'batch', tasks: 10, concurrency: 1, seed: 4 } as const
    const measured = await started.agent.load(loadOf(silent.origin, order, { requestTimeoutMs: 200 }), goOn, signal)
    expect(measured.counts).toMatchObject({ sent: 1, ok: 0, timeouts: 1 })
    expect(measured.batch).toBeNull()
  })
})

describe('two processes', () => {
  it('share connections, and their counts, times and windows are one', async () => {
    await using two = await startAgent(2)
    await two.agent.prepare(predictWork, signal)
    for (const order of [
      { kind: 'closed', connections: 5 } as const,
      { kind: 'open', perSecond: 500, connections: 5, arrivals: 'constant', seed: 1 } as const,
    ]) {
      await using counting = await startServer()
      const measured = await two.agent.load(
        loadOf(counting.origin, order, { sliceMs: 250, sampleEvery: 1 }),
        measureFor(1000),
        signal,
      )
      expect(unaccounted(measured)).toBe(0)
      expect(measured.agent.processes).toBe(2)
      expect(measured.serviceTime.count).toBe(measured.counts.ok)
      expect(measured.counts.checked).toBe(measured.counts.ok)
      expect(measured.windows.length).toBeGreaterThanOrEqual(2)
      for (const { ok, p50Us, p99Us } of measured.windows) {
        // A window in which nothing was answered has no times; one on a busy machine may be such.
        if (ok === 0) expect({ p50Us, p99Us }).toEqual({ p50Us: null, p99Us: null })
        else expect(p99Us).toBeGreaterThanOrEqual(p50Us ?? Number.POSITIVE_INFINITY)
      }
      expect((await counting.truth()).requests).toBeGreaterThan(measured.counts.sent)
      if (order.kind === 'open') expectArrivals(measured, 500)
    }
    const one = await two.agent.load(loadOf(server.origin, { kind: 'closed', connections: 1 }), stopAfter(300), signal)
    expect(one.agent.processes).toBe(1)
  })
})

describe('an agent that ends', () => {
  it('fails what was asked and everything after it', async () => {
    await using dying = await startAgent()
    await dying.agent.prepare(predictWork, signal)
    const loading = dying.agent.load(
      loadOf(server.origin, closed),
      () => {
        dying.process.kill('SIGKILL')
        return { kind: 'go-on' }
      },
      signal,
    )
    await expect(loading).rejects.toMatchObject({ code: 'AGENT_FAILED' })
    await expect(dying.agent.fetch({ ...get, origin: server.origin, path: '/predict' }, signal)).rejects.toMatchObject({
      code: 'AGENT_FAILED',
    })
  })

  it('leaves when it is disposed of', async () => {
    const leaving = await startAgent()
    const exit = once(leaving.process, 'exit')
    await leaving.agent[Symbol.asyncDispose]()
    expect(await exit).toEqual([0, null])
  })

  it('leaves when its client goes away', async () => {
    const orphan = await startAgent()
    const exit = once(orphan.process, 'exit')
    orphan.process.stdin?.end()
    expect(await exit).toEqual([0, null])
  })
})

/** Stops the load processes of the agent for a while, as a machine does that has other work. */
async function stall(ms: number): Promise<void> {
  const { pid } = started.process
  const workers = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').map(Number)
  for (const worker of workers) process.kill(worker, 'SIGSTOP')
  await setTimeout(ms)
  for (const worker of workers) process.kill(worker, 'SIGCONT')
}
