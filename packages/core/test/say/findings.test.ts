import { type Calibration, calibrationKey, type Finding, type LoadSpec } from '@bakeoff/model'
import { describe, expect, it } from 'vitest'
import { analyse } from '../../src/index.js'
import type { JudgedCell } from '../../src/judge/judged.js'
import { notMeasured } from '../../src/say/findings/not-measured.js'
import { aClaim, anInfo, around, aService, judgedCells, type Observed, repeat } from '../builders.js'
import { sampleResults } from '../fixtures-results.js'

type Options = Parameters<typeof judgedCells>[1]
const ceiling = (throughput: number): Calibration[] => [
  {
    key: calibrationKey([3], [1]),
    connections: 64,
    throughput,
    p50Us: 300,
    agentCores: 1,
    eventLoopUtilisation: 0.99,
    windows: [],
  },
]

/** All findings of a run with these observations. */
function findingsOf(
  targets: Readonly<Record<string, readonly Observed[]>>,
  options: Options = {},
  more: Partial<Parameters<typeof analyse>[0]> = {},
): Finding[] {
  const cells: readonly JudgedCell[] = judgedCells(targets, options)
  const plan = cells[0]!.view.plan
  return analyse({
    plan,
    records: [...new Set(cells.flatMap(({ view }) => view.records))],
    calibrations: options?.calibrations ?? [],
    claims: [],
    targets: {},
    base: { id: null, origin: null },
    endedAt: null,
    status: 'complete',
    statusReason: null,
    ...more,
  }).findings
}
const of = (kind: string, found: readonly Finding[]) => found.filter((each) => each.kind === kind)
const full = { cpuMs: 0.495, perSecond: 2000 }

describe('who is fastest', () => {
  it('says how much, how sure, what limited both and how busy the agent was', () => {
    const [leader] = of(
      'leader',
      findingsOf(
        { 'go-a': around(full), 'python-b': around({ perSecond: 645, cpuMs: 1.53 }) },
        { calibrations: ceiling(5000) },
      ),
    )
    expect(leader).toMatchObject({
      tone: 'finding',
      scenario: 'predict',
      cells: ['predict/go-a/default/closed-64', 'predict/python-b/default/closed-64'],
    })
    expect(leader!.text).toBe(
      'With 64 connections, go-a handled 3.10× (3.08–3.12) as many requests as python-b did; both were limited by their own cores; the load generator was at up to 40 % of its capacity.',
    )
  })

  it('names different limits, the last one, and variants', () => {
    const targets = {
      'go-a': around({ perSecond: 2000, cpuMs: 0.2, services: { postgres: 0.97 } }),
      'node-b': around({ perSecond: 1000, cpuMs: 0.99, services: { postgres: 0.5 } }),
      'python-c/slow': around({ perSecond: 500, cpuMs: 1.3, services: { postgres: 0.2 } }),
    }
    const [leader] = of('leader', findingsOf(targets, { scenario: { services: [aService('postgres')] } }))
    expect(leader!.text).toMatch(
      /^With 64 connections, go-a handled 2\.\d+× .* as many requests as node-b did, and 4\.\d+× .* as many as python-c \(slow\) did; go-a was limited by postgres, node-b by its own cores\./,
    )
  })

  it('says when no bottleneck was identified', () => {
    const idle = (perSecond: number) => around({ perSecond, cpuMs: 0.8 * (1000 / perSecond) })
    const [neither] = of('leader', findingsOf({ 'go-a': idle(2000), 'go-b': idle(1000) }))
    expect(neither!.text).toMatch(/; no bottleneck was identified\./)
    const [one] = of('leader', findingsOf({ 'go-a': around(full), 'go-b': idle(1000) }))
    expect(one!.text).toMatch(/go-a was limited by its own cores, and no bottleneck was identified for go-b/)
    const [other] = of('leader', findingsOf({ 'go-a': idle(2000), 'go-b': around({ perSecond: 1000, cpuMs: 0.99 }) }))
    expect(other!.text).toMatch(/go-b was limited by its own cores, and no bottleneck was identified for go-a/)
  })

  it('says "at least" where the agent held the fastest back, and first that it is suspect', () => {
    const [leader] = of(
      'leader',
      findingsOf({ 'go-a': around({ ...full, eventLoop: 0.95 }), 'go-b': around({ perSecond: 500, cpuMs: 1.98 }) }),
    )
    expect(leader!.text).toMatch(/go-a handled at least 4\.0/)
    expect(leader!.text).toMatch(/go-a was limited by the load agent and its own cores/)
    expect(leader!.text).toMatch(/^Suspect \(go-a: agent-bound\): with 64 connections, go-a handled/)
  })

  it('names who is not told apart from the first', () => {
    const [leader] = of(
      'leader',
      findingsOf({
        'go-a': around(full),
        'go-b': around({ ...full, perSecond: 1995 }),
        'go-c': around({ perSecond: 500, cpuMs: 1.98 }),
      }),
    )
    expect(leader!.text).toMatch(
      /go-a handled 4\.\d+× .* as many requests as go-c did.* go-b is not told apart from go-a\.$/,
    )
  })
})

