import { type Outcome, type RepetitionRecord, type Results, results } from '@bakeoff/model'
import { describe, expect, it } from 'vitest'
import { type AnalysisInput, analyse, viewCells } from '../src/index.js'
import { createRandom, decodeHistogram } from '../src/stats/index.js'
import {
  aLoadRecord,
  anEntry,
  aPlan,
  aRepetitionRecord,
  aScenario,
  aService,
  aSite,
  MIB,
  nothingElse,
  type Observed,
} from './builders.js'
import { sampleResults, sampleRun } from './fixtures-results.js'

const run = (input: Pick<AnalysisInput, 'plan' | 'records'> & Partial<AnalysisInput>): Results =>
  analyse({ ...nothingElse, ...input })
const scenario = aScenario()
const entry = anEntry('predict', 'go-net-http')
const plan = aPlan([scenario], [entry])
const measured = (number: number, observed: Observed = {}, more: Partial<RepetitionRecord> = {}) =>
  aRepetitionRecord(entry, number, [aLoadRecord(observed)], more)
const failed = (stage: 'build' | 'load', code: 'BUILD_FAILED' | 'TARGET_DIED', message: string): Outcome => ({
  kind: 'failed',
  stage,
  error: { code, message, hint: null, logTail: [] },
})

describe('the outcome of a cell', () => {
  const unstarted = {
    image: null,
    info: null,
    coldStart: null,
    idleMemoryBytes: null,
    verification: null,
    warmUp: null,
  }

  it.each([
    {
      because: 'all repetitions were measured',
      records: [measured(1), measured(2)],
      outcome: 'measured',
      reason: null,
      repetitions: 2,
    },
    {
      because: 'one of two was',
      records: [measured(1), aRepetitionRecord(entry, 2, [], { outcome: failed('load', 'TARGET_DIED', 'it died') })],
      outcome: 'measured',
      reason: null,
      repetitions: 1,
    },
    {
      because: 'it needs what is not reachable',
      records: [
        aRepetitionRecord(entry, 1, [], { ...unstarted, outcome: { kind: 'unsupported', reason: 'needs hex' } }),
      ],
      outcome: 'unsupported',
      reason: 'needs hex',
      repetitions: 0,
    },
    {
      because: 'it did not build',
      records: [
        aRepetitionRecord(entry, 1, [], { ...unstarted, outcome: failed('build', 'BUILD_FAILED', 'exit code 1') }),
      ],
      outcome: 'failed',
      reason: 'build: exit code 1',
      repetitions: 0,
    },
    {
      because: 'somebody stopped it',
      records: [aRepetitionRecord(entry, 1, [], { outcome: { kind: 'aborted', reason: 'Ctrl-C' } })],
      outcome: 'aborted',
      reason: 'Ctrl-C',
      repetitions: 0,
    },
    {
      because: 'a failure tells more than a stop',
      records: [
        aRepetitionRecord(entry, 1, [], { outcome: failed('build', 'BUILD_FAILED', 'exit code 1') }),
        aRepetitionRecord(entry, 2, [], { outcome: { kind: 'aborted', reason: 'Ctrl-C' } }),
      ],
      outcome: 'failed',
      reason: 'build: exit code 1',
      repetitions: 0,
    },
    {
      because: 'it was never reached',
      records: [],
      outcome: 'aborted',
      reason: 'not reached by the time of this report',
      repetitions: 0,
    },
    {
      because: 'its load is missing',
      records: [aRepetitionRecord(entry, 1, [])],
      outcome: 'aborted',
      reason: 'this load is not in any of the repetitions that were measured',
      repetitions: 0,
    },
  ])('is $outcome: $because', ({ records, outcome, reason, repetitions }) => {
    const result = run({ plan, records })
    expect(results.parse(result)).toEqual(result)
    const [cell] = result.cells
    expect(cell).toMatchObject({ outcome, outcomeReason: reason, repetitions })
    if (outcome !== 'measured') {
      // Unknown is null, never 0: nothing of it can be drawn.
      expect(cell).toMatchObject({
        verdict: null,
        shownTime: null,
        figures: { throughput: null, 'serviceMs.p50': null },
        requests: null,
        little: null,
        timeline: null,
        histograms: { service: null, response: null },
        spectrum: [],
        bins: [],
      })
      expect(result.comparisons).toEqual([])
      expect(result.groups.every(({ ranked, unranked }) => ranked.length === 0 && unranked.length === 1)).toBe(true)
    }
  })
})

