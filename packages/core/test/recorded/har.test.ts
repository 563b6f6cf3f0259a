import { BakeoffError } from '@bakeoff/model'
import { describe, expect, it } from 'vitest'
import { ANY_API, type ApiFilter, readHar, type SecretsAs } from '../../src/index.js'

interface Entry {
  readonly method?: string
  readonly url: string
  readonly headers?: Record<string, string>
  readonly postData?: object
  readonly status?: number
  readonly type?: string
  readonly content?: object
}

function har(entries: readonly Entry[]): string {
  const pairs = (headers: Record<string, string>) => Object.entries(headers).map(([name, value]) => ({ name, value }))
  return JSON.stringify({
    log: {
      version: '1.2',
      creator: { name: 'a browser' },
      entries: entries.map(
        ({ method = 'GET', url, headers = {}, postData, status = 200, type = 'application/json', content }) => ({
          startedDateTime: '2026-11-29T19:00:00Z',
          request: { method, url, headers: pairs(headers), ...(postData ? { postData } : {}) },
          response: {
            status,
            headers: type === '' ? [] : pairs({ 'Content-Type': type }),
            content: content ?? { size: 8, mimeType: type, text: '{"id":1}' },
          },
        }),
      ),
    },
  })
}

const read = (
  text: string,
  {
    filter = ANY_API,
    secretsAs = 'dropped' as SecretsAs,
    most = 1000,
  }: { filter?: ApiFilter; secretsAs?: SecretsAs; most?: number } = {},
) => readHar('orders.har', text, { filter, secretsAs, most })

function messageOf(run: () => unknown): string {
  try {
    run()
  } catch (error) {
    if (error instanceof BakeoffError) return error.message
    throw error
  }
  throw new Error('nothing was wrong')
}

const API = 'https://api.example.com'