it('does not let one target with one repetition silence the others', () => {
  const single = repeat({ perSecond: 1500, cpuMs: 0.66 }, 1)
  const [leader] = of(
    'leader',
    findingsOf({ 'go-a': around(full), 'go-b': single, 'go-c': around({ perSecond: 500, cpuMs: 1.98 }) }),
  )
  expect(leader).toMatchObject({ tone: 'finding' })
  expect(leader!.text).toMatch(
    /^Provisional \(one repetition\): with 64 connections, go-a handled 4\.\d+× .* as many requests as go-c did; .* go-b is not told apart from go-a\.$/,
  )
})

describe('where nothing may be claimed', () => {
  const noWinner = (found: Finding[]) => {
    const [leader] = of('leader', found)
    expect(leader!.tone).toBe('nothing-to-say')
    expect(found.filter(({ tone }) => tone === 'finding')).toEqual([])
    expect(leader!.text).not.toMatch(/× /)
    return leader!.text
  }

  it('says so after one repetition, however far apart', () =>
    expect(noWinner(findingsOf({ 'go-a': repeat(full, 1), 'go-b': repeat({ perSecond: 100, cpuMs: 9 }, 1) }))).toBe(
      'Suspect (go-b: too-short), provisional (one repetition): with 64 connections, go-a was ahead; how much the next repetition would differ is not known.',
    ))

  it('says so when all are alike', () =>
    expect(noWinner(findingsOf({ 'go-a': around(full), 'go-b': around({ ...full, perSecond: 2001 }) }))).toMatch(
      /^With 64 connections, go-[ab] and go-[ab] served the same, within 3 %\./,
    ))

  it('says so when nobody is told apart', () => {
    const wild = (shares: number[]): Observed[] =>
      shares.map((share) => ({ perSecond: 1000 * share, cpuMs: 0.5 / share }))
    expect(
      noWinner(findingsOf({ 'go-a': wild([1, 1.4, 0.8, 1.3, 0.9]), 'go-b': wild([1.2, 0.9, 1, 1, 1.1]) })),
    ).toMatch(
      /^With 64 connections, none of .* is told apart as the fastest\. With 5 repetitions a factor of 1\.\d+ would have been\.$/,
    )
  })

  it('says nothing of one target alone', () => expect(findingsOf({ 'go-a': around(full) })).toEqual([]))

  it('says nothing of invalid cells but why they are not ranked', () => {
    const found = findingsOf({
      'go-a': around({ ...full, counts: { wrong: 3 } }),
      'go-b': around({ perSecond: 500, cpuMs: 1 }),
    })
    expect(found.map(({ kind, tone }) => [kind, tone])).toEqual([['not-ranked', 'caveat']])
    expect(found[0]!.text).toMatch(/^With 64 connections, go-a is not ranked: 15 answers of .* were wrong/)
  })

  it.each([
    { options: { repetitions: 1 }, because: 'a smoke run' },
    { options: { failing: 'all' as const }, because: 'a run in which nothing was built' },
  ])('says no comparison of $because', ({ options }) => {
    const { findings: found } = sampleResults(options)
    expect(found.length).toBeGreaterThan(0)
    expect(found.filter(({ tone }) => tone === 'finding')).toEqual([])
  })
})

