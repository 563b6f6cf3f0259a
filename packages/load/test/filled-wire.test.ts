import type { RequestLine } from '@bakeoff/model'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FilledWire } from '../src/worker/filled-wire.js'

const KEYS = ['a', 'b']
/** The bytes of a request, as autocannon builds them. */
function wireOf({ method, path, headers, body }: RequestLine): Buffer {
  const content = Buffer.from(body ?? '')
  const head = [
    `${method} ${path} HTTP/1.1`,
    'Host: h:80',
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    ...(content.length > 0 ? [`Content-Length: ${content.length}`] : []),
  ]
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), content])
}
const requestOf = (over: Partial<RequestLine>): RequestLine => ({
  method: 'POST',
  path: '/',
  headers: {},
  body: null,
  ...over,
})
function filled(over: Partial<RequestLine>, values: readonly string[], plain: readonly string[] = []): string {
  const request = requestOf(over)
  const wire = new FilledWire(
    wireOf(request),
    request,
    (key) => KEYS.indexOf(key),
    (key) => plain.includes(key),
  )
  return Buffer.from(wire.fill(values), 'latin1').toString('utf8')
}

describe('FilledWire', () => {
  it('fills path, headers and body, and says how long the body is', () => {
    expect(
      filled({ path: '/{{a}}', headers: { 'x-b': '{{b}}' }, body: '{"a":{{a}},"b":"{{b}}"}' }, ['17', 'é"'], ['a']),
    ).toBe('POST /17 HTTP/1.1\r\nHost: h:80\r\nx-b: %C3%A9"\r\nContent-Length: 19\r\n\r\n{"a":17,"b":"é\\""}')
  })

  it('keeps the length of a body that stands', () => {
    expect(filled({ path: '/{{a}}', body: '{"é":1}' }, ['x'])).toBe(
      'POST /x HTTP/1.1\r\nHost: h:80\r\nContent-Length: 8\r\n\r\n{"é":1}',
    )
  })

  it('has no slots where nothing is filled in', () => {
    const request = requestOf({ body: '{"a":1}' })
    expect(
      new FilledWire(
        wireOf(request),
        request,
        () => 0,
        () => false,
      ).hasSlots,
    ).toBe(false)
  })

  it('sends exactly the body that means what was filled in, with its length in bytes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (a, b) => {
        const text = filled({ body: '{"a":"{{a}}","é":["{{b}}","{{a}}"]}' }, [a, b])
        const [head, ...rest] = text.split('\r\n\r\n')
        const body = rest.join('\r\n\r\n')
        expect(JSON.parse(body)).toEqual({ a, é: [b, a] })
        expect(head).toContain(`Content-Length: ${Buffer.byteLength(body)}`)
      }),
    )
  })
})
