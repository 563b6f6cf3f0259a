import type { GoldenLine } from '@bakeoff/model'
import { describe, expect, it } from 'vitest'
import { ANY_API, type Answered, goldenLines, goldenOf, maskedAnswers, recordingOf } from '../../src/index.js'

const TOKEN = 'eyJhbGciOiJIUzI1NiJ9'
const json = (value: unknown): GoldenLine => ({
  status: 200,
  contentType: 'application/json',
  body: JSON.stringify(value),
})
const asked = (path: string, ...answers: GoldenLine[]): Answered => ({
  request: { method: 'GET', path, headers: {}, body: null },
  answers,
})

describe('a secret in an answer', () => {
  it.each([
    { because: 'its member says so', answer: { user: 'ada', accessToken: TOKEN }, at: '/accessToken' },
    { because: 'a request was sent with it', answer: { me: `Bearer ${TOKEN}` }, at: '/me' },
    { because: 'it stands deep inside', answer: { sessions: [{ session_id: TOKEN }] }, at: '/sessions/0/session_id' },
  ])('is not written, nor compared, since $because', ({ answer, at }) => {
    const { answered, notes } = maskedAnswers([asked('/login', json(answer))], [TOKEN])
    const { golden } = goldenOf(answered)
    expect(goldenLines(golden)).not.toContain(TOKEN)
    expect(golden[0]).toMatchObject({ ignore: [at], body: expect.stringContaining('"***"') })
    expect(notes).toEqual([
      expect.stringMatching(/in the answers to GET \/login looks like a secret: \*{3} is written/),
    ])
    expect(notes.join()).not.toContain(TOKEN)
  })

  it('is hidden in every place of its answer, and in each asking', () => {
    const [first, second] = [json({ token: TOKEN, link: TOKEN, id: 1 }), json({ token: `${TOKEN}2`, link: 'x', id: 2 })]
    const { golden, ignore } = goldenOf(maskedAnswers([asked('/login', first, second)], []).answered)
    expect(ignore.map(({ pointer, because }) => [pointer, because.includes(TOKEN)])).toEqual([
      ['/link', false],
      ['/id', false],
    ])
    expect(golden[0]).toMatchObject({ ignore: ['/token', '/link'] })
  })

  it('takes a request out whose answer is no JSON', () => {
    const answer: GoldenLine = { status: 200, contentType: 'text/plain', body: `hello ${TOKEN}` }
    const { answered, notes } = maskedAnswers([asked('/me', answer), asked('/b', json(1))], [TOKEN])
    expect(answered.map(({ request }) => request.path)).toEqual(['/b'])
    expect(notes).toEqual(['1 request left out (GET /me): the answer repeats a secret and is no JSON.'])
  })

  it.each([
    { because: 'a token is a word', answer: { token: 'Hello' } },
    { because: 'its place is taken by a value of the environment', answer: { token: 'Bearer{{authorization}}' } },
    { because: 'what was sent is short', answer: { lang: 'en' } },
  ])('is none where $because', ({ answer }) => {
    const whole = [asked('/a', json(answer))]
    expect(maskedAnswers(whole, ['en'])).toEqual({ answered: whole, notes: [] })
  })

  it('is known by the headers of the recording, but for what is a setting', () => {
    const exchange = {
      method: 'GET',
      path: '/me',
      headers: [
        { name: 'Authorization', value: `Bearer ${TOKEN}` },
        { name: 'Cookie', value: `lang=en-GB; sid=${TOKEN}-of-cookie` },
      ],
      body: null,
      answer: { status: 200, contentType: 'application/json', isEmpty: false, body: '{}' },
    }
    const { sent, recorded } = recordingOf([exchange], { filter: ANY_API, secretsAs: 'dropped' })
    expect(sent).toEqual([TOKEN, `${TOKEN}-of-cookie`])
    expect(JSON.stringify(recorded)).not.toContain(TOKEN)
  })
})