describe('the best contender of each language', () => {
  const leaderOf = (targets: Readonly<Record<string, readonly Observed[]>>, options: Options = {}) =>
    of('leader', findingsOf(targets, options))[0]
  const at = (perSecond: number) => around({ perSecond, cpuMs: 990 / perSecond })
  const all = { 'go-a': at(2000), 'go-b': at(1600), 'python-c': at(500), 'python-d': at(400) }

  it.each([
    {
      because: 'is compared with that of the next language, and a slower one of its own is in no headline',
      targets: all,
      roles: {},
      says: /^With 64 connections, of the best contender of each language, go-a handled 4\.\d+× \S+ as many requests as python-c did;/,
      names: ['go-a', 'python-c'],
    },
    {
      because: 'is one of few targets in a run of one language, where each is in the headline',
      targets: { 'go-a': at(2000), 'go-b': at(1600), 'go-c': at(500) },
      roles: {},
      says: /^With 64 connections, go-a handled 1\.25× \S+ as many requests as go-b did, and 4\.\d+× \S+ as many as go-c did;/,
      names: ['go-a', 'go-b', 'go-c'],
    },
    {
      because: 'is the only one where no other is ranked: nothing is said of a selection',
      targets: { 'go-a': at(2000), 'python-c': at(500) },
      roles: {},
      says: /^With 64 connections, go-a handled 4\.\d+× \S+ as many requests as python-c did;/,
      names: ['go-a', 'python-c'],
    },
    {
      because: 'is no experiment and no stand-in, however fast',
      targets: { ...all, 'go-x': at(9000), 'python-y': at(8000) },
      roles: { 'go-x': { role: 'experiment' as const }, 'python-y': { standIn: { for: ['x'], because: 'y' } } },
      says: /^With 64 connections, of the best contender of each language, go-a handled/,
      names: ['go-a', 'python-c'],
    },
  ])('$because', ({ targets, roles, says, names }) => {
    const found = leaderOf(targets, { roles })
    expect(found!.text).toMatch(says)
    expect(found!.cells).toEqual(names.map((name) => `predict/${name}/default/closed-64`))
  })

  it('is no development server, however fast', () => {
    const targets = { ...all, 'node-dev': at(9000) }
    const records = [...new Set(judgedCells(targets).flatMap(({ view }) => view.records))].map((run) =>
      run.entry.includes('node-dev') ? { ...run, info: anInfo({ developmentServer: true }) } : run,
    )
    const found = findingsOf(targets, {}, { records })
    expect(of('leader', found)[0]!.text).toMatch(/language, go-a handled 4\.\d+× \S+ as many requests as python-c did;/)
    expect(
      found
        .filter(({ tone }) => tone !== 'caveat')
        .map(({ text }) => text)
        .join(),
    ).not.toContain('node-dev')
  })
})

describe('what is doubtful is said before anything else', () => {
  const steal = { steal: 0.1 }
  const fast = { perSecond: 2000, cpuMs: 0.495 }
  const slow = { perSecond: 500, cpuMs: 1.98 }

  it.each([
    {
      because: 'one of two',
      targets: { 'go-a': around({ ...fast, ...steal }), 'python-b': around(slow) },
      begins: 'Suspect (go-a: noisy-host): with 64 connections, go-a handled',
    },
    {
      because: 'both, for one reason',
      targets: { 'go-a': around({ ...fast, ...steal }), 'python-b': around({ ...slow, ...steal }) },
      begins: 'Suspect (both: noisy-host): with 64 connections, go-a handled',
    },
    {
      because: 'each for its own',
      targets: { 'go-a': around({ ...fast, eventLoop: 0.95 }), 'python-b': around({ ...slow, ...steal }) },
      begins: 'Suspect (go-a: agent-bound; python-b: noisy-host): with 64 connections, go-a handled at least',
    },
    {
      because: 'with too few repetitions as well',
      targets: { 'go-a': around({ ...fast, ...steal }, { times: 2 }), 'python-b': around(slow, { times: 2 }) },
      begins: 'Suspect (go-a: noisy-host), provisional (2 repetitions): with 64 connections, go-a handled',
    },
    {
      because: 'with short windows alone',
      targets: { 'go-a': around(fast), 'python-b': around(slow) },
      options: { plan: { profile: 'quick' } },
      begins: 'Provisional (short windows): with 64 connections, go-a handled',
    },
  ])('$because', ({ targets, options = {}, begins }) => {
    const [leader] = of('leader', findingsOf(targets, options))
    expect(leader!.text.startsWith(begins), leader!.text).toBe(true)
  })
})

