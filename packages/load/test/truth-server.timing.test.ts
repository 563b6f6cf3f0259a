import { Agent, type IncomingMessage, request } from 'node:http'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { type Behaviour, monotonicMs, startTruthServer, type TruthServer } from './helpers/truth.js'

/** A client of so many connections, on plain node:http. */
function clientOf({ origin }: TruthServer, connections: number) {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  const ask = (path = '/predict', body: string | null = null) =>
    new Promise<{ text: string; tookMs: number; endedMs: number }>((resolve, reject) => {
      const beganMs = monotonicMs()
      const headers = body === null ? {} : { 'content-length': Buffer.byteLength(body) }
      const sent = request(
        `${origin}${path}`,
        { agent, method: body === null ? 'GET' : 'POST', headers },
        (response: IncomingMessage) => {
          let text = ''
          response.setEncoding('utf8').on('data', (chunk) => (text += chunk))
          response.on('end', () => {
            const endedMs = monotonicMs()
            resolve({ text, tookMs: endedMs - beganMs, endedMs })
          })
        },
      )
      sent.on('error', reject)
      sent.end(body)
    })
  return { ask, close: () => agent.destroy() }
}
type Ask = ReturnType<typeof clientOf>['ask']

async function withServer(settings: Parameters<typeof startTruthServer>[0], connections: number, use: Use) {
  await using server = await startTruthServer(settings)
  const client = clientOf(server, connections)
  try {
    await use(server, client.ask)
  } finally {
    client.close()
  }
}
type Use = (server: TruthServer, ask: Ask) => Promise<void>

const inTurn = async (count: number, ask: () => Promise<unknown>) => {
  for (let i = 0; i < count; i++) await ask()
}
const together = <T>(count: number, ask: () => Promise<T>) => Promise.all(Array.from({ length: count }, () => ask()))
/** Requests on every connection, each sent when the last was answered, until then. */
const closedLoad = (connections: number, ask: () => Promise<unknown>, untilMs: number) =>
  together(connections, async () => {
    while (monotonicMs() < untilMs) await ask()
  })

