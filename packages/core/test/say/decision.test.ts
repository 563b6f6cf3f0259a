import type { Decision, DecisionColumn, Results } from '@bakeoff/model'
import { describe, expect, it } from 'vitest'
import { decide } from '../../src/say/index.js'
import { around, judgedCells, type Observed, repeat, resultsOfCells } from '../builders.js'
import { sampleResults } from '../fixtures-results.js'

type Options = Parameters<typeof judgedCells>[1]
const fast = { perSecond: 2000, cpuMs: 0.495 }
const slow = { perSecond: 645, cpuMs: 1.53 }

/** Results of one scenario with these observations. */
function resultsOf(targets: Readonly<Record<string, readonly Observed[]>>, options: Options = {}): Results {
  return resultsOfCells(judgedCells(targets, options))
}

const columnOf = (targets: Readonly<Record<string, readonly Observed[]>>, options?: Options): DecisionColumn =>
  decide(resultsOf(targets, options)).columns[0]!
const marks = ({ figures }: DecisionColumn) => Object.fromEntries(figures.map(({ name, marks: own }) => [name, own]))

describe('who leads', () => {
  it.each([
    {
      because: 'one is told apart from all others',
      targets: { 'go-a': around(fast), 'python-b': around(slow) },
      standing: 'leads',
      says: /^go-a leads: it serves 3\.10× \(3\.08–3\.12\) what python-b does\.$/,
      marks: { 'go-a': ['leads'], 'python-b': [] },
    },
    {
      because: 'two serve the same',
      targets: { 'go-a': around(fast), 'node-b': around({ ...fast, perSecond: 2001 }) },
      standing: 'level',
      says: /^level: (go-a and node-b|node-b and go-a) serve the same\.$/,
      marks: { 'go-a': ['level'], 'node-b': ['level'] },
    },
    {
      because: 'two are the same and a third is behind both',
      targets: { 'go-a': around(fast), 'node-b': around({ ...fast, perSecond: 2001 }), 'python-c': around(slow) },
      standing: 'level',
      says: /^level: .* serve the same\. .* serves 3\.1\d× \(.*\) what python-c does\.$/,
      marks: { 'go-a': ['level'], 'node-b': ['level'], 'python-c': [] },
    },
    {
      because: 'the figures differ more between repetitions than between targets',
      targets: {
        'go-a': [1, 1.4, 0.8, 1.3, 0.9].map((share) => ({ perSecond: 1000 * share, cpuMs: 0.5 / share })),
        'node-b': [1.2, 0.9, 1, 1, 1.1].map((share) => ({ perSecond: 1000 * share, cpuMs: 0.5 / share })),
      },
      standing: 'level',
      says: /^level: .* are not told apart in 5 repetitions \(a factor of 1\.\d+ would be\)\.$/,
      marks: { 'go-a': ['level'], 'node-b': ['level'] },
    },
    {
      because: 'each was measured once',
      targets: { 'go-a': repeat(fast, 1), 'python-b': repeat(slow, 1) },
      standing: 'provisional',
      says: /^provisional, one repetition: go-a serves 3\.1× what python-b does\.$/,
      marks: { 'go-a': [], 'python-b': [] },
    },
    {
      because: 'each was measured twice',
      targets: { 'go-a': around(fast, { times: 2 }), 'python-b': around(slow, { times: 2 }) },
      standing: 'provisional',
      says: /^provisional, 2 repetitions: go-a serves 3\.\d+× \(.*\) what python-b does\.$/,
      marks: { 'go-a': [], 'python-b': [] },
    },
    {
      because: 'there is one target',
      targets: { 'go-a': around(fast) },
      standing: 'alone',
      says: /^go-a alone: 2,0\d\d answers\/s \(1,9\d\d–2,0\d\d\); nothing was measured beside it\.$/,
      marks: { 'go-a': [] },
    },
    {
      because: 'all others gave wrong answers',
      targets: { 'go-a': around(fast), 'node-b': around({ ...fast, counts: { wrong: 3 } }) },
      standing: 'alone',
      says: /^go-a alone can be compared: /,
      marks: { 'go-a': [], 'node-b': ['invalid'] },
    },
    {
      because: 'nobody gave right answers alone',
      targets: {
        'go-a': around({ ...fast, counts: { wrong: 3 } }),
        'node-b': around({ ...slow, counts: { wrong: 3 } }),
      },
      standing: 'nobody',
      says: /^no figure counts: .*wrong.*\.$/,
      marks: { 'go-a': ['invalid'], 'node-b': ['invalid'] },
    },
  ])('$because', ({ targets, ...expected }) => {
    const column = columnOf(targets)
    expect(column.says).toMatch(expected.says)
    expect(column).toMatchObject({ standing: expected.standing, unit: 'answers/s', loadId: 'closed-64' })
    expect(marks(column)).toEqual(expected.marks)
  })

  it('never says more of a short run than that it is provisional', () => {
    const quick = { plan: { profile: 'quick' } }
    const column = columnOf({ 'go-a': around(fast), 'python-b': around(slow) }, quick)
    expect(column.says).toMatch(/^provisional, short windows: go-a serves 3\.10× /)
    expect(marks(column)).toEqual({ 'go-a': [], 'python-b': [] })
  })
})