it('counts a repetition that --resume ran again once: the later one', () => {
  const first = measured(1, { perSecond: 10 })
  const again = { ...measured(1, { perSecond: 1000 }), startedAt: '2026-03-01T23:00:00.000Z' }
  for (const records of [
    [first, again],
    [again, first],
  ]) {
    expect(run({ plan, records }).cells[0]).toMatchObject({
      repetitions: 1,
      figures: { throughput: { values: [1000] } },
    })
  }
})

it('does not depend on the order in which run files are read', () => {
  const { plan: whole, records } = sampleRun({ scenarios: ['predict', 'ranknet'], repetitions: 3 })
  expect(run({ plan: whole, records: createRandom(3).shuffle(records) })).toEqual(run({ plan: whole, records }))
})

it('survives being written and read again', () => {
  const sample = sampleResults()
  expect(results.parse(JSON.parse(JSON.stringify(sample)))).toEqual(sample)
})

it('has a cell for every entry and load, and each target in every list at most once', () => {
  const sample = sampleResults()
  for (const { id, loads } of sample.scenarios) {
    const entries = sample.entries.filter((each) => each.scenario === id)
    expect(sample.cells.filter((cell) => cell.scenario === id)).toHaveLength(entries.length * loads.length)
  }
  expect(new Set(sample.cells.map(({ id }) => id)).size).toBe(sample.cells.length)
  expect(new Set(sample.cells.map(({ outcome }) => outcome))).toEqual(new Set(['measured', 'unsupported', 'failed']))
  for (const { ranked, groups, unranked } of sample.groups) {
    const named = [...ranked, ...unranked.map(({ cell }) => cell)]
    expect(new Set(named).size).toBe(named.length)
    expect(new Set(groups.flat())).toEqual(new Set(ranked))
  }
})

it('ranks only valid and suspect cells, and says why the others are not', () => {
  const sample = sampleResults()
  const status = new Map(sample.cells.map(({ id, verdict }) => [id, verdict?.status ?? null]))
  for (const { ranked, unranked } of sample.groups) {
    for (const id of ranked) expect(['valid', 'suspect']).toContain(status.get(id))
    for (const { why } of unranked) expect(why).not.toBe('')
  }
  expect(sample.groups.flatMap(({ unranked }) => unranked).some(({ why }) => why.startsWith('invalid: '))).toBe(true)
})

it('has no interval anywhere after one repetition', () => {
  const { cells, comparisons, groups } = sampleResults({ repetitions: 1 })
  for (const {
    figures: { throughput },
  } of cells)
    if (throughput)
      expect(throughput).toMatchObject({ low: null, high: null, n: 1, method: 'one repetition: no interval' })
  for (const each of comparisons)
    expect(each).toMatchObject({ conclusion: 'undecided', pAdjusted: null, ratio: { low: null, high: null } })
  for (const list of groups) expect(list.groups.length).toBeLessThan(2)
})

