import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { evenlyByLength, takeRequests } from '../../src/plan/take-requests.js'

const request = (body: string | null) => ({ method: 'POST', path: '/', headers: {}, body })
const answer = (body: string) => ({ status: 200, contentType: 'text/plain', body })
const scenario = {
  id: 'embed',
  requests: ['a', 'bbbbbbbb', 'cc', 'dddd', null, 'eee'].map(request),
  golden: ['a', 'b', 'c', 'd', 'null', 'e'].map(answer),
  workDigest: 'digest',
}

describe('a smaller corpus', () => {
  it('is of all lengths alike, in its order, each request with its answer', () => {
    const { requests, golden, id } = takeRequests(scenario, 3)
    expect(id).toBe('embed')
    expect(requests.map(({ body }) => body)).toEqual(['a', 'bbbbbbbb', 'eee'])
    expect(golden.map(({ body }) => body)).toEqual(['a', 'b', 'e'])
  })

  it('is other work, and the same for the same number', () => {
    const digests = [2, 3, 6].map((most) => takeRequests(scenario, most).workDigest)
    expect(new Set(digests).size).toBe(3)
    expect(takeRequests(scenario, 3)).toEqual(takeRequests(scenario, 3))
  })

  it.each([null, 6, 7])('is the scenario itself where there are no more: %s', (most) =>
    expect(takeRequests(scenario, most)).toBe(scenario),
  )

  it('costs what the whole one costs: the texts of embed are as long on average', () => {
    const file = join(import.meta.dirname, '../../../../compose/embed/requests.ndjson')
    const lengths = readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { body: string }).body.length)
    const mean = (places: readonly number[]) => places.reduce((sum, place) => sum + lengths[place]!, 0) / places.length
    const whole = mean(lengths.map((_, index) => index))
    expect(mean(evenlyByLength(lengths, 140)) / whole).toBeCloseTo(1, 1)
  })

  it('takes as many as it is told, each once, in order', () => {
    const some = fc.array(fc.nat(2000), { minLength: 1, maxLength: 300 })
    fc.assert(
      fc.property(some, fc.double({ min: 0.01, max: 1, noNaN: true }), (lengths, share) => {
        const count = Math.max(1, Math.floor(share * lengths.length))
        const taken = evenlyByLength(lengths, count)
        expect(taken).toHaveLength(count)
        expect(taken).toEqual([...new Set(taken)].sort((a, b) => a - b))
        expect(taken.every((place) => place in lengths)).toBe(true)
      }),
    )
  })
})
