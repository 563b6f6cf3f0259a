import type { GoldenLine, RequestLine } from '@bakeoff/model'
import { describe, expect, it } from 'vitest'
import {
  type Answered,
  answersSeen,
  goldenLines,
  goldenOf,
  requestLines,
  scenarioText,
  TARGET_ALONE,
} from '../../src/index.js'

const request = (path: string, changes: Partial<RequestLine> = {}): RequestLine => ({
  method: 'GET',
  path,
  headers: {},
  body: null,
  ...changes,
})
const json = (value: unknown, status = 200): GoldenLine => ({
  status,
  contentType: 'application/json',
  body: JSON.stringify(value),
})
const asked = (path: string, ...answers: GoldenLine[]): Answered => ({ request: request(path), answers })

describe('what differs between two askings', () => {
  it.each([
    { because: 'a member', first: { id: 1, a: 2 }, second: { id: 3, a: 2 }, ignore: ['/id'] },
    {
      because: 'a member deep inside',
      first: { a: { b: { at: 1 } } },
      second: { a: { b: { at: 2 } } },
      ignore: ['/a/b/at'],
    },
    {
      because: 'a member of each element',
      first: [{ id: 1 }, { id: 2 }],
      second: [{ id: 3 }, { id: 2 }],
      ignore: ['/*/id'],
    },
    { because: 'a list of another length', first: { log: [1] }, second: { log: [1, 2] }, ignore: ['/log'] },
    { because: 'a member that is not always there', first: { a: 1 }, second: { a: 1, next: 'x' }, ignore: ['/next'] },
    {
      because: 'members whose names are made',
      first: { orders: { o1: 1 } },
      second: { orders: { o2: 1 } },
      ignore: ['/orders/*'],
    },
    { because: 'another type', first: { a: 1 }, second: { a: '1' }, ignore: ['/a'] },
    { because: 'a name with a slash', first: { 'a/b~c': 1 }, second: { 'a/b~c': 2 }, ignore: ['/a~1b~0c'] },
    { because: 'nothing', first: { a: [1, { b: null }] }, second: { a: [1, { b: null }] }, ignore: [] },
    { because: 'only how it is written', first: { a: 1, b: 2 }, second: { b: 2, a: 1 }, ignore: [] },
  ])('is ignored: $because', ({ first, second, ignore }) => {
    const found = goldenOf([asked('/a', json(first), json(second))])
    expect(found.ignore.map(({ pointer }) => pointer)).toEqual(ignore)
    expect(found.golden).toEqual([json(first)])
  })

  it('is ignored in its lines alone where it is the same in others', () => {
    const found = goldenOf([
      asked('/new', json({ id: 'a', item: 1 }), json({ id: 'b', item: 1 })),
      asked('/7', json({ id: '7', item: 1 }), json({ id: '7', item: 1 })),
    ])
    expect(found.ignore).toEqual([])
    expect(found.golden).toEqual([{ ...json({ id: 'a', item: 1 }), ignore: ['/id'] }, json({ id: '7', item: 1 })])
  })

  it('is ignored in JSON of any media type', () => {
    const problem = (trace: number): GoldenLine => ({
      ...json({ title: 'gone', trace }, 404),
      contentType: 'application/problem+json; charset=utf-8',
    })
    expect(goldenOf([asked('/odd', problem(1), problem(2))]).ignore.map(({ pointer }) => pointer)).toEqual(['/trace'])
  })

  it('is told with what was seen, and where', () => {
    const found = goldenOf([
      asked('/1', json({ at: 'x'.repeat(99) }), json({ at: 2 })),
      asked('/2', json({ at: 1 }), json({ at: 2 })),
      asked('/3', json({ at: 1 }), json({ at: 2 })),
    ])
    expect(found.ignore[0]?.because).toMatch(/^"x{38}… and then 2, in the answers to requests 1, 2 and 1 more$/)
  })

  it.each([
    { because: 'the status', first: json({}, 201), second: json({}, 409), why: 'answered 201 and then 409' },
    {
      because: 'a text',
      first: { status: 200, contentType: 'text/plain', body: 'a' },
      second: { status: 200, contentType: 'text/plain', body: 'b' },
      why: 'are no JSON',
    },
    {
      because: 'how JSON of another media type is written, of which the text counts',
      first: { ...json({ a: 1, b: 2 }), contentType: 'application/problem+json' },
      second: { ...json({ b: 2, a: 1 }), contentType: 'application/problem+json' },
      why: 'differ in how they are written, which counts in application/problem+json',
    },
    { because: 'the whole value', first: json('a'), second: json('b'), why: 'its answers differ as a whole' },
    { because: 'an object for a list', first: json([]), second: json({}), why: 'its answers differ as a whole' },
    {
      because: 'the media type',
      first: json({}),
      second: { ...json({}), contentType: 'text/html' },
      why: 'media type',
    },
  ])('takes the request out where it is $because', ({ first, second, why }) => {
    const found = goldenOf([asked('/odd', first, second), asked('/fine', json(1), json(1))])
    expect(found.requests.map(({ path }) => path)).toEqual(['/fine'])
    expect(found.notes.join('\n')).toContain('1 request left out (GET /odd)')
    expect(found.notes.join('\n')).toContain(why)
  })

  it('says which answers are errors', () => {
    const { notes } = goldenOf([asked('/gone', json({}, 404)), asked('/a', json({}))])
    expect(notes).toEqual(['1 request is answered with an error (GET /gone: 404): right only where that is meant.'])
  })
})

describe('answers that were recorded', () => {
  it('are held against those to the same request', () => {
    const [first, second] = [json({ id: 1 }), json({ id: 2 })]
    const seen = answersSeen([
      { request: request('/a'), answer: first },
      { request: request('/b'), answer: json({}) },
      { request: request('/a'), answer: second },
      { request: request('/a', { body: 'x' }), answer: json({ id: 3 }) },
      { request: request('/c'), answer: null },
    ])
    expect(seen.map(({ answers }) => answers.length)).toEqual([2, 1, 2, 1])
    expect(seen[2]?.answers[0]).toBe(second)
    expect(goldenOf(seen).ignore.map(({ pointer }) => pointer)).toEqual([])
    expect(goldenOf(seen.slice(0, 3)).ignore.map(({ pointer }) => pointer)).toEqual(['/id'])
  })
})

describe('the files of a scenario', () => {
  it('say why a place is ignored, whatever a service answered', () => {
    const yaml = scenarioText({
      name: 'orders',
      summary: 'Orders: "all" of them',
      answeredBy: 'node\n  evil: 1',
      services: TARGET_ALONE,
      ignore: [{ pointer: '/a"\n- b', because: '"\u2028x" and then "y"' }],
      secrets: [{ name: 'authorization', variable: 'AUTHORIZATION' }],
    })
    expect(yaml).toBe(`# yaml-language-server: $schema=../schema/scenario.schema.json
# Golden answers are as node   evil: 1 gave them.
name: orders
services:
  target:
    image: \${TARGET_IMAGE}
    cpus: 1
    mem_limit: 512m
x-scenario:
  summary: "Orders: \\"all\\" of them"
  requests: orders/requests.ndjson
  expect:
    golden: orders/golden.ndjson
    compare: exact
    # These differed between two answers to one request, so they are not compared. One that should be the same is a fault of the service: take it out here.
    ignore:
      # "\u2028x" and then "y"
      - "/a\\"\\n- b"
  # Read from the environment when they are sent, and written nowhere.
  values:
    authorization: { secret: AUTHORIZATION }
  # One connection shows the latency of an idle service, 64 what it gives when it is asked for more. \`slo: { p99: 50ms, at: 200/s }\` says what is good enough, and asks who keeps it at that rate.
  load: { closed: [1, 64] }
`)
  })

  it('have a line for each request and answer, without what goes without saying', () => {
    expect(requestLines([request('/a'), request('/b', { method: 'POST', headers: { a: 'b' }, body: '{}\n' })])).toBe(
      '{"method":"GET","path":"/a"}\n{"method":"POST","path":"/b","headers":{"a":"b"},"body":"{}\\n"}\n',
    )
    expect(
      goldenLines([
        { ...json(1), ignore: ['/a'] },
        { status: 204, contentType: null, body: '' },
      ]),
    ).toBe('{"status":200,"contentType":"application/json","body":"1","ignore":["/a"]}\n{"status":204,"body":""}\n')
  })
})