describe('a cell', () => {
  const five = [1, 2, 3, 4, 5]

  it('has figures over its repetitions, with an interval and each value', () => {
    const records = five.map((number) => measured(number, { perSecond: 1000 + 10 * number, cpuMs: 0.4 }))
    const [cell] = run({ plan, records }).cells
    expect(cell!.figures.throughput).toMatchObject({
      median: 1030,
      mean: 1030,
      n: 5,
      values: [1010, 1020, 1030, 1040, 1050],
      method: 'Student t, 95 %',
      outliers: [],
    })
    // R: t.test(seq(1010, 1050, 10))$conf.int is 1010.368 to 1049.632
    expect(cell!.figures.throughput!.low).toBeCloseTo(1010.368, 3)
    expect(cell!.figures.throughput!.high).toBeCloseTo(1049.632, 3)
    expect(cell!.figures.cpuMsPerRequest!.median).toBeCloseTo(0.4, 6)
    expect(cell!.figures.requestsPerCpuSecond!.median).toBeCloseTo(2500, 3)
    expect(cell!.requests).toMatchObject({ sent: 41_200, ok: 41_200, wrong: 0, errors: 0, timeouts: 0, lost: 0 })
    expect(decodeHistogram(cell!.histograms.service!).count).toBe(41_200)
    expect(cell!.bins.reduce((sum, [, , count]) => sum + count, 0)).toBe(41_200)
    expect(cell!.little!.ratio).toBeCloseTo(1, 2)
    expect(cell!.timeline).toMatchObject({ repetition: 3 })
    expect(cell!.timeline!.windows.filter(({ warmUp }) => warmUp).every(({ atMs }) => atMs <= 0)).toBe(true)
  })

  it('flags a repetition far out and leaves it in', () => {
    const records = [1000, 1002, 998, 1001, 600].map((perSecond, index) => measured(index + 1, { perSecond }))
    expect(run({ plan, records }).cells[0]!.figures.throughput).toMatchObject({ n: 5, outliers: [4] })
  })

  it('counts the unlucky: every kind of failure is summed and named', () => {
    const counts = { errorStatus: 5, timeouts: 2, lost: 1, sent: 8008 }
    const records = five.map((number) => measured(number, { counts, errorsByKind: { 'HTTP 503': 5, ECONNRESET: 1 } }))
    expect(run({ plan, records }).cells[0]!.requests).toMatchObject({
      sent: 40_040,
      errors: 25,
      timeouts: 10,
      lost: 5,
      errorsByKind: { 'HTTP 503': 25, ECONNRESET: 5 },
    })
  })

  it('has response time beside service time under open load', () => {
    const load = { kind: 'rate', perSecond: 1000, connections: 128, arrivals: 'constant' } as const
    const open = aScenario({ loads: [load] })
    const [cell] = run({
      plan: aPlan([open], [entry]),
      records: five.map((number) => measured(number, { load, meanMs: 5 })),
    }).cells
    expect(cell!.figures['responseMs.mean']!.median).toBeCloseTo(6, 1)
    expect(cell!.figures['serviceMs.mean']!.median).toBeCloseTo(5, 1)
    expect(cell!.figures.offeredPerSecond!.median).toBe(1000)
    expect(cell!.histograms.response).not.toBeNull()
  })

  it('has first-byte and inter-chunk times of a stream', () => {
    const [cell] = run({
      plan,
      records: five.map((number) => measured(number, { perSecond: 60, meanMs: 1000, stream: true })),
    }).cells
    expect(cell!.stream!.firstByteMs.mean).toBeCloseTo(250, -1)
    expect(cell!.stream!.chunks).toBe(5 * 480 * 32)
  })

  it('shows each container of several, and none of one', () => {
    const several = five.map((number) =>
      measured(number, { containers: { 'target-1': 0.5, 'target-2': 0.4, proxy: 0.1 } }),
    )
    expect(Object.keys(run({ plan, records: several }).cells[0]!.target.containers)).toEqual([
      'proxy',
      'target-1',
      'target-2',
    ])
    expect(run({ plan, records: five.map((number) => measured(number)) }).cells[0]!.target.containers).toEqual({})
  })

  it('has the services beside it, unknown when they could not be read', () => {
    const withDatabase = aScenario({ services: [aService('postgres')] })
    const result = (observed: Observed) =>
      run({ plan: aPlan([withDatabase], [entry]), records: [measured(1, observed)] }).cells[0]!.services
    expect(result({ services: { postgres: 0.5 } })['postgres']!.cpuShare).toBeCloseTo(0.5, 3)
    expect(result({})['postgres']).toMatchObject({ cpuShare: null, memoryPeakBytes: null })
  })

  it('has an estimated capacity from CPU time, however full the agent was', () => {
    const records = five.map((number) => measured(number, { cpuMs: 0.2, eventLoop: 0.95 }))
    expect(run({ plan, records }).cells[0]!.figures.estimatedCapacity!.median).toBeCloseTo(5000, 0)
  })
})

