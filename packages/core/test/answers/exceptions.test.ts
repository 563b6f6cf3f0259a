import type { GoldenLine, Matcher } from '@bakeoff/model'
import { describe, expect, it } from 'vitest'
import { compareAnswer, fillGolden } from '../../src/index.js'

const golden = (body: unknown, more: Partial<GoldenLine> = {}): GoldenLine => ({
  status: 200,
  contentType: 'application/json',
  body: JSON.stringify(body),
  ...more,
})
const compare = (line: GoldenLine, body: unknown) =>
  compareAnswer(
    line,
    {
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: typeof body === 'string' ? body : JSON.stringify(body),
      bodyTruncated: false,
      durationMs: 1,
      error: null,
    },
    'exact',
    0,
  )

describe('what is ignored', () => {
  it.each([
    { because: 'a member', ignore: ['/at'], expected: { a: 1, at: 5 }, actual: { at: 6, a: 1 }, says: null },
    { because: 'a member that is not there', ignore: ['/at'], expected: { a: 1, at: 5 }, actual: { a: 1 }, says: null },
    {
      because: 'a member that is there only now',
      ignore: ['/at'],
      expected: { a: 1 },
      actual: { a: 1, at: 6 },
      says: null,
    },
    {
      because: 'the same member of every element, and nothing else of them',
      ignore: ['/items/*/id'],
      expected: {
        items: [
          { id: 1, n: 1 },
          { id: 2, n: 2 },
        ],
      },
      actual: {
        items: [
          { id: 8, n: 1 },
          { id: 9, n: 3 },
        ],
      },
      says: 'at /items/1/n: expected 2, got 3',
    },
    {
      because: 'elements, however many',
      ignore: ['/items/*'],
      expected: { items: [1] },
      actual: { items: [2, 3, 4] },
      says: null,
    },
    {
      because: 'what lies in an element, and not how many there are',
      ignore: ['/items/*/id'],
      expected: { items: [{ id: 1 }] },
      actual: { items: [] },
      says: 'at /items: expected 1 elements, got 0',
    },
    {
      because: 'nothing else',
      ignore: ['/at'],
      expected: { a: 1 },
      actual: { a: 2 },
      says: 'at /a: expected 1, got 2',
    },
    { because: 'everything', ignore: [''], expected: { a: 1 }, actual: [2], says: null },
  ])('$because', ({ ignore, expected, actual, says }) =>
    expect(compare(golden(expected, { ignore }), actual)).toBe(says),
  )

  it('is compared as JSON, whatever it is called', () => {
    const line = golden({ a: 1 }, { ignore: ['/at'] })
    expect(compare(line, 'nope')).toBe('body: is not JSON: "nope"')
  })
})

describe('what is matched', () => {
  it.each<{ matcher: Matcher; actual: unknown; says: string | null }>([
    { matcher: 'any', actual: { x: null }, says: null },
    { matcher: 'any', actual: {}, says: 'at /x: expected any value, got nothing' },
    { matcher: { type: 'string' }, actual: { x: 'a' }, says: null },
    { matcher: { type: 'string' }, actual: { x: 1 }, says: 'at /x: expected a text, got 1' },
    { matcher: { type: 'integer' }, actual: { x: 1.5 }, says: 'at /x: expected a whole number, got 1.5' },
    { matcher: { type: 'number' }, actual: { x: 1.5 }, says: null },
    { matcher: { type: 'array' }, actual: { x: [] }, says: null },
    { matcher: { type: 'object' }, actual: { x: [] }, says: 'at /x: expected an object, got []' },
    { matcher: { type: 'null' }, actual: { x: null }, says: null },
    { matcher: { regex: '^[A-Z]+$' }, actual: { x: 'ABC' }, says: null },
    {
      matcher: { regex: '^[A-Z]+$' },
      actual: { x: 'abc' },
      says: 'at /x: expected a text that matches ^[A-Z]+$, got "abc"',
    },
    { matcher: { range: [1, 9] }, actual: { x: 9 }, says: null },
    { matcher: { range: [1, 9] }, actual: { x: 10 }, says: 'at /x: expected a number from 1 to 9, got 10' },
    { matcher: { range: [1, 9] }, actual: { x: '5' }, says: 'at /x: expected a number from 1 to 9, got "5"' },
  ])('$matcher against $actual', ({ matcher, actual, says }) => {
    // The golden value has no say, nor has it to be there.
    for (const body of [{ x: 0 }, {}]) expect(compare(golden(body, { match: { '/x': matcher } }), actual)).toBe(says)
  })
})

describe('fillGolden', () => {
  it('fills body and pointers with the values of the request', () => {
    const line = fillGolden(
      {
        status: 200,
        contentType: 'application/json',
        body: '{"id":"{{id}}","n":{{n}}}',
        ignore: ['/by/{{id}}'],
        match: { '/{{id}}': 'any' },
      },
      (key) => ({ id: 'a/"b', n: '4' })[key] ?? '',
    )
    expect(JSON.parse(line.body)).toEqual({ id: 'a/"b', n: 4 })
    expect(line).toMatchObject({ ignore: ['/by/a~1"b'], match: { '/a~1"b': 'any' } })
  })
})
