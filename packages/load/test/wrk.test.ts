/** What wrk is told and what it tells, without wrk: the image itself is in wrk.engine.test.ts. */
import { createRequire } from 'node:module'
import { Duplex } from 'node:stream'
import type { RequestLine } from '@bakeoff/model'
import type { SecondInstrumentOrder } from '@bakeoff/runner/ports'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { measureWithWrk } from '../src/index.js'
import { renderCorpus } from '../src/wrk/corpus.js'
import { readReport, type WrkReport } from '../src/wrk/figures.js'
import { orderOf, threadsFor } from '../src/wrk/measure.js'

const ORIGIN = 'http://10.1.2.3:8080'
const get = (changes: Partial<RequestLine> = {}): RequestLine => ({
  method: 'GET',
  path: '/predict',
  headers: {},
  body: null,
  ...changes,
})
const post = (body: string | null, headers: Record<string, string> = {}) =>
  get({ method: 'POST', path: '/p', headers, body })
const anOrder = (changes: Partial<SecondInstrumentOrder> = {}): SecondInstrumentOrder => ({
  origin: ORIGIN,
  requests: [get()],
  statuses: [200],
  connections: 64,
  cores: 1,
  seconds: 5,
  requestTimeoutMs: 10_000,
  seed: 7,
  ...changes,
})

/** The corpus as replay.lua cuts it: lengths and bytes. */
function cut(corpus: Buffer): string[] {
  const requests: string[] = []
  for (let at = 0; at < corpus.length; ) {
    const colon = corpus.indexOf(':', at)
    const end = colon + 1 + Number(corpus.toString('latin1', at, colon))
    requests.push(corpus.toString('utf8', colon + 1, end))
    at = end
  }
  return requests
}

describe('the corpus', () => {
  it.each([
    {
      because: 'a request without a body',
      request: get({ headers: { accept: 'text/plain' } }),
      wire: 'GET /predict HTTP/1.1\r\nHost: 10.1.2.3:8080\r\nConnection: keep-alive\r\naccept: text/plain\r\n\r\n',
    },
    {
      because: 'a body with its length in bytes, not in characters',
      request: post('zwölf'),
      wire: 'POST /p HTTP/1.1\r\nHost: 10.1.2.3:8080\r\nConnection: keep-alive\r\nContent-Length: 6\r\n\r\nzwölf',
    },
    {
      because: 'an empty body that servers want to see the length of',
      request: post(null),
      wire: 'POST /p HTTP/1.1\r\nHost: 10.1.2.3:8080\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n',
    },
    {
      because: 'a host of its own',
      request: get({ headers: { host: 'example' } }),
      wire: 'GET /predict HTTP/1.1\r\nConnection: keep-alive\r\nhost: example\r\n\r\n',
    },
  ])('is $because', ({ request, wire }) => expect(cut(renderCorpus([request], ORIGIN))).toEqual([wire]))

  it.each([
    { because: 'quotes and backslashes', body: `"it's" \\" \\n ]] ]=]` },
    { because: 'lines', body: '1\n2\r\n\r\n3:4' },
    { because: 'what looks like a length', body: '12:34' },
    { because: 'zero bytes and controls', body: '\u0000\u0001\u007f' },
    { because: 'scripts of all kinds', body: 'أين الرسالة 火 🦊' },
  ])('holds $because as they are, and what follows too', ({ body }) => {
    const [first, second] = cut(renderCorpus([post(body), get()], ORIGIN))
    expect(first?.slice(first.indexOf('\r\n\r\n') + 4)).toBe(body)
    expect(second).toMatch(/^GET \/predict /)
  })

  it('is what the agent sends, byte for byte', () => {
    const build = createRequire(import.meta.url)('autocannon/lib/httpRequestBuilder.js') as (
      defaults: object,
    ) => (request: object) => Buffer
    const agent = build({ hostname: '10.1.2.3', port: 8080 })
    const requests = [get(), post('{"text":"zwölf"}', { 'content-type': 'application/json' })]
    expect(cut(renderCorpus(requests, ORIGIN))).toEqual(
      requests.map(({ body, ...request }) => agent({ ...request, body: body ?? undefined }).toString()),
    )
  })
})

describe('the order', () => {
  it('is a line of words, and then the corpus', () => {
    const order = anOrder({ requestTimeoutMs: 1500 })
    const corpus = renderCorpus(order.requests, ORIGIN)
    expect(orderOf(order).toString()).toBe(`1 64 5 2 7 ${corpus.length} ${ORIGIN}\n${corpus}`)
  })

  it.each([
    { connections: 64, cores: 1, threads: 1 },
    { connections: 64, cores: 4, threads: 4 },
    { connections: 10, cores: 4, threads: 2 },
    { connections: 7, cores: 4, threads: 1 },
    { connections: 1, cores: 4, threads: 1 },
    { connections: 200, cores: 3, threads: 2 },
  ])('spreads $connections connections evenly over $cores cores', ({ connections, cores, threads }) =>
    expect(threadsFor(connections, cores)).toBe(threads),
  )
})

