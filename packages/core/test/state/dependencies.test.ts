import type { RequestLine, ValueSpec } from '@bakeoff/model'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { chainsOf, type Linked, linksOf, ranksOf } from '../../src/index.js'

const request = (path: string, gives: readonly string[] = []): RequestLine => ({
  method: 'GET',
  path,
  headers: {},
  body: null,
  ...(gives.length > 0 ? { capture: Object.fromEntries(gives.map((key) => [key, `/${key}`])) } : {}),
})
const VALUES: Record<string, ValueSpec> = {
  id: { kind: 'captured', from: 'pool' },
  item: { kind: 'captured', from: 'connection' },
  n: { kind: 'counter', from: 1 },
}
const linked = (...requests: readonly RequestLine[]) => linksOf({ values: VALUES }, requests, [])

describe('linksOf', () => {
  it('finds captured keys in a request and in its golden answer, and no others', () => {
    const golden = { status: 200, contentType: null, body: '{"item":"{{item}}"}', match: { '/{{id}}': 'any' as const } }
    expect(linksOf({ values: VALUES }, [request('/{{n}}', ['id'])], [golden])).toEqual([
      { needs: ['item', 'id'], gives: ['id'] },
    ])
  })
})

describe('chainsOf', () => {
  it.each<{ because: string; links: readonly Linked[]; given?: string[]; expected: number[][] }>([
    { because: 'independent ones side by side', links: linked(request('/a'), request('/b')), expected: [[0], [1]] },
    {
      because: 'what needs a value after what gives it',
      links: linked(request('/{{id}}'), request('/x'), request('/new', ['id'])),
      expected: [[2, 0], [1]],
    },
    {
      because: 'the nearest earlier line of several that give it',
      links: linked(request('/new', ['id']), request('/{{id}}'), request('/new', ['id']), request('/{{id}}')),
      expected: [
        [0, 1],
        [2, 3],
      ],
    },
    {
      because: 'all that need the same in the order of their lines, since one may delete what another reads',
      links: linked(request('/new', ['id']), request('/read/{{id}}'), request('/delete/{{id}}')),
      expected: [[0, 1, 2]],
    },
    {
      because: 'a chain over several values',
      links: linked(request('/new', ['id']), request('/{{id}}/items', ['item']), request('/{{id}}/items/{{item}}')),
      expected: [[0, 1, 2]],
    },
    {
      because: 'nothing for a value that is there before',
      links: linked(request('/{{id}}'), request('/b/{{id}}')),
      given: ['id'],
      expected: [[0], [1]],
    },
  ])('asks $because', ({ links, given, expected }) => expect(chainsOf(links, given)).toEqual(expected))

  it('has every request once, and each after one that gives what it needs', () => {
    const keys = ['a', 'b', 'c']
    const line = fc.record({ needs: fc.subarray(keys), gives: fc.subarray(keys) })
    fc.assert(
      fc.property(fc.array(line, { maxLength: 12 }), (links) => {
        const { ranks } = ranksOf(links)
        fc.pre(ranks.every((rank) => rank !== null))
        const chains = chainsOf(links)
        expect(chains.flat().sort((a, b) => a - b)).toEqual([...links.keys()])
        for (const chain of chains)
          for (const [place, index] of chain.entries()) {
            const before = new Set(chain.slice(0, place).flatMap((other) => links[other]!.gives))
            for (const key of links[index]!.needs) expect(before).toContain(key)
          }
      }),
    )
  })
})

describe('ranksOf', () => {
  it('finds what can never be sent, and who gives a value first', () => {
    const { ranks, providers } = ranksOf([
      { needs: ['a'], gives: ['a'] },
      { needs: [], gives: ['b'] },
      { needs: ['b'], gives: ['b', 'c'] },
    ])
    expect(ranks).toEqual([null, 0, 1])
    expect([...providers]).toEqual([
      ['b', [1]],
      ['c', [2]],
    ])
  })
})
