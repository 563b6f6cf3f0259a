import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fillRequest, fillTemplate, keysOf, type Place, placeOfBody, templateOf } from '../../src/index.js'

const fill = (text: string, place: Place, value: string) => fillTemplate(templateOf(text, place), () => value)

describe('fillTemplate', () => {
  it.each<{ because: string; place: Place; text: string; value: string; expected: string }>([
    { because: 'a number anywhere', place: 'path', text: '/orders/{{id}}/x', value: '17', expected: '/orders/17/x' },
    { because: 'blanks within the braces', place: 'path', text: '/{{ id }}', value: '1', expected: '/1' },
    { because: 'the same key twice', place: 'text', text: '{{a}}-{{a}}', value: '7', expected: '7-7' },
    {
      because: 'a path of which a value stays one part',
      place: 'path',
      text: '/o/{{a}}',
      value: 'a/b c?',
      expected: '/o/a%2Fb%20c%3F',
    },
    { because: 'a form', place: 'form', text: 'a={{a}}&b=1', value: '1&c=2', expected: 'a=1%26c%3D2&b=1' },
    {
      because: 'a text of JSON',
      place: 'json',
      text: '{"a":"{{a}}"}',
      value: 'a"\n\\',
      expected: '{"a":"a\\"\\n\\\\"}',
    },
    { because: 'a number of JSON', place: 'json', text: '{"a":{{a}}}', value: '5', expected: '{"a":5}' },
    {
      because: 'a value behind an escaped quote, which ends no text',
      place: 'json',
      text: '{"a":"\\"{{a}}"}',
      value: '"',
      expected: '{"a":"\\"\\""}',
    },
    {
      because: 'a header, which has no second line',
      place: 'header',
      text: 'Bearer {{a}}',
      value: 'x\r\nY: z',
      expected: 'Bearer x%0D%0AY: z',
    },
    { because: 'a pointer', place: 'pointer', text: '/items/{{a}}/id', value: 'a/b~c', expected: '/items/a~1b~0c/id' },
    { because: 'half of a character', place: 'path', text: '/{{a}}', value: '\ud800', expected: '/%EF%BF%BD' },
    { because: 'no placeholder', place: 'json', text: '{"a":{"b":{}}}', value: 'x', expected: '{"a":{"b":{}}}' },
  ])('fills $because', ({ place, text, value, expected }) => expect(fill(text, place, value)).toBe(expected))

  it('means in JSON what was filled in, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (value) => {
        expect(JSON.parse(fill('{"n":1,"a":["x","{{a}}"]}', 'json', value))).toEqual({ n: 1, a: ['x', value] })
      }),
    )
  })
})

describe('fillRequest', () => {
  it('fills path, header values and body, each as it has to be written there', () => {
    const filled = fillRequest(
      {
        method: 'PUT',
        path: '/orders/{{id}}',
        headers: { authorization: 'Bearer {{id}}', 'content-type': 'application/json' },
        body: '{"id":"{{id}}"}',
      },
      () => 'a"b',
    )
    expect(filled).toMatchObject({
      path: '/orders/a%22b',
      headers: { authorization: 'Bearer a"b' },
      body: '{"id":"a\\"b"}',
    })
  })

  it('knows the keys of a request, each once', () => {
    expect(keysOf({ path: '/{{a}}', headers: { x: '{{b}}' }, body: '{{a}}{{c}}' })).toEqual(['a', 'b', 'c'])
  })
})

describe('placeOfBody', () => {
  it.each([
    { body: '{"a":1}', contentType: null, expected: 'json' },
    { body: 'a', contentType: 'application/problem+json; charset=utf-8', expected: 'json' },
    { body: '{{a}}', contentType: null, expected: 'text' },
    { body: 'a={{a}}', contentType: 'application/x-www-form-urlencoded', expected: 'form' },
    { body: 'hello', contentType: 'text/plain', expected: 'text' },
  ])('takes $body as $contentType for $expected', ({ body, contentType, expected }) =>
    expect(placeOfBody(body, contentType)).toBe(expected),
  )
})
