/** Answers that are made to be shown: whatever a target sends, a difference is about a line. */
import { type Comparison, contractCase, type Fetched } from '@bakeoff/model'
import { describe, expect, it } from 'vitest'
import { checkContract, compareAnswer } from '../../src/answers/index.js'

const LONG = 'x'.repeat(1e6)
const DEEP = `${'['.repeat(1e5)}${']'.repeat(1e5)}`
const GOLDEN: Record<Comparison, string> = {
  exact: '{"a":1}',
  'ranked-scores': '{"outputs":[{"id":1,"score":0.5}]}',
  cosine: '{"embedding":[0.1,0.2]}',
}

const answer = (over: Partial<Fetched>): Fetched => ({
  status: 200,
  headers: { 'content-type': 'application/json' },
  body: '',
  bodyTruncated: false,
  durationMs: 1,
  error: null,
  ...over,
})

const hostile: readonly { because: string; answer: Fetched }[] = [
  { because: 'a body is long', answer: answer({ body: LONG }) },
  { because: 'a member has a long name', answer: answer({ body: `{"a":1,"${LONG}":1}` }) },
  { because: 'a member is nested deeply', answer: answer({ body: `{"a":${DEEP}}` }) },
  { because: 'all is nested deeply', answer: answer({ body: DEEP }) },
  { because: 'an id is long', answer: answer({ body: `{"outputs":[{"id":"${LONG}","score":1}]}` }) },
  { because: 'an element is nested deeply', answer: answer({ body: `{"outputs":[${DEEP}],"embedding":[${DEEP},1]}` }) },
  { because: 'a header is long', answer: answer({ headers: { 'content-type': LONG } }) },
  { because: 'an error is long', answer: answer({ status: null, error: LONG }) },
  {
    because: 'a number is no number',
    answer: answer({ body: '{"embedding":[1e999,1],"outputs":[{"id":1,"score":1e999}]}' }),
  },
]

describe('a difference', () => {
  it.each(hostile)('is about a line when $because', ({ answer }) => {
    for (const [comparison, body] of Object.entries(GOLDEN)) {
      const golden = { status: 200, contentType: 'application/json', body }
      const difference = compareAnswer(golden, answer, comparison as Comparison, 1e-4)
      expect(difference).not.toBeNull()
      expect(difference?.length).toBeLessThan(500)
    }
  })

  it.each(hostile)('from the contract is about a line when $because', ({ answer }) => {
    const wanted = contractCase.parse({
      name: 'a case',
      request: { path: '/x' },
      expect: {
        status: 200,
        contentType: 'text/plain',
        json: { a: { b: 1 } },
        mentions: ['word'],
        headers: { 'content-type': 'y' },
      },
    })
    const differences = checkContract(wanted, answer)
    expect(differences.length).toBeGreaterThan(0)
    for (const difference of differences) expect(difference.length).toBeLessThan(500)
  })
})
