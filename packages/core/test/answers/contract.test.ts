import { contractCase, type Fetched } from '@bakeoff/model'
import { describe, expect, it } from 'vitest'
import { checkContract } from '../../src/answers/index.js'

const fetched = (over: Partial<Fetched> = {}): Fetched => ({
  status: 404,
  headers: { 'content-type': 'application/json', 'retry-after': '1' },
  body: '{"error":{"code":"unknown-item","item":999999999},"extra":true}',
  bodyTruncated: false,
  durationMs: 12,
  error: null,
  ...over,
})
const check = (expected: Record<string, unknown> | null, answer = fetched(), over: Record<string, unknown> = {}) =>
  checkContract(contractCase.parse({ name: 'a case', request: { path: '/' }, expect: expected, ...over }), answer)

describe('checkContract', () => {
  it.each([
    { expected: { status: 404 }, differences: [], because: 'the status' },
    {
      expected: { status: [400, 413] },
      differences: ['status: expected 400 or 413, got 404'],
      because: 'one of several statuses',
    },
    {
      expected: { status: 404, contentType: 'text/plain' },
      differences: ['content type: expected text/plain, got application/json'],
      because: 'the media type',
    },
    {
      expected: { status: 404, mentions: ['999999999', 'user'] },
      differences: [
        'body: does not mention "user": "{\\"error\\":{\\"code\\":\\"unknown-item\\",\\"item\\":999999999},\\…',
      ],
      because: 'what the body must mention',
    },
    {
      expected: { status: 404, json: { error: { code: 'unknown-item' } } },
      differences: [],
      because: 'members that must match, others may be there',
    },
    {
      expected: { status: 404, json: { error: { code: 'x' } } },
      differences: ['at $.error.code: expected "x", got "unknown-item"'],
      because: 'a member that differs',
    },
    {
      expected: { status: 404, headers: { 'Retry-After': '*', 'x-y': '*' } },
      differences: ['header x-y: expected any value, got none'],
      because: 'headers, whatever their value',
    },
    {
      expected: { status: 404, headers: { 'retry-after': '2' } },
      differences: ['header retry-after: expected "2", got "1"'],
      because: 'a header with a value',
    },
    {
      expected: { status: 200, body: 'ok' },
      differences: ['status: expected 200, got 404', expect.stringContaining('at character 0')],
      because: 'all differences are told',
    },
    { expected: null, differences: [], because: 'a client that goes away expects nothing' },
  ])('$because', ({ expected, differences }) => expect(check(expected)).toEqual(differences))

  it('tells a late answer', () => {
    expect(check({ status: 404 }, fetched({ durationMs: 5200.4 }), { withinMs: 5000 })).toEqual([
      'time: expected within 5000 ms, took 5200 ms',
    ])
  })

  it('says only that there was no answer when there was none', () => {
    expect(check({ status: 404, mentions: ['x'] }, fetched({ status: null, error: 'ECONNRESET' }))).toEqual([
      'no answer: ECONNRESET',
    ])
  })

  it('says that a body is not JSON where JSON is expected', () => {
    expect(check({ status: 404, json: {} }, fetched({ body: '<html>' }))).toEqual(['body: is not JSON: "<html>"'])
  })
})
