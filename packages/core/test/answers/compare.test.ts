import type { Comparison, Fetched } from '@bakeoff/model'
import { describe, expect, it } from 'vitest'
import { compareAnswer } from '../../src/answers/index.js'

const answer = (body: string, over: Partial<Fetched> = {}): Fetched => ({
  status: 200,
  headers: { 'content-type': 'application/json; charset=utf-8' },
  body,
  bodyTruncated: false,
  durationMs: 1,
  error: null,
  ...over,
})
const differ = (
  comparison: Comparison,
  golden: string,
  actual: Fetched,
  tolerance = 1e-4,
  contentType: string | null = 'application/json',
) => compareAnswer({ status: 200, contentType, body: golden }, actual, comparison, tolerance)

describe('the head of an answer', () => {
  it.each([
    { actual: answer('x', { status: 500 }), expected: 'status: expected 200, got 500', because: 'another status' },
    {
      actual: answer('x', { status: null, error: 'ECONNREFUSED' }),
      expected: 'no answer: ECONNREFUSED',
      because: 'no answer at all',
    },
    {
      actual: answer('x', { headers: { 'content-type': 'text/html' } }),
      expected: 'content type: expected text/plain, got text/html',
      because: 'another media type',
    },
    {
      actual: answer('x', { headers: {} }),
      expected: 'content type: expected text/plain, got none',
      because: 'no media type',
    },
    {
      actual: answer('x', { headers: { 'content-type': 'Text/Plain;charset=x' } }),
      expected: null,
      because: 'parameters and case do not matter',
    },
    {
      actual: answer('x', { headers: { 'content-type': 'text/plain' }, bodyTruncated: true }),
      expected: 'the body is longer than the limit, or not UTF-8',
      because: 'a cut body',
    },
  ])('$because', ({ actual, expected }) => expect(differ('exact', 'x', actual, 0, 'text/plain')).toBe(expected))

  it('lets any media type pass when the golden answer has none', () => {
    expect(differ('exact', 'x', answer('x', { headers: {} }), 0, null)).toBeNull()
  })
})

describe('exact', () => {
  it.each([
    {
      golden: 'Prediction: Iris-Setosa',
      actual: 'Prediction: Iris-Virginica',
      expected: 'at character 17 (23 characters, got 26): expected …"ction: Iris-Setosa", got …"ction: Iris-Virginica"',
      because: 'text: the first character that differs',
    },
    {
      golden: 'abc',
      actual: 'ab',
      expected: 'at character 2 (3 characters, got 2): expected "abc", got "ab"',
      because: 'text: cut short',
    },
    {
      golden: 'abc',
      actual: 'abc\n',
      expected: 'at character 3 (3 characters, got 4): expected "abc", got "abc\\n"',
      because: 'text: one newline more',
    },
    { golden: 'abc', actual: 'abc', expected: null, because: 'text: the same' },
  ])('$because', ({ golden, actual, expected }) =>
    expect(
      differ('exact', golden, answer(actual, { headers: { 'content-type': 'text/plain' } }), 0, 'text/plain'),
    ).toBe(expected),
  )

  it.each([
    {
      golden: '{"a":1,"b":[1,2]}',
      actual: '{ "b": [1, 2], "a": 1 }',
      expected: null,
      because: 'JSON: blanks and order of members do not matter',
    },
    {
      golden: '{"a":1,"b":[1,2]}',
      actual: '{"a":1,"b":[2,1]}',
      expected: 'at $.b[0]: expected 1, got 2',
      because: 'JSON: order of elements does',
    },
    {
      golden: '{"a":1}',
      actual: '{"a":1,"b":2}',
      expected: 'at $.b: expected nothing, got 2',
      because: 'JSON: a member too many',
    },
    {
      golden: '{"a":{"b":1}}',
      actual: '{"a":{}}',
      expected: 'at $.a.b: expected 1, got nothing',
      because: 'JSON: a member missing',
    },
    {
      golden: '{"a":[1]}',
      actual: '{"a":[1,2]}',
      expected: 'at $.a: expected 1 elements, got 2',
      because: 'JSON: an element too many',
    },
    {
      golden: '{"a":null}',
      actual: '{"a":"null"}',
      expected: 'at $.a: expected null, got "null"',
      because: 'JSON: another type',
    },
    {
      golden: '{"a":1}',
      actual: '<html>',
      expected: 'at character 0 (7 characters, got 6): expected "{\\"a\\":1}", got "<html>"',
      because: 'JSON: not JSON at all',
    },
  ])('$because', ({ golden, actual, expected }) => expect(differ('exact', golden, answer(actual))).toBe(expected))
})

