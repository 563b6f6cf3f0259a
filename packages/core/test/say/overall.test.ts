import type { Decision, DecisionColumn, DecisionMark } from '@bakeoff/model'
import { expect, it } from 'vitest'
import { overallSays, type SaidColumn } from '../../src/say/overall.js'
import { type SampleOptions, sampleResults } from '../fixtures-results.js'

/** A column with figures in this order, each with its marks, and half of the one before if they are not said to be close. */
function column(
  scenario: string,
  standing: DecisionColumn['standing'],
  figures: Readonly<Record<string, readonly DecisionMark[]>>,
  step = 0.5,
): DecisionColumn {
  return {
    scenario,
    loadId: 'closed-64',
    unit: 'answers/s',
    figures: Object.entries(figures).map(([row, marks], index) => ({
      row,
      entry: `${scenario}/${row}`,
      name: `${row}-a`,
      value: 1000 * step ** index,
      marks: [...marks],
    })),
    standing,
    says: '',
  }
}

const CASES: readonly {
  readonly because: string
  readonly by?: Decision['rows']['by']
  readonly columns: readonly SaidColumn[]
  /** why all are provisional */
  readonly provisional?: string
  readonly says: string | null
}[] = [
  {
    because: 'one leads in all that was measured',
    columns: [
      column('predict', 'leads', { rust: ['leads'], go: [] }),
      column('chat', 'leads', { rust: ['leads'], node: [] }),
      column('embed', 'leads', { rust: ['leads'], node: [] }),
    ],
    says: 'Rust leads in predict, chat and embed.',
  },
  {
    because: 'scenarios of which the same is said stand together',
    columns: [
      column('predict', 'leads', { rust: ['leads'], go: [] }),
      column('embed', 'level', { go: ['level'], rust: ['level'], node: [] }),
      column('chat', 'leads', { rust: ['leads'], go: [] }),
    ],
    says: 'Rust leads in predict and chat; Go and Rust are level in embed.',
  },
  {
    because: 'a doubt stands where the name does',
    columns: [
      column('predict', 'leads', { rust: ['leads', 'suspect'], go: [] }),
      column('chat', 'leads', { rust: ['leads'], go: ['suspect'] }),
    ],
    says: 'Rust leads in predict (suspect) and chat.',
  },
  {
    because: 'too little was measured',
    columns: [
      column('predict', 'provisional', { rust: [], go: [] }),
      column('chat', 'provisional', { go: ['suspect'] }),
    ],
    says: 'Provisional: Rust is ahead in predict; Go is ahead in chat (suspect).',
  },
  {
    because: 'all is provisional for one reason, which is said once',
    columns: [
      column('predict', 'provisional', { rust: [], go: [] }),
      column('chat', 'provisional', { go: [], rust: [] }),
      column('embed', 'provisional', { rust: [], go: [] }),
    ],
    provisional: 'one repetition',
    says: 'Provisional, one repetition: Rust is ahead in predict and embed; Go is ahead in chat.',
  },
  {
    because: 'what is decided comes before what is provisional, and what compares nothing after it',
    columns: [
      column('ranknet', 'nobody', { rust: ['failed'] }),
      column('chat', 'provisional', { go: [], rust: [] }),
      column('predict', 'leads', { rust: ['leads'], go: [] }),
      column('chat-batch', 'alone', { rust: [] }),
      column('embed', 'provisional', { node: [], rust: [] }),
    ],
    says: 'Rust leads in predict; provisional: Go is ahead in chat; Node is ahead in embed; only Rust can be compared in chat-batch; nothing can be compared in ranknet.',
  },
  {
    because: 'what is apart by no more than is relevant is not ahead, and a stand-in is neither',
    columns: [
      column('embed', 'provisional', { rust: [], go: ['suspect'], elixir: ['stand-in'], node: [] }, 0.995),
      column('chat', 'provisional', { rust: [], go: [] }, 0.96),
    ],
    says: 'Provisional: Rust, Go and Node are close together in embed (suspect); Rust is ahead in chat.',
  },
  {
    because: 'what repetitions do not tell apart is not ahead, however far apart it seems',
    columns: [
      { ...column('embed', 'provisional', { rust: [], go: [], node: [] }), notApart: ['go'] },
      column('chat', 'provisional', { rust: [], go: [] }),
    ],
    says: 'Provisional: Rust and Go are not told apart in embed; Rust is ahead in chat.',
  },
  {
    because: 'ties everywhere are counted where there are many',
    columns: [
      column('predict', 'level', { a: ['level'], b: ['level'], c: ['level'], d: ['level'] }),
      column('chat', 'level', { a: ['level'], b: ['level'] }),
    ],
    by: 'target',
    says: '4 targets are level in predict; a and b are level in chat.',
  },
  {
    because: 'one language has targets for rows, with their own names',
    by: 'target',
    columns: [column('predict', 'leads', { 'go-net-http': ['leads'], 'go-fasthttp': [] })],
    says: 'go-net-http leads in predict.',
  },
  {
    because: 'nothing to compare with, and nothing at all',
    columns: [column('predict', 'alone', { rust: [] }), column('chat', 'nobody', { rust: ['failed'] })],
    says: 'Only Rust can be compared in predict; nothing can be compared in chat.',
  },
  { because: 'no scenario', columns: [], says: null },
]

it.each(CASES)('$because', ({ columns, by = 'language', provisional = null, says }) =>
  expect(
    overallSays({
      rows: { by, names: columns.flatMap(({ figures }) => figures.map(({ row }) => row)) },
      columns: [...columns],
      provisional,
    }),
  ).toBe(says),
)

it.each<{ because: string; options: SampleOptions }>([
  { because: 'a usual run', options: {} },
  { because: 'one scenario', options: { scenarios: ['predict'] } },
  { because: 'one target', options: { targets: 1 } },
  { because: 'one repetition', options: { repetitions: 1 } },
  { because: 'nothing measured', options: { failing: 'all' } },
])('is in the results and names every scenario: $because', ({ options }) => {
  const { decision, scenarios } = sampleResults(options)
  for (const { id } of scenarios) expect(decision?.overall).toContain(id)
  expect(decision?.overall).toMatch(/\.$/)
})

it.each([
  { options: { repetitions: 5, failing: 'none' as const }, levels: ['medium', 'high', 'low'] },
  { options: { repetitions: 1 }, levels: ['low'] },
  { options: { failing: 'all' as const }, levels: [null] },
])('has a level of trust: $levels', ({ options, levels }) =>
  expect(levels).toContain(sampleResults(options).decision?.trustLevel ?? null),
)