describe('what is provisional in all scenarios for one reason', () => {
  const decided = (options: Parameters<typeof sampleResults>[0]) =>
    sampleResults({ scenarios: ['predict', 'embed'], failing: 'none', ...options }).decision!

  it.each([
    { because: 'one repetition', options: { repetitions: 1 }, reason: 'one repetition' },
    { because: 'two repetitions', options: { repetitions: 2 }, reason: '2 repetitions' },
    { because: 'a quick run', options: { repetitions: 5, profile: 'quick' }, reason: 'short windows' },
  ])('says it once: $because', ({ options, reason }) => {
    const { provisional, overall, columns } = decided(options)
    expect(provisional).toBe(reason)
    expect(overall).toMatch(new RegExp(`^Provisional, ${reason}: `))
    for (const { standing, says } of columns) {
      expect(standing).toBe('provisional')
      expect(says).toMatch(/^(?:suspect \(.*\): )?[a-z-]+ serves /)
      expect(says).not.toMatch(/provisional|repetition|short windows/)
    }
    expect(overall!.match(/provisional/gi)).toHaveLength(1)
  })

  it.each([
    { because: 'one scenario says it itself', options: { scenarios: ['predict'], repetitions: 1 } },
    { because: 'one target compares nothing', options: { targets: 1, repetitions: 1 } },
    { because: 'something is decided', options: { repetitions: 5 } },
    { because: 'nothing was measured', options: { failing: 'all' } },
  ] as const)('has none where $because', ({ options }) => expect(decided(options).provisional).toBeNull())

  it('leaves each its own where the reasons differ', () => {
    const twice = sampleResults({ scenarios: ['predict', 'embed'], failing: 'none', repetitions: 2 })
    const cells = twice.cells.map((cell) => (cell.scenario === 'embed' ? { ...cell, repetitions: 1 } : cell))
    const { provisional, overall, columns } = decide({ ...twice, cells })
    expect(provisional).toBeNull()
    expect(columns.map(({ says }) => /provisional, [^:]+/.exec(says)?.[0])).toEqual([
      'provisional, 2 repetitions',
      'provisional, one repetition',
    ])
    expect(overall).toMatch(/^Provisional: /)
    expect(overall!.match(/provisional/gi)).toHaveLength(1)
  })

  it('goes on where a scenario has no figure', () => {
    const stopped = sampleResults({ scenarios: ['predict', 'embed', 'chat'], failing: 'none', repetitions: 1 })
    const cells = stopped.cells.map((cell) =>
      cell.scenario === 'chat' ? { ...cell, outcome: 'aborted' as const, figures: {} } : cell,
    )
    const groups = stopped.groups.filter(({ scenario }) => scenario !== 'chat')
    const { provisional, overall } = decide({ ...stopped, cells, groups })
    expect(provisional).toBe('one repetition')
    expect(overall).toMatch(/^Provisional, one repetition: .*; nothing can be compared in chat\.$/)
  })
})

describe('a sentence says first what is suspect', () => {
  const steal = { steal: 0.1 }

  it.each([
    {
      because: 'the one that leads',
      targets: { 'go-a': around({ ...fast, ...steal }), 'python-b': around(slow) },
      says: /^suspect \(go-a: noisy-host\): go-a leads: it serves 3\.10× /,
    },
    {
      because: 'both that may be the best, and not who is not named',
      targets: {
        'go-a': around({ ...fast, ...steal }),
        'node-b': around({ ...fast, perSecond: 2001, ...steal }),
        'elixir-c': around(slow),
        'python-d': around({ ...slow, perSecond: 300, cpuMs: 3.3, ...steal }),
      },
      says: /^suspect \((go-a, node-b|node-b, go-a): noisy-host\), level: .* serve the same\. .* what elixir-c does\.$/,
    },
    {
      because: 'of two repetitions',
      targets: { 'go-a': around({ ...fast, ...steal }, { times: 2 }), 'python-b': around(slow, { times: 2 }) },
      says: /^suspect \(go-a: noisy-host\), provisional, 2 repetitions: go-a serves /,
    },
    {
      because: 'one alone',
      targets: { 'go-a': around({ ...fast, ...steal }) },
      says: /^suspect \(go-a: noisy-host\): go-a alone: 2,0/,
    },
  ])('$because', ({ targets, says }) => expect(columnOf(targets).says).toMatch(says))
})