describe('ranked-scores', () => {
  const outputs = (...pairs: [number, number][]) =>
    JSON.stringify({ outputs: pairs.map(([id, score]) => ({ id, score })) })
  const golden = outputs([7, 0.9], [3, 0.50004], [4, 0.5], [1, 0.1])
  it.each([
    { actual: golden, expected: null, because: 'the same' },
    {
      actual: outputs([7, 0.90009], [3, 0.5], [4, 0.49995], [1, 0.1]),
      expected: null,
      because: 'scores within the tolerance',
    },
    {
      actual: outputs([7, 0.9], [4, 0.50002], [3, 0.50001], [1, 0.1]),
      expected: null,
      because: 'two whose scores are closer than the tolerance may change places',
    },
    {
      actual: outputs([3, 0.50004], [7, 0.9], [4, 0.5], [1, 0.1]),
      expected: 'at $.outputs[1].id: expected 3, got 7, which scores 0.9 and comes after 0.50004',
      because: 'others may not',
    },
    {
      actual: outputs([7, 0.9], [3, 0.50004], [1, 0.1], [4, 0.5]),
      expected: 'at $.outputs[3].id: expected 1, got 4, which scores 0.5 and comes after 0.1',
      because: 'not at the end either',
    },
    {
      actual: outputs([7, 0.9], [3, 0.50004], [4, 0.5002], [1, 0.1]),
      expected: 'at $.outputs[2].score of id 4: expected 0.5 ± 0.0001, got 0.5002',
      because: 'a score outside the tolerance',
    },
    {
      actual: outputs([7, 0.9], [3, 0.50004], [5, 0.5], [1, 0.1]),
      expected: 'at $.outputs[2].id: expected 4, got 5, which is not in the answer',
      because: 'an unknown id',
    },
    {
      actual: outputs([7, 0.9], [7, 0.9], [4, 0.5], [1, 0.1]),
      expected: 'at $.outputs[1].id: 7 comes twice',
      because: 'an id twice',
    },
    { actual: outputs([7, 0.9]), expected: 'at $.outputs: expected 4 elements, got 1', because: 'too few' },
    {
      actual: '{"outputs":[{"id":7},{},{},{}]}',
      expected: 'at $.outputs[0]: expected {"id":…,"score":…}, got {"id":7}',
      because: 'no score',
    },
    { actual: '{"output":[]}', expected: 'has no array "outputs": "{\\"output\\":[]}"', because: 'another shape' },
    { actual: 'oops', expected: 'is not JSON: "oops"', because: 'not JSON' },
  ])('$because', ({ actual, expected }) => expect(differ('ranked-scores', golden, answer(actual))).toBe(expected))

  it('wants the golden order to the letter when the tolerance is 0', () => {
    expect(differ('ranked-scores', outputs([1, 0.5], [2, 0.5]), answer(outputs([2, 0.5], [1, 0.5])), 0)).toBeNull()
    expect(differ('ranked-scores', outputs([1, 0.6], [2, 0.5]), answer(outputs([2, 0.5], [1, 0.6])), 0)).toContain(
      'comes after 0.5',
    )
  })
})

describe('cosine', () => {
  const embedding = (...values: number[]) => JSON.stringify({ embedding: values })
  it.each([
    { actual: embedding(0.6, 0.8), expected: null, because: 'the same' },
    { actual: embedding(0.601, 0.799), expected: null, because: 'cosine 0.999999' },
    {
      actual: embedding(0.62, 0.7846),
      expected: 'cosine: expected at least 0.9999, got 0.99968142 (starts with [0.62,0.7846], golden with [0.6,0.8])',
      because: 'cosine 0.9997',
    },
    {
      actual: embedding(-0.6, -0.8),
      expected: 'cosine: expected at least 0.9999, got -1 (starts with [-0.6,-0.8], golden with [0.6,0.8])',
      because: 'the opposite direction',
    },
    { actual: embedding(6, 8), expected: 'length of the vector: expected 1, got 10', because: 'not normalised' },
    {
      actual: embedding(0, 0),
      expected: 'cosine: expected at least 0.9999, got NaN (starts with [0,0], golden with [0.6,0.8])',
      because: 'zeros have no direction',
    },
    { actual: embedding(0.6), expected: 'at $.embedding: expected 2 numbers, got 1', because: 'too short' },
    {
      actual: '{"embedding":[0.6,null]}',
      expected: 'at $.embedding[1]: expected a number, got null',
      because: 'NaN written as null',
    },
    { actual: '[0.6,0.8]', expected: 'has no array "embedding": "[0.6,0.8]"', because: 'another shape' },
  ])('$because', ({ actual, expected }) => expect(differ('cosine', embedding(0.6, 0.8), answer(actual))).toBe(expected))
})