describe('an entry', () => {
  it('keeps the worst verification: a bad repetition must not hide behind a good one', () => {
    const golden = (right: number) => ({ verification: { golden: { total: 10, right, differences: [] } } })
    const records = [measured(1, {}, golden(10)), measured(2, {}, golden(7)), measured(3, {}, golden(9))]
    expect(run({ plan, records }).entries[0]!.verification!.golden.right).toBe(7)
  })

  it('has variation and drift of its throughput on the main load', () => {
    const records = [1000, 1010, 1020].map((perSecond, index) => measured(index + 1, { perSecond }))
    const [result] = run({ plan, records }).entries
    expect(result!.variation).toBeCloseTo(10 / 1010, 6)
    expect(result!.drift).toBeCloseTo(10 / 1010, 6)
    expect(run({ plan, records: records.slice(0, 2) }).entries[0]!.drift).toBeNull()
    expect(run({ plan, records: records.slice(0, 1) }).entries[0]!.variation).toBeNull()
  })

  it('shows the log of the failure', () => {
    const records = [
      measured(1, {}, { logTail: ['fine'] }),
      aRepetitionRecord(entry, 2, [], { outcome: failed('load', 'TARGET_DIED', 'it died'), logTail: ['panic'] }),
      measured(3, {}, { logTail: ['fine too'] }),
    ]
    expect(run({ plan, records }).entries[0]).toMatchObject({
      logTail: ['panic'],
      repetitions: 2,
      outcome: { kind: 'measured' },
    })
  })

  it('has no lints before anything of it started, and its own page', () => {
    const unbuilt = aRepetitionRecord(entry, 1, [], {
      info: null,
      verification: null,
      warmUp: null,
      outcome: failed('build', 'BUILD_FAILED', 'no'),
    })
    const [result] = run({
      plan,
      records: [unbuilt],
      targets: { 'go-net-http': { dockerfile: 'FROM x', yaml: 'language: go' } },
    }).entries
    expect(result).toMatchObject({
      lints: [],
      dockerfile: 'FROM x',
      targetYaml: 'language: go',
      rerun: 'npm run matrix -- --scenario predict --target go-net-http',
    })
  })

  it('names the file of hosts in its commands, where the run has one', () => {
    const hint = 'Look at it yourself: npm run check -- go-net-http --keep'
    const outcome: Outcome = {
      kind: 'failed',
      stage: 'ready',
      error: { code: 'NOT_READY', message: 'no', hint, logTail: [] },
    }
    const unready = aRepetitionRecord(entry, 1, [], { outcome })
    const { entries, warnings } = run({ plan: { ...plan, site: aSite() }, records: [unready] })
    expect(entries[0]).toMatchObject({
      rerun: 'npm run matrix -- --hosts hosts.yaml --scenario predict --target go-net-http',
      outcome: { error: { hint: expect.stringContaining('npm run check -- --hosts hosts.yaml go-net-http --keep') } },
    })
    expect(warnings.filter(({ todo }) => /npm run matrix(?! -- --hosts)/.test(todo))).toEqual([])
  })

  it('has cold start, idle memory and notes over repetitions', () => {
    const records = [1, 2, 3].map((number) =>
      measured(
        number,
        {},
        {
          coldStart: { startCallMs: 200, readyMs: 400 + number },
          idleMemoryBytes: 40 * MIB,
          notes: number === 2 ? ['slow to remove'] : [],
        },
      ),
    )
    expect(run({ plan, records }).entries[0]).toMatchObject({
      figures: { coldStartMs: { median: 402, n: 3 }, idleMemoryBytes: { median: 40 * MIB } },
      notes: ['repetition 2: slow to remove'],
    })
  })
})