describe('one observation is told once: CPU time per request, where it is throughput upside down', () => {
  const kinds = (targets: Readonly<Record<string, readonly Observed[]>>) =>
    findingsOf(targets)
      .map(({ kind }) => kind)
      .filter((kind) => kind === 'leader' || kind === 'cpu-per-request')
  const atFullCore = (perSecond: number) => around({ perSecond, cpuMs: 990 / perSecond })

  it.each([
    {
      because: 'all cores were full: it is left out',
      targets: { 'go-a': atFullCore(2000), 'python-b': atFullCore(500) },
      told: ['leader'],
    },
    {
      because: 'so it is where the best is not told apart from another',
      targets: { 'go-a': atFullCore(2000), 'node-b': atFullCore(1998), 'python-c': atFullCore(500) },
      told: ['leader'],
    },
    {
      because: 'the slower one waited: its CPU time is another observation',
      targets: { 'go-a': atFullCore(2000), 'python-b': around({ perSecond: 500, cpuMs: 1 }) },
      told: ['leader', 'cpu-per-request'],
    },
    {
      because: 'both waited',
      targets: { 'go-a': around({ perSecond: 2000, cpuMs: 0.2 }), 'python-b': around({ perSecond: 500, cpuMs: 1 }) },
      told: ['leader', 'cpu-per-request'],
    },
    {
      because: 'both were above 90 % and not equally full: the ratios differ by more than 3 %',
      targets: { 'go-a': atFullCore(2000), 'python-b': around({ perSecond: 500, cpuMs: 1.83 }) },
      told: ['leader', 'cpu-per-request'],
    },
    {
      because: 'throughput is alike, as something else was the limit',
      targets: { 'go-a': around({ perSecond: 1000, cpuMs: 0.2 }), 'python-b': around({ perSecond: 1000, cpuMs: 0.6 }) },
      told: ['leader', 'cpu-per-request'],
    },
  ])('$because', ({ targets, told }) => expect(kinds(targets)).toEqual(told))
})

describe('CPU time per request', () => {
  it('names who needs least and how much more the last one needs', () => {
    const [cpu] = of(
      'cpu-per-request',
      findingsOf({ 'go-a': around({ perSecond: 1000, cpuMs: 0.2 }), 'go-b': around({ perSecond: 1000, cpuMs: 0.6 }) }),
    )
    expect(cpu).toMatchObject({ tone: 'finding' })
    expect(cpu!.text).toMatch(
      /^With 64 connections, go-a needed 0\.2\d* ms of CPU time per request, go-b 3\.0\d*× \([\d.]+–[\d.]+\) as much \(0\.[56]\d* ms\)\.$/,
    )
  })

  it('names who is not told apart', () => {
    const [cpu] = of(
      'cpu-per-request',
      findingsOf({
        'go-a': around({ perSecond: 1000, cpuMs: 0.2 }),
        'go-b': around({ perSecond: 1000, cpuMs: 0.2005 }),
        'go-c': around({ perSecond: 1000, cpuMs: 0.6 }),
      }),
    )
    expect(cpu!.text).toMatch(/go-b is not told apart from go-a\./)
  })
})