describe('what it does', () => {
  it.each([300, 2000, 20_000])('answers after %i µs, and records what it took', async (delayUs) => {
    await withServer({ behaviour: 'constant', delayUs }, 1, async (server, ask) => {
      await ask() // connects
      await server.forget()
      const took: number[] = []
      await inTurn(20, async () => took.push((await ask()).tookMs))
      const truth = await server.truth()
      expect(truth).toMatchObject({ requests: 20, answered: 20, inFlight: 0, arrived: 20, completed: 20, gone: 0 })
      expect(truth.weighted).toBeCloseTo(20)
      expect(truth.p50Ms).toBeGreaterThanOrEqual(delayUs / 1000)
      // What lies between is the kernel's lateness, and nothing else.
      expect(truth.p50Ms).toBeLessThanOrEqual(delayUs / 1000 + truth.lateP99Ms!)
      took.sort((a, b) => a - b)
      expect(took[9]).toBeGreaterThan(truth.p50Ms!)
      expect(took[19]).toBeGreaterThan(truth.maxMs! * 0.99)
    })
  })

  it('is slower every n-th time', async () => {
    await withServer(
      { behaviour: 'sometimes', delayUs: 300, slowEvery: 10, slowUs: 40_000 },
      1,
      async (server, ask) => {
        await inTurn(40, ask)
        const { p50Ms, p99Ms, meanMs } = await server.truth()
        expect(p50Ms).toBeLessThan(40)
        expect(p99Ms).toBeGreaterThanOrEqual(40)
        expect(meanMs).toBeGreaterThanOrEqual((36 * 0.3 + 4 * 40) / 40)
      },
    )
  })

  it('answers all that wait at one instant', async () => {
    await withServer({ behaviour: 'wave', periodUs: 300_000 }, 8, async (_server, ask) => {
      await ask() // the next wave is far away now
      const answers = await Promise.all([0, 30, 60, 90].map((afterMs) => sleep(afterMs).then(() => ask())))
      const ends = answers.map(({ endedMs }) => endedMs)
      expect(new Set(ends.map((endedMs) => Math.floor(endedMs / 300))).size).toBe(1)
      expect(Math.min(...answers.map(({ tookMs }) => tookMs))).toBeLessThan(
        Math.max(...answers.map(({ tookMs }) => tookMs)) - 60,
      )
    })
  })

  it('never answers the first connections that ask', async () => {
    await withServer({ behaviour: 'starve', delayUs: 300, starved: 2 }, 6, async (server, ask) => {
      const asked = together(6, ask).catch(() => {})
      for (let tries = 0; (await server.truth()).answered < 4 && tries < 100; tries++) await sleep(10)
      await sleep(50)
      const truth = await server.truth()
      expect(truth).toMatchObject({ requests: 6, answered: 4, inFlight: 2, unended: 2, p50Ms: expect.any(Number) })
      // The slowest third has no end, so there is no p90 to tell.
      expect(truth.p90Ms).toBe(null)
      await server[Symbol.asyncDispose]()
      await asked
    })
  })

  const after = (from: number, to: number) => ({ from, to })
  it.each([
    {
      settings: { behaviour: 'ramp', delayUs: 4000, gain: 4, tauMs: 150 } as const,
      slow: { ...after(0, 50), leastMs: 4 * (1 + 4 * Math.exp(-50 / 150)) },
      fast: { ...after(700, 900), mostMs: 4 * (1 + 4 * Math.exp(-700 / 150)) },
    },
    {
      settings: { behaviour: 'step', delayUs: 4000, factor: 4, atMs: 400 } as const,
      slow: { ...after(0, 380), leastMs: 16 },
      fast: { ...after(420, 700), mostMs: 4 },
    },
  ])('gets faster with time: $settings.behaviour', async ({ settings, slow, fast }) => {
    await withServer(settings, 1, async (server, ask) => {
      const beganMs = monotonicMs()
      await closedLoad(1, ask, beganMs + fast.to)
      const { fromMs } = await server.truth()
      const slowest = await server.truth(fromMs + slow.from, fromMs + slow.to)
      expect(slowest.p50Ms).toBeGreaterThanOrEqual(slow.leastMs)
      const fastest = await server.truth(fromMs + fast.from, fromMs + fast.to)
      expect(fastest.p50Ms).toBeLessThanOrEqual(fast.mostMs + fastest.lateP99Ms!)
    })
  })

  it('works through a queue, one at a time', async () => {
    await withServer({ behaviour: 'queue', serviceUs: 10_000, distribution: 'constant' }, 8, async (server, ask) => {
      await together(8, ask)
      const { p50Ms, maxMs, lateP99Ms } = await server.truth()
      // The worker began with the first; the others came a little later, and waited that much less.
      expect(maxMs).toBeLessThanOrEqual(80 + lateP99Ms!)
      expect(maxMs).toBeGreaterThan(60)
      expect(p50Ms).toBeLessThanOrEqual(40 + lateP99Ms!)
    })
  })

  it('draws exponential service times, the same for the same seed', async () => {
    const settings = { behaviour: 'queue', serviceUs: 5000, distribution: 'exponential' } as const
    const means = await Promise.all(
      [1, 1, 2].map(async (seed) => {
        let serviceMs = 0
        // One after the other: each waits for its own service and no other one.
        await withServer({ ...settings, seed }, 1, async (server, ask) => {
          await inTurn(40, ask)
          const { meanMs, meanLateMs } = await server.truth()
          serviceMs = meanMs! - meanLateMs!
        })
        return serviceMs
      }),
    )
    expect(means[1]).toBeCloseTo(means[0]!, 4)
    expect(means[2]).not.toBeCloseTo(means[0]!, 4)
    // The mean of 40 exponential times of 5 ms has a standard deviation of 0.8 ms.
    for (const mean of means) expect(Math.abs(mean - 5)).toBeLessThan(2.4)
  })

  it('takes longer for long bodies', async () => {
    await withServer(
      { behaviour: 'bimodal', delayUs: 300, longFromBytes: 50_000, longUs: 60_000 },
      1,
      async (_server, ask) => {
        const [short, long] = [await ask('/predict', 'short'), await ask('/predict', 'x'.repeat(50_000))]
        expect(long.text).toBe('Prediction: Iris-Setosa')
        expect(long.tookMs).toBeGreaterThanOrEqual(60)
        expect(short.tookMs).toBeLessThan(long.tookMs)
      },
    )
  })

  it('answers from its cache what it has answered before', async () => {
    await withServer({ behaviour: 'cached', costUs: 30_000 }, 1, async (server, ask) => {
      for (const body of ['a', 'b', 'a', 'a', 'b']) await ask('/predict', body)
      await ask('/other', 'a')
      expect(await server.truth()).toMatchObject({ requests: 6, backendCalls: 3 })
      await server.forget()
      expect((await ask('/predict', 'a')).tookMs).toBeGreaterThanOrEqual(30)
    })
  })

  it('burns CPU for each request, in turn', async () => {
    await withServer({ behaviour: 'busy', busyUs: 5000 }, 8, async (server, ask) => {
      await together(8, ask)
      await together(8, ask)
      const { maxMs, meanMs } = await server.truth()
      expect(maxMs).toBeGreaterThan(30)
      expect(meanMs).toBeGreaterThan(15)
    })
  })

  it('answers nobody during a stall, and everybody after it', async () => {
    await withServer({ behaviour: 'constant', delayUs: 300 }, 8, async (server, ask) => {
      await together(8, ask)
      await server.forget()
      const stall = await server.stall(20, 150)
      expect(stall.toMs - stall.fromMs).toBeCloseTo(150)
      await closedLoad(8, ask, stall.toMs + 20)
      // One may be half written when it begins.
      expect((await server.truth(stall.fromMs, stall.toMs - 0.001)).completed).toBeLessThanOrEqual(1)
      const { maxMs, unended } = await server.truth()
      expect(unended).toBe(0)
      expect(maxMs).toBeGreaterThan(100)
    })
  })

  it('has ended a long answer when the client has read it', async () => {
    const answerBytes = 32 * 1024 * 1024
    await withServer({ behaviour: 'constant', delayUs: 0, answerBytes }, 1, async (server, ask) => {
      const socket = connect(Number(new URL(server.origin).port), '127.0.0.1')
      socket.pause()
      socket.write('GET /long HTTP/1.1\r\nHost: a\r\n\r\n')
      await sleep(150)
      expect(await server.truth()).toMatchObject({ requests: 1, inFlight: 1 })
      socket.resume()
      for (let tries = 0; (await server.truth()).inFlight > 0 && tries < 500; tries++) await sleep(10)
      const { answered, maxMs } = await server.truth()
      expect(answered).toBe(1)
      expect(maxMs).toBeGreaterThan(100)
      socket.destroy()
      const { text } = await ask('/long')
      expect(text.length).toBe(answerBytes)
      expect(text.trimEnd()).toBe('Prediction: Iris-Setosa')
    })
  })
})

