/** State between requests against a service that makes ids itself: in verification and under load. */
import type { GoldenLine, LoadOrder, RequestLine, ValueSpec } from '@bakeoff/model'
import type { Work, WorkState } from '@bakeoff/runner/ports'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { verify } from '../src/agent/verify.js'
import { loadOf, measureFor, predictWork, type StartedAgent, signal, startAgent, unaccounted } from './helpers/agent.js'
import { startOrders } from './helpers/orders.js'

const JSON_TYPE = { 'content-type': 'application/json' }
const VALUES: Record<string, ValueSpec> = {
  key: { kind: 'counter', from: 1 },
  customer: { kind: 'pick', items: ['ada', 'grace "h"'] },
  id: { kind: 'captured', from: 'pool' },
  who: { kind: 'captured', from: 'pool' },
}
const CREATE: RequestLine = {
  name: 'create',
  method: 'POST',
  path: '/orders',
  headers: JSON_TYPE,
  body: '{"number":{{key}},"customer":"{{customer}}"}',
  capture: { id: '/id', who: '/customer' },
}
const READ: RequestLine = { name: 'read', method: 'GET', path: '/orders/{{id}}', headers: {}, body: null }
const LIST: RequestLine = { name: 'list', method: 'GET', path: '/orders', headers: {}, body: null }
const golden = (status: number, body: string, more: Partial<GoldenLine> = {}): GoldenLine => ({
  status,
  contentType: 'application/json',
  body,
  ...more,
})
const CREATED = golden(201, '{"customer":"{{customer}}"}', {
  match: { '/id': { regex: '^o\\d+$' } },
  ignore: ['/madeAt'],
})
const GOT = golden(200, '{"id":"{{id}}","customer":"{{who}}"}', {
  match: { '/number': { regex: '^\\d+$' }, '/madeAt': { type: 'integer' } },
})
const LISTED = golden(200, '{"orders":0}', { ignore: ['/orders', '/authorization'] })

/** @param lines requests with their golden answers */
const workOf = (lines: readonly (readonly [RequestLine, GoldenLine])[], state: Partial<WorkState> = {}): Work => ({
  ...predictWork,
  requests: lines.map(([request]) => request),
  golden: lines.map(([, answer]) => answer),
  state: { values: VALUES, traffic: null, before: [], after: [], secrets: {}, countFrom: 0, ...state },
})
const at = ({ origin }: { readonly origin: string }) => ({ origin, timeoutMs: 1000, signal })

/** What reads comes before what makes it, so that its value is never there when its turn comes first. */
const READ_FIRST = [
  [READ, GOT],
  [LIST, LISTED],
  [CREATE, CREATED],
] as const

describe('verifying', () => {
  it('asks what depends on an answer after it, and compares with what was filled in and captured', async () => {
    await using service = await startOrders()
    const { total, right, differences } = await verify(workOf(READ_FIRST), at(service))
    expect({ total, right, differences }).toEqual({ total: 3, right: 3, differences: [] })
    expect(service.seen.missing).toBe(0)
  })

  it('says of a target that does not give a value what it lacks, and does not ask what needs it', async () => {
    await using service = await startOrders({ isSilent: true })
    const { right, differences } = await verify(workOf(READ_FIRST), at(service))
    expect(right).toBe(1)
    expect(differences).toMatchObject([
      {
        request: 'read: GET /orders/{{id}} (request 0)',
        difference: 'not asked: no answer before it gave a value for {{id}}',
      },
      {
        request: 'create: POST /orders (request 2)',
        difference: 'at /id: expected a text that matches ^o\\d+$, got nothing',
      },
    ])
  })

  it('takes a value from a header', async () => {
    await using service = await startOrders({ idIn: 'header' })
    const create = { ...CREATE, capture: { id: { from: 'header:Location', regex: '/orders/(.+)' }, who: '/customer' } }
    const lines = [
      [create, golden(201, '{"customer":"{{customer}}"}')],
      [READ, GOT],
    ] as const
    expect(await verify(workOf(lines), at(service))).toMatchObject({ right: 2, differences: [] })
  })

  it('sends what goes before first, and verifies nothing where that is not answered as it should be', async () => {
    await using service = await startOrders()
    const login = { method: 'POST', path: '/login', headers: {}, body: null, capture: { token: '/token' } }
    const listed = { ...LIST, headers: { authorization: 'Bearer {{token}}' } }
    const values: Record<string, ValueSpec> = { token: { kind: 'captured', from: 'pool' } }
    const lines = [[listed, golden(200, '{"orders":0,"authorization":"Bearer {{token}}"}')]] as const
    expect(await verify(workOf(lines, { values, before: [login] }), at(service))).toMatchObject({
      right: 1,
    })
    expect(service.seen.requests).toEqual(['POST /login', 'GET /orders'])

    const wrong = { ...login, status: 204 }
    expect(await verify(workOf(lines, { values, before: [wrong] }), at(service))).toMatchObject({
      total: 1,
      right: 0,
      differences: [{ request: 'before, line 1: POST /login', difference: 'status: expected 204, got 200' }],
    })
  })

  it('says nowhere what a secret is', async () => {
    await using service = await startOrders()
    const listed = { ...LIST, path: '/orders?key={{token}}', headers: { authorization: 'Bearer {{token}}' } }
    const values: Record<string, ValueSpec> = { token: { kind: 'secret', variable: 'TOKEN' } }
    const lines = [[listed, golden(200, '{"authorization":"{{token}}"}')]] as const
    const found = await verify(workOf(lines, { values, secrets: { TOKEN: 'open sesame' } }), at(service))
    expect(found.differences).toHaveLength(1)
    expect(JSON.stringify(found)).not.toMatch(/open(%20| )sesame/)
    expect([...service.seen.tokens]).toEqual(['Bearer open sesame'])
  })
})

