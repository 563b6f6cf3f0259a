import { spellableOf } from '@bakeoff/core'
import type { RequestLine, Respell } from '@bakeoff/model'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Speller } from '../src/worker/respell.js'
import { goOn, loadOf, measureFor, predictWork, type StartedAgent, signal, startAgent } from './helpers/agent.js'
import { startServer } from './helpers/server.js'

const SPACES: Respell = { spaces: true, caseOf: null }
const BOTH: Respell = { spaces: true, caseOf: 'text' }

const requestOf = (body: string): RequestLine => ({ method: 'POST', path: '/predict', headers: {}, body })
/** What a request builder makes of it, as far as matters here: anything, and then the body. */
const wireOf = ({ body }: RequestLine) => Buffer.from(`POST /é HTTP/1.1\r\n\r\n${body}`)

/** The bodies of one load, as each send has them. */
function spellings(bodies: readonly string[], respell: Respell, load: number, sends: number, seed = 1): string[][] {
  const speller = new Speller(bodies.map(requestOf), respell, seed, load)
  const wide = speller.widened()
  const wires = speller.take(wide.map(wireOf))
  return bodies.map((_, index) =>
    Array.from({ length: sends }, () => {
      speller.next(index)
      const bytes = wires[index] as Buffer
      const length = Buffer.byteLength((wide[index] as RequestLine).body as string)
      return bytes.toString('utf8', bytes.length - length)
    }),
  )
}

describe('spellableOf', () => {
  it.each([
    { because: 'an object', body: ' {"a":1}', respell: SPACES, expected: { spaceAt: 2, letters: [] } },
    { because: 'an array', body: '[{"a":1}]', respell: SPACES, expected: { spaceAt: 1, letters: [] } },
    { because: 'letters of a text', body: '{"text":"aB1"}', respell: BOTH, expected: { spaceAt: 1, letters: [9, 10] } },
    {
      because: 'letters alone',
      body: '{"text":"a"}',
      respell: { spaces: false, caseOf: 'text' },
      expected: { spaceAt: null, letters: [9] },
    },
    {
      because: 'letters behind others, in bytes',
      body: '{"text":"éx"}',
      respell: BOTH,
      expected: { spaceAt: 1, letters: [11] },
    },
    {
      because: 'no letters of an escape',
      body: '{"text":"\\n\\u00e9\\\\n\\"x"}',
      respell: BOTH,
      expected: { spaceAt: 1, letters: [19, 22] },
    },
    {
      because: 'no letters of a special token',
      body: '{"text":"[SEP] a x[i]"}',
      respell: BOTH,
      expected: { spaceAt: 1, letters: [15, 17] },
    },
    {
      because: 'only the member itself, wherever it stands',
      body: '{"a":{"text":"no"},"b":["text","no"],"c":"text","text":"y"}',
      respell: BOTH,
      expected: { spaceAt: 1, letters: [56] },
    },
    {
      because: 'a name with an escape',
      body: '{"t\\u0065xt":"y"}',
      respell: BOTH,
      expected: { spaceAt: 1, letters: [14] },
    },
    {
      because: 'of two members of a name the last, which is the one that counts',
      body: '{"text":"a","text":"b"}',
      respell: BOTH,
      expected: { spaceAt: 1, letters: [20] },
    },
  ])('finds $because', ({ body, respell, expected }) => expect(spellableOf(body, respell)).toEqual(expected))

  it.each([
    { body: null, says: 'there is no body' },
    { body: 'a=b', says: 'not JSON' },
    { body: '"text"', says: 'neither an object nor an array' },
    { body: '[1]', says: 'no member "text"' },
    { body: '{"text":null}', says: 'no member "text"' },
  ])('says of $body that it is not', ({ body, says }) => expect(spellableOf(body, BOTH)).toContain(says))
})

describe('Speller', () => {
  it('never sends a body twice as it stands, in one load or in another', () => {
    const bodies = ['{"text":"Is the telescope open"}', '{"text":"冰箱"}', '{"text":"","more":[1,{"a":"b"}]}']
    const all = [0, 1, 2, 3].flatMap((load) => spellings(bodies, BOTH, load, 5000).flat())
    expect(new Set(all).size).toBe(all.length)
  })

  it('begins elsewhere with another seed', () => {
    const of = (seed: number) => spellings(['{"a":1}'], SPACES, 0, 1, seed)[0]?.[0]
    expect(of(1)).not.toBe(of(2))
  })

  it('runs through every case of the letters', () => {
    const texts = spellings(['{"text":"abc"}'], BOTH, 0, 8)[0]?.map((body) => JSON.parse(body).text)
    expect([...(texts ?? [])].sort()).toEqual(['ABC', 'ABc', 'AbC', 'Abc', 'aBC', 'aBc', 'abC', 'abc'])
  })

  it('leaves the text as it is where only white space is asked for', () => {
    for (const body of spellings(['{"text":"Abc"}'], SPACES, 3, 50)[0] ?? [])
      expect(body.replaceAll(/\s/g, '')).toBe('{"text":"Abc"}')
  })

  it('means the same in every spelling but for the case of the text, and keeps its length', () => {
    const values = fc
      .dictionary(fc.string(), fc.jsonValue())
      .chain((rest) => fc.string({ unit: 'grapheme' }).map((text): Record<string, unknown> => ({ ...rest, text })))
    fc.assert(
      fc.property(values, fc.nat(1000), fc.boolean(), (value, load, spaces) => {
        const body = JSON.stringify(value)
        const found = spellings([body], { spaces, caseOf: 'text' }, load, 20)[0] as string[]
        const meant = JSON.parse(body)
        for (const spelled of found) {
          const { text, ...rest } = JSON.parse(spelled)
          const { text: before, ...restBefore } = meant
          expect(rest).toEqual(restBefore)
          expect(asciiLower(text)).toBe(asciiLower(before))
          expect(Buffer.byteLength(spelled)).toBe(Buffer.byteLength(found[0] as string))
        }
      }),
    )
  })
})

