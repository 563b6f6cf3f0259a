/** What does not compete is marked beside its name, in the table of the summary and in the CSV, and in no title. */
import { type Plan, roleWords } from '@bakeoff/model'
import { describe, expect, it } from 'vitest'
import { sampleResults } from '../../core/test/fixtures-results.js'
import { scopesOf } from '../src/html/scope.js'
import { renderCsv, renderSummary } from '../src/index.js'
import { target } from '../src/sections/target.js'
import { rangeTitle } from '../src/sections/words.js'
import { viewOf } from '../src/shared/subjects.js'

const standIn: Plan['entries'][number]['standIn'] = { for: ['Req', 'Finch'], because: 'hex' }
const plain = sampleResults({ scenarios: ['predict'], repetitions: 2 })
const results = {
  ...plain,
  entries: plain.entries.map((entry) => {
    if (entry.target === 'python-flask') return { ...entry, role: 'as-published' as const }
    if (entry.target === 'node-fastify') return { ...entry, role: 'experiment' as const }
    return entry.target === 'rust-axum' ? { ...entry, standIn } : entry
  }),
}

it.each([
  { entry: {}, variant: 'default', words: '' },
  { entry: { role: 'contender', standIn: null }, variant: 'contender-2', words: '' },
  { entry: { role: 'as-published' }, variant: 'caddy', words: 'as published' },
  { entry: { role: 'as-published' }, variant: 'as-published-caddy', words: '' },
  { entry: { role: 'experiment' }, variant: 'unbatched', words: 'experiment' },
  { entry: { role: null, standIn }, variant: 'default', words: 'stand-in' },
  { entry: { role: 'experiment', standIn }, variant: 'unbatched', words: 'stand-in, experiment' },
] as const)('$entry of the variant $variant is marked “$words”', ({ entry, variant, words }) =>
  expect(roleWords(entry, variant)).toBe(words),
)

describe('the report', () => {
  it('marks names, and does not say twice what a variant says', () =>
    expect(viewOf(results).subjects.map(({ label }) => label)).toEqual(
      expect.arrayContaining([
        'go-net-http',
        'rust-axum · stand-in',
        'python-flask · as-published',
        'node-fastify · experiment',
      ]),
    ))

  it('says on the page of a stand-in what it does without, and on no other', () => {
    const view = viewOf(results)
    const pages = target
      .render({ view, scopes: scopesOf(view) })
      .text.split('<article')
      .slice(1)
    const said = pages.filter((page) => page.includes('Stand-in.'))
    expect(said).toHaveLength(1)
    expect(said[0]).toContain('data-target="rust-axum"')
    expect(said[0]!.replace(/<[^>]*>/g, '')).toContain(
      'It was written without Req and Finch, because hex was out of reach',
    )
  })

  it('has a title about contenders, and about all where there is none', () => {
    const view = viewOf(results)
    const cells = results.cells.filter(({ loadId }) => loadId === 'closed-64')
    const title = (some: typeof cells) =>
      rangeTitle(view, some, { what: 'Throughput', of: ({ figures }) => figures.throughput?.median ?? null })?.text ??
      ''
    expect(title(cells)).toContain('go-net-http')
    expect(title(cells)).not.toMatch(/rust-axum|python-flask|node-fastify/)
    expect(title(cells.filter(({ entry }) => entry.includes('rust-axum')))).toContain('rust-axum')
    const broken = cells.map((cell) =>
      cell.target.name === 'go-net-http'
        ? { ...cell, verdict: { ...cell.verdict!, status: 'invalid' as const } }
        : cell,
    )
    expect(title(broken), 'nor one whose figures do not count').not.toContain('go-net-http')
  })
})

describe('the summary', () => {
  const rows = (text: string) => text.split('\n').filter((line) => line.startsWith('|'))
  it('has a column for roles where somebody does not compete', () => {
    const text = rows(renderSummary(results)).join('\n')
    expect(text).toMatch(/\| Role /)
    expect(text).toMatch(/\| rust-axum \| stand-in for Req, Finch \|/)
    expect(text).toMatch(/\| python-flask · as-published \| as published \|/)
    expect(text).toMatch(/\| go-net-http \| contender \|/)
  })

  it('has none where all are contenders', () => expect(rows(renderSummary(plain)).join('\n')).not.toMatch(/\| Role /))
})

it('the CSV has role and stand-in of every cell', () => {
  const [head = '', ...rows] = renderCsv(results).split('\r\n')
  expect(head).toContain(',language,role,stand_in_for,')
  expect(rows.find((row) => row.includes('/rust-axum/'))).toContain(',rust,contender,Req Finch,')
  expect(rows.find((row) => row.includes('/python-flask/'))).toContain(',python,as-published,,')
  const [, ...old] = renderCsv(plain).split('\r\n')
  expect(old.find((row) => row.includes('/go-net-http/'))).toContain(',go,contender,,')
})
