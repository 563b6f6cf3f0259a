import type { CaptureSource } from '@bakeoff/model'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { captureDifference, captureFrom, captureProblem, capturesOf, pointerText, scalarAt } from '../../src/index.js'

const take = (source: CaptureSource, body: string, headers: Readonly<Record<string, string>> = {}) => {
  const [capture] = capturesOf({ capture: { id: source } })
  return captureFrom(capture!, { body, header: (name) => headers[name] })
}

describe('a captured value', () => {
  it.each<{
    because: string
    source: CaptureSource
    body?: string
    headers?: Record<string, string>
    expected: string | null
  }>([
    { because: 'a text', source: '/id', body: '{"a":[1],"id":"x7"}', expected: 'x7' },
    { because: 'a text with escapes', source: '/id', body: '{"id":"a\\"\\u00e9"}', expected: 'a"é' },
    {
      because: 'a number with all its digits',
      source: '/id',
      body: '{"id":9007199254740993}',
      expected: '9007199254740993',
    },
    { because: 'true', source: '/id', body: '{"id": true }', expected: 'true' },
    {
      because: 'what stands deep',
      source: '/items/1/a~1b',
      body: '{"items":[{"a/b":1}, {"x":{"a/b":3},"a/b":2}]}',
      expected: '2',
    },
    { because: 'the whole document', source: '', body: ' 17\n', expected: '17' },
    { because: 'nothing of null', source: '/id', body: '{"id":null}', expected: null },
    { because: 'nothing of an object', source: '/id', body: '{"id":{}}', expected: null },
    { because: 'nothing where there is no such member', source: '/id', body: '{"ids":1}', expected: null },
    { because: 'nothing of an index that is none', source: '/01', body: '[1,2]', expected: null },
    { because: 'nothing beyond the end', source: '/2', body: '[1,2]', expected: null },
    { because: 'nothing of an empty list', source: '/0', body: '[]', expected: null },
    { because: 'nothing of what is not JSON', source: '/id', body: '<html>', expected: null },
    {
      because: 'a header in any case',
      source: 'header:Location',
      headers: { location: '/orders/7' },
      expected: '/orders/7',
    },
    {
      because: 'the first group of a header',
      source: { from: 'header:location', regex: '/orders/(\\d+)' },
      headers: { location: '/orders/7?x' },
      expected: '7',
    },
    {
      because: 'the match where there is no group',
      source: { from: 'body', regex: '\\d+' },
      body: 'made 12 of 13',
      expected: '12',
    },
    {
      because: 'nothing that does not match',
      source: { from: '/id', regex: '^x' },
      body: '{"id":"y"}',
      expected: null,
    },
  ])('is $because', ({ source, body = '', headers, expected }) => expect(take(source, body, headers)).toBe(expected))

  it('is what JSON.parse finds, in any document', () => {
    fc.assert(
      fc.property(fc.json(), fc.nat(4), (text, spaces) => {
        const spaced = JSON.stringify(JSON.parse(text), null, spaces)
        for (const { path, value } of scalarsOf(JSON.parse(text))) {
          const expected = typeof value === 'number' ? JSON.stringify(value) : value === null ? null : String(value)
          expect(scalarAt(spaced, path)).toBe(expected)
        }
      }),
    )
  })

  it('says of an answer without it where it should stand', () => {
    const captures = capturesOf({ capture: { id: '/order/id', at: { from: 'header:location', regex: '\\d+' } } })
    expect(captureDifference(captures, { body: '{}', header: () => '/7' })).toBe(
      'expected a value for {{id}} at /order/id, got none',
    )
    expect(captureDifference(captures, { body: '{"order":{"id":1}}', header: () => '/x' })).toBe(
      'expected a value for {{at}} in the header location that matches /\\d+/, got none',
    )
  })
})

describe('a capture that cannot be read', () => {
  it.each<{ source: CaptureSource; says: string; hint: string }>([
    { source: 'id', says: '"id" is no JSON Pointer', hint: 'write "/id"' },
    { source: '$.items[0].id', says: 'no JSON Pointer', hint: 'write "/items/0/id"' },
    { source: '/a~b', says: 'no JSON Pointer', hint: 'write "/a~0b"' },
    { source: 'header:', says: 'names no header', hint: 'header:location' },
    { source: 'body', says: 'a whole body is no value', hint: 'regex' },
    {
      source: { from: '/id', regex: '(' },
      says: 'Invalid regular expression',
      hint: 'regular expression of JavaScript',
    },
  ])('$source', ({ source, says, hint }) => {
    expect(captureProblem(source)).toMatchObject({
      message: expect.stringContaining(says),
      hint: expect.stringContaining(hint),
    })
  })
})

it('writes a path as a pointer', () => expect(pointerText(['a/b', 0, '~'])).toBe('/a~1b/0/~0'))

/** The texts, numbers, booleans and nulls of a document, by their paths. */
function scalarsOf(value: unknown, path: readonly string[] = []): { path: readonly string[]; value: unknown }[] {
  if (typeof value !== 'object' || value === null) return [{ path, value }]
  return Object.entries(value).flatMap(([key, each]) => scalarsOf(each, [...path, key]))
}