describe('a HAR file', () => {
  it('gives the requests of its API, as they can be sent again, with their answers', () => {
    const { recorded } = read(
      har([
        {
          url: `${API}/orders?page=2&q=a%20b`,
          headers: { Accept: 'application/json', 'User-Agent': 'x', ':authority': 'api' },
        },
        {
          method: 'POST',
          url: `${API}/orders`,
          headers: { 'Content-Type': 'application/json', 'Content-Length': '9', 'Sec-Fetch-Mode': 'cors' },
          postData: { mimeType: 'application/json', text: '{"item":2}' },
          status: 201,
        },
      ]),
    )
    expect(recorded).toEqual([
      {
        request: { method: 'GET', path: '/orders?page=2&q=a%20b', headers: { accept: 'application/json' }, body: null },
        answer: { status: 200, contentType: 'application/json', body: '{"id":1}' },
      },
      {
        request: {
          method: 'POST',
          path: '/orders',
          headers: { 'content-type': 'application/json' },
          body: '{"item":2}',
        },
        answer: { status: 201, contentType: 'application/json', body: '{"id":1}' },
      },
    ])
  })

  it.each([
    { because: 'a page', entry: { url: `${API}/`, type: 'text/html' } },
    { because: 'a script', entry: { url: `${API}/x.js`, type: 'text/javascript' } },
    { because: 'a picture', entry: { url: `${API}/x.svg`, type: 'image/svg+xml' } },
    { because: 'a preflight', entry: { url: `${API}/orders`, method: 'OPTIONS' } },
    { because: 'a redirect', entry: { url: `${API}/orders`, status: 302 } },
    { because: 'what the cache answered', entry: { url: `${API}/orders`, status: 304 } },
    { because: 'what was blocked', entry: { url: `${API}/orders`, status: 0 } },
    { because: 'a stream of events', entry: { url: `${API}/events`, type: 'text/event-stream' } },
    { because: 'another origin', entry: { url: 'https://telemetry.example.org/hit' } },
    { because: 'data in an address', entry: { url: 'data:application/json,{}' } },
    {
      because: 'a form with files',
      entry: { url: `${API}/up`, method: 'POST', postData: { mimeType: 'multipart/form-data; boundary=x', text: 'x' } },
    },
    {
      because: 'a body of bytes',
      entry: { url: `${API}/up`, method: 'POST', postData: { mimeType: 'application/x-protobuf', text: '\ufffd' } },
    },
  ])('leaves out $because, and says so', ({ entry }) => {
    const { recorded, notes } = read(har([{ url: `${API}/a` }, { url: `${API}/b` }, entry]))
    expect(recorded.map(({ request }) => request.path)).toEqual(['/a', '/b'])
    expect(notes.join('\n')).toMatch(/1 request left out: /)
  })

  it.each([
    { because: 'another origin', filter: { ...ANY_API, origins: ['https://b.example.com/'] }, paths: ['/b'] },
    { because: 'a media type', filter: { ...ANY_API, mimes: ['text/html'] }, paths: ['/page'] },
    { because: 'a method', filter: { ...ANY_API, methods: ['delete'] }, paths: ['/gone'] },
  ])('takes what is asked for by $because', ({ filter, paths }) => {
    const text = har([
      { url: `${API}/a` },
      { url: `${API}/a2` },
      { url: 'https://b.example.com/b' },
      { url: `${API}/page`, type: 'text/html' },
      { url: `${API}/page2`, type: 'text/css' },
      { url: `${API}/gone`, method: 'DELETE' },
    ])
    expect(read(text, { filter }).recorded.map(({ request }) => request.path)).toEqual(paths)
  })

  it('says that there is another origin, and how to choose it', () => {
    const { notes } = read(har([{ url: `${API}/a` }, { url: `${API}/b` }, { url: 'http://127.0.0.1:3000/c' }]))
    expect(notes.join('\n')).toContain('1 request left out: of another origin, http://127.0.0.1:3000 (GET /c).')
    expect(notes.join('\n')).toContain(`Of 2 origins ${API} is taken, which was asked most: --origin chooses another.`)
  })

  it('never writes a secret', () => {
    const secret = 'S3CRET'
    const entry = {
      url: `${API}/orders?page=1&access_token=${secret}`,
      headers: {
        Authorization: `Bearer ${secret}`,
        Cookie: `sid=${secret}`,
        'X-Api-Key': secret,
        'X-CSRF-Token': secret,
        Accept: '*/*',
      },
    }
    // What was sent is known, so that it is found where an answer repeats it.
    const { sent, ...dropped } = read(har([entry]))
    expect(sent).toContain(secret)
    expect(JSON.stringify(dropped)).not.toContain(secret)
    expect(dropped.recorded[0]?.request).toMatchObject({ path: '/orders?page=1', headers: { accept: '*/*' } })
    expect(dropped.notes.join('\n')).toMatch(/authorization of 1 request is left out: it has a secret/)
    expect(dropped.notes.join('\n')).toMatch(/"access_token" is taken out of the address of request 1/)

    const { sent: same, ...values } = read(har([entry]), { secretsAs: 'values' })
    expect(same).toEqual(sent)
    expect(JSON.stringify(values)).not.toContain(secret)
    expect(values.recorded[0]?.request.headers).toMatchObject({
      authorization: 'Bearer {{authorization}}',
      cookie: '{{cookie}}',
      'x-api-key': '{{x_api_key}}',
    })
    expect(values.secrets).toContainEqual({ name: 'x_api_key', variable: 'X_API_KEY' })
  })

  it('says that a body may have a secret', () => {
    const postData = { mimeType: 'application/json', text: '{"user":"a","password":"b"}' }
    const { notes } = read(har([{ url: `${API}/login`, method: 'POST', postData }]))
    expect(notes.join('\n')).toContain('The body of request 1 has "password", and is written as it was')
  })

  it.each([
    { because: 'bytes in base64 that are text', content: { size: 3, text: 'w6k=', encoding: 'base64' }, body: 'é' },
    {
      because: 'bytes in base64 that are none',
      content: { size: 1, text: '/w==', encoding: 'base64' },
      body: undefined,
    },
    { because: 'a body that was not kept', content: { size: 9 }, body: undefined },
    { because: 'no body', content: { size: 0 }, body: '' },
  ])('reads the answer that is $because', ({ content, body }) => {
    expect(read(har([{ url: `${API}/a`, content }])).recorded[0]?.answer?.body).toBe(body)
  })

  it.each([
    { params: [{ name: 'a', value: 'x y' }, { name: 'b' }], body: 'a=x+y&b=' },
    { params: [{ name: 'a', value: 'x%20y' }], body: 'a=x+y' },
  ])('makes the body of a form of its fields', ({ params, body }) => {
    const postData = { mimeType: 'application/x-www-form-urlencoded', params }
    expect(read(har([{ url: `${API}/a`, method: 'POST', postData }])).recorded[0]?.request.body).toBe(body)
  })

  it('takes so many and no more', () => {
    const { recorded, notes } = read(har([{ url: `${API}/a` }, { url: `${API}/b` }, { url: `${API}/c` }]), { most: 2 })
    expect(recorded).toHaveLength(2)
    expect(notes.join('\n')).toContain('1 request left out: more than 2 (--most) (GET /c).')
  })

  it.each([
    { because: 'no JSON', text: '{"log": {]', says: ['orders.har:1:10: not JSON'] },
    {
      because: 'another JSON',
      text: '{\n "log": {\n  "entries": 3\n }\n}',
      says: ['orders.har:3:14: log.entries is 3'],
    },
    {
      because: 'an entry without an address',
      text: har([{ url: 'x' }]).replace('"url":"x",', ''),
      says: ['orders.har:1:', 'url'],
    },
    {
      because: 'a HAR of pages',
      text: har([{ url: `${API}/`, type: 'text/html' }]),
      says: ['orders.har:1:1: of 1 request in it none is taken', 'not of an API (text/html)'],
    },
    { because: 'a HAR of nothing', text: har([]), says: ['of 0 requests in it none is taken'] },
  ])('refuses $because', ({ text, says }) => {
    const message = messageOf(() => read(text))
    for (const each of says) expect(message).toContain(each)
  })

  it('begins with a byte order mark, as some programs write it', () => {
    expect(read(`\uFEFF${har([{ url: `${API}/a` }])}`).recorded).toHaveLength(1)
  })

  it('is not misled by names that objects have', () => {
    const text = har([{ url: `${API}/a`, headers: JSON.parse('{"__proto__":"x","constructor":"y"}') }])
    expect(Object.keys(read(text).recorded[0]?.request.headers ?? {})).toEqual(['__proto__', 'constructor'])
  })
})