function asciiLower(text: string): string {
  return text.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase())
}

describe('a target that caches', () => {
  const texts = Array.from({ length: 16 }, (_, index) => `Why is telescope number ${index} slower than the bicycle?`)
  const work = {
    ...predictWork,
    requests: texts.map((text) => ({
      ...requestOf(JSON.stringify({ text })),
      headers: { 'content-type': 'application/json' },
    })),
    golden: texts.map((text) => ({ status: 200, contentType: 'text/plain', body: text.toLowerCase() })),
  }
  let started: StartedAgent
  beforeAll(async () => {
    started = await startAgent(2)
  })
  afterAll(() => started[Symbol.asyncDispose]())

  it.each([
    { because: 'by the body as it stands, and bodies are', cacheBy: 'body', respell: null, hits: true },
    { because: 'by the body as it stands, and none is', cacheBy: 'body', respell: SPACES, hits: false },
    { because: 'by the text, and only white space differs', cacheBy: 'text', respell: SPACES, hits: true },
    { because: 'by the text, and its case differs', cacheBy: 'text', respell: BOTH, hits: false },
  ])('$because the same under load: it hits: $hits', async ({ cacheBy, respell, hits }) => {
    await using server = await startServer({ FAULT: 'cache', CACHE_BY: cacheBy })
    await started.agent.prepare({ ...work, respell }, signal)
    for (const connections of [1, 8, 8]) {
      const measurement = await started.agent.load(
        loadOf(server.origin, { kind: 'closed', connections }, { sampleEvery: 1 }),
        measureFor(400, 200),
        signal,
      )
      // The answers are the golden ones, however it was asked.
      expect(measurement.counts).toMatchObject({ wrong: 0, errorStatus: 0, lost: 0 })
      expect(measurement.counts.checked).toBeGreaterThan(16)
    }
    const truth = await server.truth()
    expect(truth.requests).toBeGreaterThan(200)
    expect(truth.hits > truth.requests / 2).toBe(hits)
    if (!hits) expect(truth.hits).toBe(0)
  })

  it('asks in plain spelling when the golden answers are verified', async () => {
    await using server = await startServer({ FAULT: 'cache' })
    await started.agent.prepare({ ...work, respell: BOTH }, signal)
    for (let pass = 0; pass < 2; pass++)
      expect(await started.agent.verify(server.origin, 1000, signal)).toMatchObject({ right: 16, total: 16 })
    expect((await server.truth()).hits).toBe(16)
  })
})

describe('answered', () => {
  it('counts every right answer from the first request to the end, in and out of the window', async () => {
    await using started = await startAgent(2)
    await using server = await startServer({ FAULT: 'errors', EVERY: 10 })
    await started.agent.prepare(predictWork, signal)
    const { window, counts } = await started.agent.load(
      loadOf(server.origin, { kind: 'closed', connections: 8 }),
      measureFor(400, 400),
      signal,
    )
    const { requests } = await server.truth()
    const answered = window?.answered ?? 0
    expect(answered).toBeGreaterThan(counts.ok * 1.2)
    // Answers to what was under way at the very end are not counted.
    expect(answered).toBeLessThanOrEqual(requests * 0.9 + 1)
    expect(answered).toBeGreaterThanOrEqual(requests * 0.9 - 9)
  })

  it('tells when the thousandth came, of all processes, and nothing where there were fewer', async () => {
    await using started = await startAgent(2)
    await using server = await startServer()
    await started.agent.prepare(predictWork, signal)
    const under = async (connections: number, windowMs: number) =>
      (
        await started.agent.load(
          loadOf(server.origin, { kind: 'closed', connections }),
          measureFor(windowMs, 200),
          signal,
        )
      ).window
    const many = await under(8, 2000)
    expect(many?.answered).toBeGreaterThan(2000)
    const { firstThousandMs } = many!
    expect(firstThousandMs).toBeGreaterThan(0)
    // At the mean rate of the whole load it would be at this time; the beginning is slower, and not ten times as fast.
    const atMeanRateMs = (2200 * 1000) / many!.answered!
    expect(firstThousandMs!).toBeGreaterThan(atMeanRateMs / 10)
    expect(firstThousandMs!).toBeLessThan(2200)
    const few = await under(1, 20)
    if (few!.answered! < 1000) expect(few!.firstThousandMs).toBeNull()
  })

  it('is of a batch what the target says', async () => {
    await using started = await startAgent()
    await using server = await startServer()
    await started.agent.prepare(predictWork, signal)
    const batch = { kind: 'batch', tasks: 8, concurrency: 4, seed: 2 } as const
    const { window } = await started.agent.load(loadOf(server.origin, batch), goOn, signal)
    expect(window?.answered).toBe(1)
  })
})