const aReport = (changes: Partial<WrkReport> = {}): WrkReport => ({
  version: 'debian/4.1.0-4',
  durationUs: 5_000_000,
  requests: 10_000,
  bytes: 880_000,
  errors: { connect: 0, read: 0, write: 0, status: 0, timeout: 0 },
  latencyUs: { p50: 300, p90: 500, p99: 1200, max: 9000, mean: 350 },
  ...changes,
})

describe('the figures', () => {
  it('are those of the report, in our units', () => {
    expect(readReport(JSON.stringify(aReport()), anOrder())).toEqual({
      version: 'debian/4.1.0-4',
      connections: 64,
      seconds: 5,
      requests: 10_000,
      bytes: 880_000,
      perSecond: 2000,
      p50Ms: 0.3,
      p90Ms: 0.5,
      p99Ms: 1.2,
      maxMs: 9,
      meanMs: 0.35,
      errors: { connect: 0, read: 0, write: 0, status: 0, timeout: 0 },
    })
  })

  const errors = { connect: 1, read: 2, write: 3, status: 0, timeout: 0 }
  it.each([
    { because: 'errors of connections are no answers', errors, statuses: [200], perSecond: 2000, status: 0 },
    {
      because: 'answers of 400 and above do not count',
      errors: { ...errors, status: 1000 },
      statuses: [200],
      perSecond: 1800,
      status: 1000,
    },
    {
      because: 'late answers do not count',
      errors: { ...errors, timeout: 500 },
      statuses: [200],
      perSecond: 1900,
      status: 0,
    },
    {
      because: 'expected ones count, by their share',
      errors: { ...errors, status: 5010 },
      statuses: [200, 404],
      perSecond: 1998,
      status: 10,
    },
    {
      because: 'a pass that was not finished is no error',
      errors: { ...errors, status: 4990 },
      statuses: [200, 404],
      perSecond: 2000,
      status: 0,
    },
  ])('$because', ({ errors: reported, statuses, perSecond, status }) => {
    const figures = readReport(JSON.stringify(aReport({ errors: reported })), anOrder({ statuses }))
    expect(figures).toMatchObject({ perSecond, errors: { ...reported, status } })
  })

  it('have no times without an answer', () => {
    const latencyUs = { p50: null, p90: null, p99: null, max: null, mean: null }
    const figures = readReport(JSON.stringify(aReport({ requests: 0, latencyUs })), anOrder())
    expect(figures).toMatchObject({ perSecond: 0, p50Ms: null, p99Ms: null, meanMs: null })
  })
})

/** wrk that is only its wire. */
class FakeWrk extends Duplex {
  readonly told: Buffer[] = []
  override _read(): void {}
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.told.push(chunk)
    done()
  }
}

describe('wrk behind its wire', () => {
  const { signal } = new AbortController()
  afterEach(() => void vi.useRealTimers())

  it('gets the order, and its line is the figures', async () => {
    const wire = new FakeWrk()
    const measuring = measureWithWrk(wire, anOrder(), signal)
    expect(Buffer.concat(wire.told)).toEqual(orderOf(anOrder()))
    const line = JSON.stringify(aReport())
    wire.push(line.slice(0, 40))
    wire.push(`${line.slice(40)}\n`)
    wire.push(null)
    expect(await measuring).toMatchObject({ perSecond: 2000 })
  })

  it.each([
    { because: 'its output ends', act: (wire: FakeWrk) => void wire.push(null), says: 'no figures: it ended' },
    {
      because: 'its connection closes',
      act: (wire: FakeWrk) => void wire.destroy(),
      says: 'no figures: its connection closed',
    },
    {
      because: 'its connection breaks',
      act: (wire: FakeWrk) => void wire.destroy(new Error('EPIPE')),
      says: 'no figures: EPIPE',
    },
    {
      because: 'it says something else',
      act: (wire: FakeWrk) => void wire.push('PANIC\n'),
      says: /^something other than figures: /,
    },
    {
      because: 'it gives no duration',
      act: (wire: FakeWrk) => void wire.push('{"requests":1}\n'),
      says: /not a report of wrk/,
    },
  ])('fails when $because', async ({ act, says }) => {
    const wire = new FakeWrk()
    const measuring = measureWithWrk(wire, anOrder(), signal)
    act(wire)
    await expect(measuring).rejects.toMatchObject({
      code: 'AGENT_FAILED',
      message: typeof says === 'string' ? says : expect.stringMatching(says),
    })
  })

  it('fails when it is not done 15 s after its windows', async () => {
    vi.useFakeTimers()
    const measuring = measureWithWrk(new FakeWrk(), anOrder({ seconds: 5 }), signal)
    const failed = expect(measuring).rejects.toMatchObject({
      message: expect.stringContaining('it had not ended after 21 s'),
    })
    await vi.advanceTimersByTimeAsync(20_999)
    await vi.advanceTimersByTimeAsync(1)
    await failed
  })

  it.each(['before', 'while'])('is given up when it is aborted %s it measures', async (moment) => {
    const stop = new AbortController()
    const wire = new FakeWrk()
    if (moment === 'before') stop.abort()
    const measuring = measureWithWrk(wire, anOrder(), stop.signal)
    stop.abort()
    await expect(measuring).rejects.toMatchObject({ code: 'ABORTED' })
    expect(wire.told).toHaveLength(moment === 'before' ? 0 : 1)
  })
})
