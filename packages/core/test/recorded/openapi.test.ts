import { BakeoffError } from '@bakeoff/model'
import { describe, expect, it } from 'vitest'
import { type OpenApiOptions, readOpenApi } from '../../src/index.js'

const OPTIONS: OpenApiOptions = { secretsAs: 'dropped', methods: null, each: 1, most: 1000, seed: 1 }
const read = (text: string, options: Partial<OpenApiOptions> = {}) =>
  readOpenApi('api.yaml', text, { ...OPTIONS, ...options })
const requestsOf = (text: string, options: Partial<OpenApiOptions> = {}) =>
  read(text, options).recorded.map(({ request }) => request)
const paths = (body: string, more = '') => `openapi: 3.0.3\n${more}paths:\n${body.replace(/^/gm, '  ')}`

function messageOf(run: () => unknown): string {
  try {
    run()
  } catch (error) {
    if (error instanceof BakeoffError) return error.message
    throw error
  }
  throw new Error('nothing was wrong')
}

describe('an OpenAPI file', () => {
  it('gives a request for each example', () => {
    const text = paths(
      `/orders:
  post:
    requestBody:
      content:
        application/json:
          examples:
            one: { value: { item: 1 } }
            two: { $ref: "#/components/examples/two" }
/orders/{id}:
  parameters: [{ name: id, in: path, required: true, schema: { type: integer }, example: 7 }]
  get:
    parameters:
      - { name: full, in: query, schema: { type: boolean, example: true } }
      - { name: page, in: query, schema: { type: integer } }
      - { name: X-Region, in: header, required: true, schema: { type: string, enum: [eu] } }
`,
      'components: { examples: { two: { value: { item: 2 } } } }\nservers: [{ url: "https://{host}/v1/", variables: { host: { default: x } } }]\n',
    )
    expect(requestsOf(text)).toEqual([
      { method: 'POST', path: '/v1/orders', headers: { 'content-type': 'application/json' }, body: '{"item":1}' },
      { method: 'POST', path: '/v1/orders', headers: { 'content-type': 'application/json' }, body: '{"item":2}' },
      { method: 'GET', path: '/v1/orders/7?full=true', headers: { 'x-region': 'eu' }, body: null },
    ])
  })

  it('may be JSON', () => {
    expect(requestsOf('{"openapi":"3.1.0","paths":{"/a":{"get":{}}}}')).toEqual([
      { method: 'GET', path: '/a', headers: {}, body: null },
    ])
  })

  const bodyOf = (schema: string, seed = 1) => {
    const [request] = requestsOf(
      paths(`/a:\n  post:\n    requestBody: { content: { application/json: { schema: ${schema} } } }\n`),
      { seed },
    )
    return JSON.parse(request?.body ?? 'null')
  }

  it.each([
    { schema: '{ type: string }', matches: /^[a-z]{8}$/ },
    { schema: '{ type: string, minLength: 12 }', matches: /^[a-z]{12}$/ },
    { schema: '{ type: string, maxLength: 3 }', matches: /^[a-z]{3}$/ },
    { schema: '{ type: string, format: date-time }', matches: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/ },
    { schema: '{ type: string, format: uuid }', matches: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/ },
    { schema: '{ type: string, format: email }', matches: /^[a-z]+@example\.com$/ },
    { schema: '{ type: string, pattern: "^[0-9]+$", minLength: 5 }', matches: /^\d{5}$/ },
    { schema: '{ type: string, enum: [a, b] }', matches: /^[ab]$/ },
    { schema: '{ type: [string, "null"], const: x }', matches: /^x$/ },
    { schema: '{ type: integer, minimum: 5, maximum: 5 }', matches: /^5$/ },
    { schema: '{ type: integer, minimum: 5, exclusiveMinimum: true, maximum: 6 }', matches: /^6$/ },
    { schema: '{ type: integer, exclusiveMinimum: 5, exclusiveMaximum: 7 }', matches: /^6$/ },
    { schema: '{ type: integer, minimum: 9, maximum: 21, multipleOf: 10 }', matches: /^(10|20)$/ },
    { schema: '{ type: number, minimum: 0, maximum: 0.5 }', matches: /^0(\.\d{1,2})?$/ },
    { schema: '{ type: integer, maximum: -3 }', matches: /^-\d+$|^-3$/ },
    { schema: '{ default: 3 }', matches: /^3$/ },
  ])('makes a value by $schema', ({ schema, matches }) => {
    for (const seed of [1, 2, 3]) expect(String(bodyOf(schema, seed))).toMatch(matches)
  })

  it('makes the same values of the same seed, and others of another', () => {
    const schema = '{ type: object, properties: { a: { type: string }, b: { type: integer } } }'
    expect(bodyOf(schema, 1)).toEqual(bodyOf(schema, 1))
    expect(bodyOf(schema, 1)).not.toEqual(bodyOf(schema, 2))
  })

  it('makes so many requests of an operation without an example', () => {
    const text = paths('/a/{id}:\n  get: { parameters: [{ name: id, in: path, schema: { type: integer } }] }\n')
    expect(new Set(requestsOf(text, { each: 5 }).map(({ path }) => path)).size).toBeGreaterThan(3)
  })

  it.each([
    {
      because: 'parts of allOf together',
      schema:
        '{ allOf: [{ type: object, required: [a], properties: { a: { const: 1 } } }, { properties: { b: { const: 2 } } }] }',
      value: { a: 1, b: 2 },
    },
    {
      because: 'the first that can be made of oneOf',
      schema: '{ oneOf: [{ type: string, pattern: "^[A-Z]$" }, { const: 2 }] }',
      value: 2,
    },
    {
      because: 'no member that is only read',
      schema:
        '{ type: object, required: [id], properties: { id: { type: integer, readOnly: true }, a: { const: 1 } } }',
      value: { a: 1 },
    },
    {
      because: 'no member that need not be there and cannot be made',
      schema: '{ type: object, properties: { a: { const: 1 }, b: { type: string, pattern: "x+y" } } }',
      value: { a: 1 },
    },
    { because: 'a list of one', schema: '{ type: array, items: { const: 4 } }', value: [4] },
    {
      because: 'a list of as many as there must be',
      schema: '{ type: array, minItems: 3, items: { const: 4 } }',
      value: [4, 4, 4],
    },
  ])('has $because', ({ schema, value }) => expect(bodyOf(schema)).toEqual(value))

  it.each([
    { because: 'a list', parameter: '{ name: t, in: query, required: true, example: [a, b] }', query: '?t=a&t=b' },
    {
      because: 'a list in one value',
      parameter: '{ name: t, in: query, required: true, explode: false, example: [a, b] }',
      query: '?t=a%2Cb',
    },
    {
      because: 'an object',
      parameter: '{ name: t, in: query, required: true, example: { a: 1, b: 2 } }',
      query: '?a=1&b=2',
    },
    {
      because: 'a deep object',
      parameter: '{ name: t, in: query, required: true, style: deepObject, example: { a: 1 } }',
      query: '?t%5Ba%5D=1',
    },
    {
      because: 'a text with blanks',
      parameter: '{ name: t, in: query, required: true, example: "a b&c" }',
      query: '?t=a%20b%26c',
    },
  ])('writes $because into the query', ({ parameter, query }) =>
    expect(requestsOf(paths(`/a:\n  get: { parameters: [${parameter}] }\n`))[0]?.path).toBe(`/a${query}`),
  )

  it('writes a form', () => {
    const text = paths(
      '/a:\n  post: { requestBody: { content: { application/x-www-form-urlencoded: { example: { a: "x y", b: 2 } } } } }\n',
    )
    expect(requestsOf(text)[0]).toMatchObject({
      body: 'a=x+y&b=2',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    })
  })

  it.each([
    {
      because: 'a pattern',
      operation: 'get: { parameters: [{ name: id, in: path, schema: { type: string, pattern: "^[A-Z]{3}$" } }] }',
      why: 'a text follows the pattern ^[A-Z]{3}$',
    },
    { because: 'a parameter that is not described', operation: 'get: {}', why: 'no parameter says what {id} is' },
    {
      because: 'a reference to nothing',
      operation: 'get: { parameters: [{ $ref: "#/components/x" }] }',
      why: '#/components/x leads nowhere',
    },
    {
      because: 'a reference to another file',
      operation: 'get: { parameters: [{ $ref: "other.yaml#/x" }] }',
      why: 'other.yaml#/x stands in another file: bundle them into one',
    },
    {
      because: 'bytes',
      operation: 'post: { requestBody: { required: true, content: { image/png: {} } } }',
      why: 'its body is image/png, which is not written',
    },
    {
      because: 'no type',
      operation: 'post: { parameters: [{ name: id, in: path, schema: {} }] }',
      why: 'a schema says no type that is known',
    },
    {
      because: 'limits that exclude one another',
      operation: 'get: { parameters: [{ name: id, in: path, schema: { type: integer, minimum: 3, maximum: 2 } }] }',
      why: 'no number lies within the limits',
    },
  ])('says which operation no request is made of, because of $because', ({ operation, why }) => {
    const { recorded, notes } = read(paths(`/ok:\n  get: {}\n/x/{id}:\n  ${operation}\n`))
    expect(recorded.map(({ request }) => request.path)).toEqual(['/ok'])
    expect(notes).toHaveLength(1)
    expect(notes[0]).toMatch(/^api\.yaml:6:5: no request is made of (GET|POST) \/x\/\{id\}, since /)
    expect(notes[0]).toContain(why)
  })

  it.each([
    {
      because: 'a reference to itself',
      components: '{ schemas: { a: { $ref: "#/components/schemas/a" } } }',
      why: 'a reference leads to itself',
    },
    {
      because: 'a schema that needs itself',
      components:
        '{ schemas: { a: { type: object, required: [a], properties: { a: { $ref: "#/components/schemas/a" } } } } }',
      why: 'its schema has no end',
    },
    {
      because: 'an allOf of itself',
      components: '{ schemas: { a: { allOf: [{ $ref: "#/components/schemas/a" }] } } }',
      why: 'its schema has no end',
    },
    {
      because: 'an allOf of many of itself',
      components: `{ schemas: { a: { allOf: [${Array(9).fill('{ $ref: "#/components/schemas/a" }').join(', ')}] } } }`,
      why: 'since its schema ',
    },
  ])('comes to an end with $because', ({ components, why }) => {
    const body =
      '/a:\n  post: { requestBody: { content: { application/json: { schema: { $ref: "#/components/schemas/a" } } } } }\n'
    expect(messageOf(() => read(paths(body, `components: ${components}\n`)))).toContain(why)
  })

  it('ends a schema that may contain itself where it may end', () => {
    const body =
      '/a:\n  post: { requestBody: { content: { application/json: { schema: { $ref: "#/components/schemas/a" } } } } }\n'
    const components =
      '{ schemas: { a: { type: object, properties: { n: { const: 1 }, list: { type: array, items: { $ref: "#/components/schemas/a" } } } } } }'
    const [request] = requestsOf(paths(body, `components: ${components}\n`))
    expect(JSON.parse(request?.body ?? '')).toMatchObject({ n: 1, list: [{ n: 1 }] })
  })

  it('sends no secret, and says where one is needed', () => {
    const text = paths(
      '/a:\n  get: {}\n/open:\n  get: { security: [] }\n',
      'security: [{ bearer: [] }]\ncomponents: { securitySchemes: { bearer: { type: http, scheme: bearer } } }\n',
    )
    const { recorded, notes } = read(text)
    expect(recorded.map(({ request }) => request.headers)).toEqual([{}, {}])
    expect(notes.join('\n')).toContain('authorization of 1 request is left out')
    const values = read(text, { secretsAs: 'values' })
    expect(values.recorded[0]?.request.headers).toEqual({ authorization: 'Bearer {{authorization}}' })
  })

  it.each([
    { text: 'swagger: "2.0"\npaths: {}\n', says: 'api.yaml:1:10: this is Swagger 2, and OpenAPI 3 is read' },
    { text: 'info: {}\n', says: 'api.yaml:1:1: this is no OpenAPI 3 file' },
    { text: 'openapi: 3.0.0\npaths: {}\n', says: 'api.yaml:1:1: no request can be made of it' },
    { text: 'openapi: 3.0.0\npaths: [\n', says: 'api.yaml:' },
    { text: 'openapi: 3.0.0\npaths: 3\n', says: 'api.yaml:2:8: paths is 3' },
  ])('refuses $text', ({ text, says }) => expect(messageOf(() => read(text))).toContain(says))

  it('takes the methods that are asked for', () => {
    const text = paths('/a:\n  get: {}\n  delete: {}\n  options: {}\n')
    expect(requestsOf(text).map(({ method }) => method)).toEqual(['GET', 'DELETE'])
    expect(requestsOf(text, { methods: ['OPTIONS'] }).map(({ method }) => method)).toEqual(['OPTIONS'])
  })
})
