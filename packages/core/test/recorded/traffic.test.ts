import { describe, expect, it } from 'vitest'
import { ANY_API, isOfApi, NOT_TEXT, recordingOf, type SeenExchange } from '../../src/index.js'

const seen = (changes: Partial<SeenExchange> = {}): SeenExchange => ({
  method: 'GET',
  path: '/orders',
  headers: [],
  body: null,
  answer: { status: 200, contentType: 'application/json', isEmpty: false, body: '{}' },
  ...changes,
})
const OPTIONS = { filter: ANY_API, secretsAs: 'dropped' as const }

describe('what went through a proxy', () => {
  it('becomes requests and answers in their order', () => {
    const { recorded } = recordingOf([seen(), seen({ method: 'POST', body: '{}' })], OPTIONS)
    expect(recorded.map(({ request, answer }) => [request.method, request.body, answer?.body])).toEqual([
      ['GET', null, '{}'],
      ['POST', '{}', '{}'],
    ])
  })

  it.each([
    { because: 'no answer came', changes: { answer: null } },
    {
      because: 'it is a page',
      changes: { answer: { status: 200, contentType: 'text/html', isEmpty: false, body: 'x' } },
    },
    { because: 'its body is bytes', changes: { body: NOT_TEXT as typeof NOT_TEXT } },
  ])('is left out, since $because', ({ changes }) => {
    const { recorded, notes } = recordingOf([seen(), seen({ path: '/odd?token=S3CRET', ...changes })], OPTIONS)
    expect(recorded).toHaveLength(1)
    expect(notes.join('\n')).toContain('(GET /odd)')
  })

  it('counts what is of the API', () => {
    expect(isOfApi(seen(), ANY_API)).toBe(true)
    expect(isOfApi(seen({ answer: { status: 204, contentType: null, isEmpty: true, body: '' } }), ANY_API)).toBe(true)
    expect(isOfApi(seen({ method: 'OPTIONS' }), ANY_API)).toBe(false)
    expect(isOfApi(seen(), { ...ANY_API, methods: ['POST'] })).toBe(false)
  })
})