describe('rows', () => {
  const rows = (targets: Readonly<Record<string, readonly Observed[]>>) => decide(resultsOf(targets)).rows

  it('are languages, each with its best target', () => {
    const targets = { 'go-a': around(slow), 'go-b': around(fast), 'python-c': around({ ...slow, perSecond: 300 }) }
    expect(rows(targets)).toEqual({ by: 'language', names: ['go', 'python'] })
    expect(columnOf(targets).figures.map(({ name }) => name)).toEqual(['go-b', 'python-c'])
  })

  it('are targets where there is one language', () =>
    expect(rows({ 'go-a': around(slow), 'go-b': around(fast) })).toEqual({ by: 'target', names: ['go-b', 'go-a'] }))

  it('show that a target of a language failed only where none of it was measured', () => {
    const [column] = decide(resultsOf({ 'go-a': [], 'go-b': around(fast), 'python-c': [] })).columns
    expect(column!.figures.map(({ name, value, marks: own }) => [name, value === null, own])).toEqual([
      ['go-b', false, []],
      ['python-c', true, ['not-reached']],
    ])
  })
})

const aLint = { lint: '', message: '', consequence: '', hint: '' }

/** As if an entry had been planned in another role. */
function inRole(results: Results, target: string, as: object): Results {
  return { ...results, entries: results.entries.map((each) => (each.target === target ? { ...each, ...as } : each)) }
}

describe('who takes part', () => {
  const measured = resultsOf({
    'elixir-a': around(fast),
    'go-b': around(slow),
    'node-c': around({ ...slow, perSecond: 300 }),
  })

  it('a stand-in is shown and marked, and never wins', () => {
    const [column] = decide(inRole(measured, 'elixir-a', { standIn: { for: ['Bandit'], because: 'hex' } })).columns
    expect(marks(column!)).toEqual({ 'elixir-a': ['stand-in'], 'go-b': ['leads'], 'node-c': [] })
    expect(column!.says).toMatch(/^go-b leads: it serves .* what node-c does\.$/)
  })

  it.each(['experiment', 'as-published'])('an entry that is %s is compared with nobody', (role) => {
    const [column] = decide(inRole(measured, 'elixir-a', { role })).columns
    expect(marks(column!)).toEqual({ 'elixir-a': ['not-contender'], 'go-b': ['leads'], 'node-c': [] })
  })

  it('a development server is shown and marked, and never wins', () => {
    const results = {
      ...measured,
      entries: measured.entries.map((each) =>
        each.target === 'elixir-a' ? { ...each, lints: [{ ...aLint, lint: 'development-server' }] } : each,
      ),
    }
    const [column] = decide(results).columns
    expect(marks(column!)).toEqual({ 'elixir-a': ['development-server'], 'go-b': ['leads'], 'node-c': [] })
    expect(column!.says).toMatch(/^go-b leads: it serves .* what node-c does\.$/)
    const all = measured.entries.map((each) => ({ ...each, lints: [{ ...aLint, lint: 'development-server' }] }))
    expect(decide({ ...measured, entries: all }).columns[0]!.says).toBe(
      'only development servers have a figure (elixir-a, go-b and node-c), and none of them wins.',
    )
  })

  it('says so when nobody but sources and experiments was measured', () => {
    const all = ['elixir-a', 'go-b', 'node-c'].reduce(
      (some, each) => inRole(some, each, { role: 'as-published' }),
      measured,
    )
    expect(decide(all)).toMatchObject({
      rows: { by: 'target' },
      columns: [{ standing: 'nobody', says: expect.stringMatching(/^no contender was measured/) }],
      next: null,
    })
  })
})

describe('where all are offered the same rate', () => {
  const asLatency = (results: Results): Results => ({
    ...results,
    comparisons: results.comparisons.map((each) => ({ ...each, metric: 'responseMs.p99' })),
    groups: results.groups.map((each) => ({ ...each, metric: 'responseMs.p99' })),
  })

  it('is about how late answers are: all serve the same', () => {
    const says = decide(asLatency(resultsOf({ 'go-a': repeat(fast, 5), 'python-b': repeat(slow, 5) }))).columns[0]?.says
    expect(says).toMatch(/go-a leads: it has .*× .* the p99 of python-b\.$/)
    expect(says).not.toContain('serves')
  })
})