describe('what it tells', () => {
  it('counts each request with the share of its life inside an interval', async () => {
    await withServer({ behaviour: 'constant', delayUs: 100_000 }, 4, async (server, ask) => {
      const beganMs = monotonicMs()
      await closedLoad(4, ask, beganMs + 700)
      const { meanMs } = await server.truth()
      // Three and a half waves: whole answers were 12 or 16.
      const { weighted, livedMs } = await server.truth(beganMs + 210, beganMs + 560)
      const between = livedMs / (4 * 350) // the client's own turnaround is missing
      expect(between).toBeGreaterThan(0.8)
      expect(between).toBeLessThanOrEqual(1)
      expect(weighted / (livedMs / meanMs!)).toBeCloseTo(1, 1)
      expect(weighted).toBeLessThanOrEqual(14.0001)
    })
  })

  it('keeps apart who went away before the answer', async () => {
    await withServer({ behaviour: 'constant', delayUs: 100_000 }, 1, async (server) => {
      const socket = connect(Number(new URL(server.origin).port), '127.0.0.1')
      socket.write('GET /predict HTTP/1.1\r\nHost: a\r\n\r\n')
      for (let tries = 0; (await server.truth()).requests < 1 && tries < 100; tries++) await sleep(5)
      socket.destroy()
      await sleep(150)
      expect(await server.truth()).toMatchObject({ requests: 1, answered: 0, gone: 1, abandoned: 1, inFlight: 0 })
    })
  })

  it('reads requests in pieces, and several at once', async () => {
    await withServer({ behaviour: 'constant', delayUs: 300 }, 1, async (server) => {
      const socket = connect(Number(new URL(server.origin).port), '127.0.0.1').setNoDelay(true)
      let read = ''
      socket.on('data', (chunk) => (read += chunk))
      const post = 'POST /predict HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc'
      for (const piece of [post.slice(0, 9), post.slice(9, -2), post.slice(-2) + post + post]) {
        socket.write(piece)
        await sleep(10)
      }
      for (let tries = 0; read.split('Setosa').length < 4 && tries < 100; tries++) await sleep(5)
      expect(read.split('Prediction: Iris-Setosa').length - 1).toBe(3)
      socket.destroy()
    })
  })

  it('forgets', async () => {
    await withServer({ behaviour: 'constant', delayUs: 0 }, 1, async (server, ask) => {
      await inTurn(3, ask)
      await server.forget()
      const nothing = { requests: 0, answered: 0, inFlight: 0, arrived: 0, weighted: 0, p50Ms: null, maxMs: null }
      expect(await server.truth()).toMatchObject(nothing)
    })
  })

  it.each([
    { settings: { behaviour: 'slow' }, because: 'no such behaviour' },
    { settings: { behaviour: 'wave', delayUs: 3 }, because: 'a setting of another behaviour' },
    { settings: { behaviour: 'constant', delayUs: '3ms' }, because: 'not a number' },
    { settings: { behaviour: 'constant', delay: 3 }, because: 'no such setting' },
  ])('refuses $because', async ({ settings }) => {
    await expect(startTruthServer(settings as unknown as Behaviour)).rejects.toThrow('exit code 2')
  })
})