describe('under load', () => {
  let started: StartedAgent
  beforeAll(async () => {
    started = await startAgent(2)
  })
  afterAll(() => started[Symbol.asyncDispose]())
  const closed: LoadOrder = { kind: 'closed', connections: 8 }
  const open: LoadOrder = { kind: 'open', connections: 8, perSecond: 400, arrivals: 'exponential', seed: 3 }
  const load = (origin: string, order: LoadOrder = closed) =>
    started.agent.load(loadOf(origin, order, { sampleEvery: 1 }), measureFor(300, 200), signal)

  it.each([
    { because: 'closed', order: closed },
    { because: 'open', order: open },
  ])('no request of a $because load asks for what is not there, and every answer is right', async ({ order }) => {
    await using service = await startOrders()
    await started.agent.prepare(workOf(READ_FIRST), signal)
    const measurement = await load(service.origin, order)
    expect(measurement.wrongSamples).toEqual([])
    expect(measurement.counts).toMatchObject({ wrong: 0, errorStatus: 0, lost: 0 })
    expect(measurement.counts.checked).toBeGreaterThan(20)
    expect(unaccounted(measurement)).toBe(0)
    expect(service.seen.missing).toBe(0)
    expect(service.seen.requests.filter((request) => request.startsWith('GET /orders/')).length).toBeGreaterThan(10)
  })

  it('sends no number twice: in verification, in two processes, in two loads, and in another repetition', async () => {
    await using service = await startOrders()
    for (const countFrom of [0, 50_000_000]) {
      await started.agent.prepare(workOf(READ_FIRST, { countFrom }), signal)
      await started.agent.verify(service.origin, 1000, signal)
      for (let times = 0; times < 2; times++) await load(service.origin)
    }
    const { numbers } = service.seen
    expect(numbers.length).toBeGreaterThan(100)
    expect(new Set(numbers).size).toBe(numbers.length)
    expect(numbers[0]).toBe('1')
  })

  it('keeps the proportions of the traffic, and reads on a connection what was made there', async () => {
    await using service = await startOrders()
    const values: Record<string, ValueSpec> = {
      ...VALUES,
      id: { kind: 'captured', from: 'connection' },
      who: { kind: 'captured', from: 'connection' },
    }
    const traffic = [
      { weight: 1, send: ['create', 'read'] },
      { weight: 3, send: ['list'] },
    ]
    await started.agent.prepare(workOf(READ_FIRST, { values, traffic }), signal)
    const { counts } = await load(service.origin, { kind: 'closed', connections: 2 })
    expect(counts).toMatchObject({ wrong: 0, errorStatus: 0 })
    const { requests } = service.seen
    const made = requests.filter((request) => request === 'POST /orders').length
    const read = requests.filter((request) => request.startsWith('GET /orders/')).length
    const listed = requests.filter((request) => request === 'GET /orders').length
    expect(Math.abs(made - read)).toBeLessThanOrEqual(2)
    // Two processes, each within one round of five.
    expect(Math.abs(listed - 3 * made)).toBeLessThanOrEqual(12)
    // Every order is read once, by who made it.
    expect(new Set(requests.filter((request) => request.startsWith('GET /orders/'))).size).toBe(read)
  })

  it('finds wrong answers among those that differ with every request', async () => {
    await using service = await startOrders({ wrongEvery: 5 })
    await started.agent.prepare(workOf(READ_FIRST), signal)
    const { counts, wrongSamples } = await load(service.origin)
    expect(counts.wrong).toBeGreaterThan(0)
    expect(wrongSamples[0]?.difference).toMatch(/at \/customer: expected "(ada|grace \\"h\\")", got "mallory"/)
  })

  it('gives every connection what was captured before', async () => {
    await using service = await startOrders()
    const login = { method: 'POST', path: '/login', headers: {}, body: null, capture: { token: '/token' } }
    const values: Record<string, ValueSpec> = { token: { kind: 'captured', from: 'connection' } }
    const listed = { ...LIST, headers: { authorization: 'Bearer {{token}}' } }
    const lines = [[listed, golden(200, '{"orders":0,"authorization":"Bearer {{token}}"}')]] as const
    await started.agent.prepare(workOf(lines, { values, before: [login], after: [{ ...LIST, path: '/bye' }] }), signal)
    await started.agent.verify(service.origin, 1000, signal)
    expect((await load(service.origin)).counts).toMatchObject({ wrong: 0, errorStatus: 0 })
    expect([...service.seen.tokens]).toEqual(['Bearer t-17'])
    expect(await started.agent.cleanUp(service.origin, 1000, signal)).toBeNull()
    expect(service.seen.requests.at(-1)).toBe('GET /bye')
  })

  it('says nowhere what a secret is', async () => {
    await using service = await startOrders()
    const values: Record<string, ValueSpec> = { token: { kind: 'secret', variable: 'TOKEN' } }
    const listed = { ...LIST, headers: { authorization: '{{token}}' } }
    const lines = [[listed, golden(200, '{"orders":0,"authorization":"not {{token}}"}')]] as const
    await started.agent.prepare(workOf(lines, { values, secrets: { TOKEN: 'open sesame' } }), signal)
    const measurement = await load(service.origin)
    expect(measurement.counts.wrong).toBeGreaterThan(0)
    expect(JSON.stringify(measurement)).not.toContain('open sesame')
  })
})