describe('offered the same', () => {
  const load: LoadSpec = { kind: 'rate', perSecond: 500, connections: 128, arrivals: 'constant' }
  const at = (more: Partial<Observed>) =>
    around({ load, perSecond: 500, ...more }, { own: 0 }).map((each, index) => ({
      ...each,
      meanMs: (each.meanMs ?? 5) * (1 + index / 500),
      memoryBytes: (each.memoryBytes ?? 1e8) * (1 + index / 500),
    }))

  it('says who answers soonest and who needs least', () => {
    const [found] = of(
      'same-rate',
      findingsOf({
        'go-a': at({ meanMs: 2, cpuMs: 0.2, memoryBytes: 2e7 }),
        'go-b': at({ meanMs: 9, cpuMs: 0.9, memoryBytes: 2e8 }),
      }),
    )
    expect(found!.text).toBe(
      'When all were offered 500 requests/s, go-a had the lowest p99, needed the least CPU and needed the least memory.',
    )
  })

  it('gives each merit to whom it belongs', () => {
    const [found] = of(
      'same-rate',
      findingsOf({
        'go-a': at({ meanMs: 2, cpuMs: 0.9, memoryBytes: 2e7 }),
        'go-b': at({ meanMs: 9, cpuMs: 0.2, memoryBytes: 2e8 }),
      }),
    )
    expect(found!.text).toBe(
      'When all were offered 500 requests/s, go-a had the lowest p99 and needed the least memory and go-b needed the least CPU.',
    )
  })

  it('says nothing when all are alike', () =>
    expect(of('same-rate', findingsOf({ 'go-a': at({}), 'go-b': at({}) }))).toEqual([]))
})

it('says who carries most within the service level', () => {
  const load: LoadSpec = { kind: 'capacity', connections: 128, p99Ms: 50, errors: 0.001, arrivals: 'exponential' }
  const carry = (perSecond: number) =>
    around({ load, perSecond }).map((each) => ({ ...each, capacity: { perSecond: each.perSecond ?? 0, probes: [] } }))
  const [found] = of('capacity', findingsOf({ 'go-a': carry(900), 'go-b': carry(600) }))
  expect(found!.text).toMatch(
    /^Within p99 ≤ 50 ms, go-a carried 9\d\d requests\/s, 1\.50× \(1\.\d+–1\.\d+\) what go-b carried\.$/,
  )
  expect(of('capacity', findingsOf({ 'go-a': carry(900), 'go-b': carry(901) }))).toEqual([])
})

