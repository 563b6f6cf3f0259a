import { describe, expect, it } from 'vitest'
import { madeValueNotes, type Recorded } from '../../src/index.js'

const exchange = (method: string, path: string, answer: unknown, body: unknown = null): Recorded => ({
  request: { method, path, headers: {}, body: body === null ? null : JSON.stringify(body) },
  answer: answer === null ? null : { status: 200, contentType: 'application/json', body: JSON.stringify(answer) },
})
const make = (id: unknown) => exchange('POST', '/orders', { id, item: 'espresso' }, { item: 'espresso' })

describe('a value that an answer made and a later request asks for', () => {
  it('is told once for each place, with what to write', () => {
    const recorded = [
      make('o-1'),
      exchange('GET', '/orders/o-1', {}),
      make('o-2'),
      exchange('DELETE', '/orders/o-2', {}),
    ]
    expect(madeValueNotes(recorded)).toEqual([
      'GET /orders/o-1 asks for what the answer to POST /orders made ("o-1" at /id), and so does 1 other. A service that starts anew makes others: write "capture":{"id":"/id"} beside the one request, {{id}} in the others, and `values: { id: { captured: pool } }` in the scenario.',
    ])
  })

  it.each([
    { where: 'a path, encoded', request: exchange('GET', '/orders/a%20b/items', {}), id: 'a b' },
    { where: 'a query', request: exchange('GET', '/items?order=o-1', {}), id: 'o-1' },
    { where: 'a body', request: exchange('POST', '/pay', {}, { orders: [{ order: 'o-1' }] }), id: 'o-1' },
    { where: 'a body, as a number', request: exchange('POST', '/pay', {}, { order: 4711 }), id: 4711 },
  ])('is found in $where', ({ request, id }) => expect(madeValueNotes([make(id), request])).toHaveLength(1))

  it('is found by its length where its name says nothing', () => {
    const made = exchange('POST', '/files', { at: 'c0ffee-c0ffee-c0ffee' })
    expect(madeValueNotes([made, exchange('GET', '/files/c0ffee-c0ffee-c0ffee', {})])).toHaveLength(1)
  })

  it('is told once for all elements of a list', () => {
    const list = exchange('GET', '/orders', [{ id: 'o-1' }, { id: 'o-2' }])
    const notes = madeValueNotes([list, exchange('GET', '/orders/o-1', {}), exchange('GET', '/orders/o-2', {})])
    expect(notes).toHaveLength(1)
    expect(notes[0]).toContain('"capture":{"id":"/0/id"}')
  })

  it('is not shown where it may be a secret', () => {
    const login = exchange('POST', '/login', { token: 'S3CRET-S3CRET' })
    const [note] = madeValueNotes([login, exchange('POST', '/me', {}, { session: 'S3CRET-S3CRET' })])
    expect(note).toContain('made (at /token)')
    expect(note).not.toContain('S3CRET')
  })

  it.each([
    {
      because: 'a request had it before',
      recorded: [exchange('PUT', '/orders/o-1', { id: 'o-1' }), exchange('GET', '/orders/o-1', {})],
    },
    {
      because: 'it is no id',
      recorded: [exchange('GET', '/shop', { page: 'orders' }), exchange('GET', '/orders', {})],
    },
    { because: 'nothing asks for it', recorded: [make('o-1'), make('o-2')] },
    {
      because: 'there are no answers',
      recorded: [exchange('POST', '/orders', null), exchange('GET', '/orders/o-1', null)],
    },
  ])('is none where $because', ({ recorded }) => expect(madeValueNotes(recorded)).toEqual([]))

  it('is looked for in answers of any depth', () => {
    const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`
    const answer = { status: 200, contentType: 'application/json', body: deep }
    expect(madeValueNotes([{ request: make(1).request, answer }, make(2)])).toEqual([])
  })
})
