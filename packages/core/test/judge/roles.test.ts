/** Groups and headlines are made of contenders; what stands beside them is shown, compared, and never one of them. */
import type { PlannedEntry, Results } from '@bakeoff/model'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareCells } from '../../src/judge/comparisons.js'
import type { JudgedCell } from '../../src/judge/judged.js'
import { around, judgedCells, repeat, resultsOfCells } from '../builders.js'

type Role = Pick<PlannedEntry, 'role' | 'standIn'>
type Roles = Readonly<Record<string, Role>>

const experiment: Role = { role: 'experiment' }
const asPublished: Role = { role: 'as-published' }
const standIn: Role = { role: 'contender', standIn: { for: ['Req', 'Finch'], because: 'hex' } }
const rates = {
  'elixir-own': around({ perSecond: 9000 }),
  'python-unbatched': around({ perSecond: 8000 }),
  'go-a': around({ perSecond: 2000 }),
  'rust-b': around({ perSecond: 1000 }),
  'python-dev': around({ perSecond: 100 }),
}
const roles: Roles = { 'elixir-own': standIn, 'python-unbatched': experiment, 'python-dev': asPublished }
const idOf = (target: string) => `predict/${target}/default/closed-64`

function compared(cells: readonly JudgedCell[]) {
  const { comparisons, groups } = compareCells(cells)
  return {
    comparisons: comparisons.filter(({ metric }) => metric === 'throughput'),
    list: groups.find(({ metric }) => metric === 'throughput')!,
  }
}

describe('what does not compete', () => {
  it('is in no group, best first, and says why', () => {
    const { list } = compared(judgedCells(rates, { roles }))
    expect(list.groups).toEqual([[idOf('go-a')], [idOf('rust-b')]])
    expect(list.unranked).toEqual([
      {
        cell: idOf('elixir-own'),
        why: 'a stand-in for Req and Finch, since hex could not be reached: shown beside the contenders, and not ranked with them',
      },
      {
        cell: idOf('python-unbatched'),
        why: 'an experiment: shown beside the contenders, and not ranked with them',
      },
      { cell: idOf('python-dev'), why: 'as published: shown beside the contenders, and not ranked with them' },
    ])
  })

  it('still has its ratio to each contender', () => {
    const { comparisons } = compared(judgedCells(rates, { roles }))
    expect(comparisons).toHaveLength(10)
    expect(comparisons.find(({ of, to }) => of === idOf('elixir-own') && to === idOf('rust-b'))).toMatchObject({
      conclusion: 'higher',
      ratio: { median: expect.closeTo(9, 0) },
    })
  })

  it('changes nothing of what is said of the contenders', () => {
    const [own] = compared(judgedCells({ 'go-a': rates['go-a'], 'rust-b': rates['rust-b'] })).comparisons
    const beside = compared(judgedCells(rates, { roles })).comparisons
    expect(beside.find(({ of, to }) => of === idOf('go-a') && to === idOf('rust-b'))).toEqual(own)
  })

  it('comes before what has no figure that counts', () => {
    const broken = { ...rates, 'node-broken': repeat({ perSecond: 3000, deaths: 1 }) }
    expect(compared(judgedCells(broken, { roles })).list.unranked.at(-1)?.cell).toBe(idOf('node-broken'))
  })

  it('is the role of its entry in the results; without one in the plan it competes', () => {
    const { entries } = resultsOfCells(judgedCells(rates, { roles }))
    expect(entries.map(({ target, role, standIn: other }) => [target, role, other])).toEqual([
      ['elixir-own', 'contender', standIn.standIn],
      ['python-unbatched', 'experiment', null],
      ['go-a', 'contender', null],
      ['rust-b', 'contender', null],
      ['python-dev', 'as-published', null],
    ])
  })
})

describe('a headline', () => {
  it('is the one that there would be without the others', () => {
    const headline = (results: Results) => results.findings.find(({ kind }) => kind === 'leader')
    const alone = headline(resultsOfCells(judgedCells({ 'go-a': rates['go-a'], 'rust-b': rates['rust-b'] })))
    expect(alone?.tone).toBe('finding')
    expect(headline(resultsOfCells(judgedCells(rates, { roles })))).toEqual(alone)
  })

  it('is none where a single contender was measured', () => {
    const { 'rust-b': _, ...rest } = rates
    const { findings } = resultsOfCells(judgedCells(rest, { roles }))
    expect(findings.filter(({ tone }) => tone !== 'caveat')).toEqual([])
  })

  it('never names an experiment, what is as published, or a stand-in', () => {
    const kind = fc.constantFrom<Role>({}, {}, experiment, asPublished, standIn)
    const one = fc.record({ kind, perSecond: fc.integer({ min: 50, max: 5000 }) })
    fc.assert(
      fc.property(fc.array(one, { minLength: 2, maxLength: 4 }), (made) => {
        const named = made.map((each, index) => ({ ...each, name: `go-t${index}` }))
        const results = resultsOfCells(
          judgedCells(Object.fromEntries(named.map(({ name, perSecond }) => [name, around({ perSecond })])), {
            roles: Object.fromEntries(named.map(({ name, kind: own }) => [name, own])),
          }),
        )
        const beside = named.filter(({ kind: own }) => Object.keys(own).length > 0).map(({ name }) => name)
        for (const { tone, text, cells } of results.findings.filter((each) => each.tone !== 'caveat')) {
          expect(
            cells.filter((id) => beside.some((name) => id.includes(`/${name}/`))),
            tone,
          ).toEqual([])
          for (const name of beside) expect(text).not.toContain(name)
        }
        const ranked = results.groups.flatMap((list) => list.ranked)
        expect(ranked.filter((id) => beside.some((name) => id.includes(`/${name}/`)))).toEqual([])
      }),
      { numRuns: 10 },
    )
  })
})