describe('caveats', () => {
  it('name a service at its cap, and for whom', () => {
    const scenario = { services: [aService('postgres')] }
    const busy = { perSecond: 2000, cpuMs: 0.2, services: { postgres: 0.97 } }
    const [all] = of('service-limit', findingsOf({ 'go-a': around(busy), 'go-b': around(busy) }, { scenario }))
    expect(all!.text).toMatch(/postgres filled its cores with all of 2 targets \(postgres used 0\.9/)
    const [one] = of(
      'service-limit',
      findingsOf({ 'go-a': around(busy), 'go-b': around({ ...busy, services: { postgres: 0.3 } }) }, { scenario }),
    )
    expect(one!.text).toMatch(/filled its cores with go-a \(/)
    expect(one!.cells).toEqual(['predict/go-a/default/closed-64'])
    const [single] = of('service-limit', findingsOf({ 'go-a': repeat(busy, 1) }, { scenario }))
    expect(single!.text).toMatch(/One repetition: for orientation\.$/)
  })

  it('call throughput under a full agent a lower bound, with the estimate from CPU time', () => {
    const [found] = of('lower-bounds', findingsOf({ 'go-a': repeat({ perSecond: 2000, cpuMs: 0.2, eventLoop: 0.95 }) }))
    expect(found!.text).toMatch(
      /load agent was the limit for go-a \(measured 2,000, its CPU time would allow about 5,000 requests\/s\): .* lower bound/,
    )
  })

  it('name who has no figures and why', () => {
    const { findings: found } = sampleResults({ scenarios: ['embed'] })
    expect(of('not-measured', found).map(({ text }) => text)).toEqual([
      expect.stringMatching(/^python-flask \(as-published\) has no figures in embed: verify: .* wrong/),
      'elixir-cowboy has no figures in embed: its build needs hex.pm, which is not reachable from here.',
    ])
  })

  it('say of whom nobody has figures at all', () => {
    const known = sampleResults({ scenarios: ['embed'] })
    const entries = known.entries.map((entry) => ({ ...entry, neverRun: 'hex was out of reach' }))
    const [scenario] = known.scenarios
    expect(notMeasured.find(scenario!, { ...known, entries }).map(({ text }) => text)).toContain(
      'elixir-cowboy has no figures in embed: its build needs hex.pm, which is not reachable from here. It was never run: hex was out of reach.',
    )
  })

  it('say that unequal batches are not ranked against each other', () => {
    const { findings: found } = sampleResults({ scenarios: ['chat-batch'] })
    expect(of('unequal-work', found)[0]!.text).toMatch(/^1,800 tasks at 200 and 300 tasks at 20 are unequal work/)
  })

  it('repeat the lints that can invert a comparison, and leave the others to the target’s page', () => {
    const cells = judgedCells({ 'go-a': around(full) })
    const records = cells[0]!.view.records.map((run) => ({
      ...run,
      info: anInfo({ developmentServer: true, server: 'Werkzeug', cpus: 8 }),
    }))
    const found = of('lint', findingsOf({ 'go-a': around(full) }, {}, { records }))
    expect(found.map(({ text }) => text)).toEqual([
      expect.stringMatching(/^go-a: Werkzeug runs as a development server\. /),
    ])
  })
})

describe('published claims', () => {
  const claim = aClaim({
    subjects: ['a', 'b'].map((id) => ({
      id,
      target: `go-${id}`,
      variant: 'default',
      says: id.toUpperCase(),
      figures: {},
      load: { connections: 64 },
    })),
    comparisons: [{ metric: 'throughput', of: 'a', to: 'b', published: 2, statement: 'A is faster' }],
    statements: [{ says: 'A was full', verdict: 'target-cpu', service: null, subjects: ['a'] }],
  })
  const found = (a: number, b: number, times = 5) =>
    of(
      'claim',
      findingsOf(
        {
          'go-a': around({ perSecond: a, cpuMs: 990 / a }, { times }),
          'go-b': around({ perSecond: b, cpuMs: 990 / b }, { times }),
        },
        {},
        { claims: [claim] },
      ),
    )

  it.each([
    { a: 2000, b: 1000, tone: 'finding', text: /^“A is faster” \(An article\) holds here\. / },
    {
      a: 9000,
      b: 1000,
      tone: 'finding',
      text: /holds in direction here\. 9\.\d+× .* here, not the published 2×\./,
    },
    { a: 1000, b: 2000, tone: 'finding', text: /does not hold here\. / },
  ])('$text', ({ a, b, tone, text }) => {
    const [comparison, statement] = found(a, b)
    expect(comparison).toMatchObject({ tone, text: expect.stringMatching(text) })
    expect(comparison!.cells).toHaveLength(2)
    expect(statement).toMatchObject({
      tone: 'finding',
      text: expect.stringMatching(/^“A was full” .* holds here\. Here too: /),
    })
  })

  it('say first what is suspect, and once', () => {
    const text = of(
      'claim',
      findingsOf(
        {
          'go-a': around({ perSecond: 2000, cpuMs: 0.495, steal: 0.1 }),
          'go-b': around({ perSecond: 1000, cpuMs: 0.99 }),
        },
        {},
        { claims: [claim] },
      ),
    )[0]!.text
    expect(text).toMatch(/^Suspect \(go-a: noisy-host\): “A is faster” \(An article\) holds here\. 2\.00× /)
    expect(text.match(/noisy-host/g)).toHaveLength(1)
  })

  it('claim nothing after one repetition', () => {
    for (const { tone, text } of found(2000, 1000, 1)) {
      expect(tone).toBe('nothing-to-say')
      expect(text).toMatch(/is undecided here\. One repetition/)
    }
  })

  it('that were not measured stay on their page', () =>
    expect(of('claim', findingsOf({ 'go-z': around(full) }, {}, { claims: [claim] }))).toEqual([]))
})

it('gives each sentence an id of its own and cells that exist', () => {
  const { findings: found, cells } = sampleResults()
  expect(new Set(found.map(({ id }) => id)).size).toBe(found.length)
  const ids = new Set(cells.map(({ id }) => id))
  for (const finding of found) for (const cell of finding.cells) expect(ids).toContain(cell)
  expect(new Set(found.map(({ kind }) => kind))).toEqual(
    new Set([
      'leader',
      'cpu-per-request',
      'capacity',
      'same-rate',
      'claim',
      'unequal-work',
      'service-limit',
      'lower-bounds',
      'not-ranked',
      'not-measured',
      'lint',
    ]),
  )
})