describe('warnings', () => {
  const what = (input: Pick<AnalysisInput, 'plan' | 'records'>) => run(input).warnings.map((warning) => warning.what)
  const quiet = [measured(1), measured(2)]

  it('are none for a quiet run on a machine that has room', () => expect(what({ plan, records: quiet })).toEqual([]))

  it.each([
    {
      because: 'a smoke run',
      plan: { ...plan, profile: 'quick' },
      expected: 'Smoke run: the figures are for orientation',
    },
    {
      because: 'a dirty tree',
      plan: { ...plan, gitDirty: true },
      expected: 'The working tree has changes that are not committed',
    },
    {
      because: 'Podman',
      plan: { ...plan, engine: { ...plan.engine, reducedTruth: true } },
      expected: 'The engine reports less than Docker does',
    },
    {
      because: 'another kernel',
      plan: { ...plan, engine: { ...plan.engine, sameKernel: false } },
      expected: 'The host cannot be observed',
    },
    {
      because: 'too few cores',
      plan: { ...plan, scenarios: [{ ...scenario, requestedTargetCpus: 4 }] },
      expected: 'This machine cannot give what the scenarios ask for',
    },
  ])('are given for $because', ({ plan: given, expected }) =>
    expect(what({ plan: given, records: quiet })).toEqual([expected]),
  )

  it.each([
    {
      because: 'others on the machine',
      observed: { others: 1 },
      expected: 'Others used the machine while it was measured',
    },
    { because: 'a full agent', observed: { eventLoop: 0.95 }, expected: 'The load agent was the limit' },
    {
      because: 'connections that waited for nothing',
      observed: { unanswered: 0.1 },
      expected: 'Part of the time of the connections is not accounted for',
    },
  ])('are given for $because', ({ observed, expected }) =>
    expect(what({ plan, records: [measured(1, observed), measured(2, observed)] })).toEqual([expected]),
  )

  it('keep those of the plan, each once', () => {
    const warning = { what: 'Roles share cores', where: 'predict', why: 'two cores', todo: 'more cores' }
    expect(what({ plan: { ...plan, warnings: [warning, warning] }, records: quiet })).toEqual(['Roles share cores'])
  })

  it.each([
    { because: 'an older run did not try', boundary: null, expected: [] },
    { because: 'nobody answered', boundary: { asked: ['172.17.0.1'], answered: [] }, expected: [] },
    {
      because: 'the machine answered',
      boundary: { asked: ['172.17.0.1'], answered: ['172.17.0.1:1'] },
      expected: ['Targets could reach services of the machine'],
    },
    {
      because: 'it could not be tried',
      boundary: { asked: [], answered: [] },
      expected: ['It is not known whether targets could reach services of the machine'],
    },
  ])('of a machine that is within reach of targets: $because', ({ boundary, expected }) => {
    const found = run({ plan, records: [measured(1), measured(2)], boundary })
    expect(found.warnings.map(({ what }) => what)).toEqual(expected)
    expect(found.boundary).toEqual(boundary)
  })
})

it('takes the ceiling of the same connections on the same cores', () => {
  const at = (connections: number, key: string) => ({
    key,
    connections,
    throughput: connections * 1000,
    p50Us: 1,
    agentCores: 1,
    eventLoopUtilisation: 0.9,
    windows: [],
  })
  const views = viewCells(plan, [], [at(1, 'agent:3|target:1'), at(64, 'agent:0|target:1'), at(64, 'agent:3|target:1')])
  expect(views[0]!.ceiling).toMatchObject({ throughput: 64_000, isAgents: null })
})