describe('what would decide it', () => {
  it.each([
    { because: 'one repetition', repetitions: 1, command: 'npm run matrix -- --repetitions 5' },
    { because: 'all is decided', repetitions: 5, command: null },
  ])('$because', ({ repetitions, command }) => {
    const results = sampleResults({ repetitions, failing: 'none', noise: 0.001, scenarios: ['predict', 'embed'] })
    expect(decide(results).next?.command ?? null).toBe(command)
  })

  it('names the scenarios that are open, and the targets where they are few', () =>
    expect(decide(resultsOf({ 'go-a': repeat(fast, 1), 'python-b': repeat(slow, 1) })).next).toEqual({
      scenarios: ['predict'],
      command: 'npm run matrix -- --repetitions 5 --scenario predict --target go-a --target python-b',
    }))

  it.each([
    {
      repetitions: 30,
      command: 'npm run matrix -- --repetitions 30 --scenario predict --target go-a --target python-b',
    },
    { repetitions: 400, command: null },
    { repetitions: null, command: null },
  ])('proposes as many repetitions as a pair is foreseen to need, and none beyond 50 ($repetitions)', (expected) => {
    const rates = (...all: number[]) => all.map((perSecond) => ({ ...fast, perSecond }))
    const measured = resultsOf({
      'go-a': rates(1000, 1100, 950, 1050, 900),
      'python-b': rates(1040, 930, 1080, 960, 1010),
    })
    const outlook = { detectable: 1.1, repetitions: expected.repetitions }
    const comparisons = measured.comparisons.map((each) => ({ ...each, outlook }))
    expect(decide({ ...measured, comparisons }).next?.command ?? null).toBe(expected.command)
  })
})

it('answers what published sentences are worth where nothing but what is as published was measured', () => {
  const results = sampleResults()
  const entries = results.entries.map((entry) => ({ ...entry, role: 'as-published' as const }))
  const { columns, overall, claims } = decide({ ...results, entries })
  expect(new Set(columns.map(({ standing }) => standing))).toEqual(new Set(['nobody']))
  expect(overall).toMatch(/^Published sentences: \d/)
  expect(overall).toBe(claims)
  expect(decide(results).overall).not.toBe(claims)
})

describe('trust', () => {
  it('is three sentences at most', () => {
    expect(decide(sampleResults({ small: true, scenarios: ['predict', 'ranknet'] })).trust).toHaveLength(3)
    expect(decide(sampleResults({ failing: 'all', scenarios: ['predict'] })).trust).toEqual([])
  })
})

describe('whatever the run', () => {
  const runs: readonly { readonly name: string; readonly results: Results }[] = (
    [
      ...[1, 2, 3, 5].flatMap((repetitions) =>
        (['none', 'some', 'all'] as const).map((failing) => ({ repetitions, failing })),
      ),
      { status: 'aborted' },
      { status: 'running' },
      { status: 'aborted', repetitions: 1, targets: 1 },
      { targets: 1 },
      { targets: 12, noise: 0.3 },
      { hostile: true },
      { blind: true },
      { small: true },
    ] as const
  ).map((options) => ({
    name: JSON.stringify(options),
    results: sampleResults({ scenarios: ['predict', 'chat-batch'], ...options }),
  }))

  it.each(runs)('$name: every figure of the table is in the results, and no sentence says nothing', ({ results }) => {
    const decision: Decision = decide(results)
    expect(results.decision).toEqual(decision)
    expect(decision.columns.map(({ scenario }) => scenario)).toEqual(results.scenarios.map(({ id }) => id))
    for (const { scenario, loadId, figures, standing, says } of decision.columns) {
      for (const { entry, row, value, marks: own } of figures) {
        const cell = results.cells.find((each) => each.entry === entry && each.loadId === loadId)
        expect(value).toBe(cell?.figures.throughput?.median ?? null)
        expect(value === null).toBe(own.some((mark) => ['failed', 'unsupported', 'not-reached'].includes(mark)))
        expect(decision.rows.names).toContain(row)
        expect(results.entries.find(({ id }) => id === entry)?.scenario).toBe(scenario)
      }
      expect(new Set(figures.map(({ row }) => row)).size).toBe(figures.length)
      const leading = figures.filter(({ marks: own }) => own.includes('leads'))
      expect(leading).toHaveLength(standing === 'leads' ? 1 : 0)
      expect(says).toMatch(/\S.*[.…]$/s)
      expect(says).not.toMatch(/may be said|undefined|NaN/)
    }
  })
})
