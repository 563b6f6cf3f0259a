/** What four articles got wrong. Each would have been caught here. */
import { readFileSync } from 'node:fs'
import { type ClaimSpec, type LoadSpec, loadIdOf, type Results } from '@bakeoff/model'
import { describe, expect, it } from 'vitest'
import { analyse, judge } from '../src/index.js'
import { parseClaim } from '../src/parse/index.js'
import { supportOf } from '../src/stats/index.js'
import {
  aBatch,
  aLoadRecord,
  anEntry,
  anInfo,
  aPlan,
  aRepetitionRecord,
  aScenario,
  aService,
  aView,
  caps,
  GIB,
  type Observed,
} from './builders.js'
import { rankNet } from './fixtures-claims.js'

const five = [1, 2, 3, 4, 5]
const published = (file: string): ClaimSpec =>
  parseClaim(file, readFileSync(new URL(`../../../claims/${file}`, import.meta.url), 'utf8'))

function results(input: Pick<Parameters<typeof analyse>[0], 'plan' | 'records' | 'claims'>): Results {
  return analyse({
    calibrations: [],
    targets: {},
    base: { id: null, origin: null },
    endedAt: null,
    status: 'complete',
    statusReason: null,
    ...input,
  })
}

describe('1. the OpenAI client in Node and in Python: 1800 tasks at 200 against 300 at 20', () => {
  const loads: LoadSpec[] = [
    { kind: 'batch', tasks: 1800, concurrency: 200 },
    { kind: 'batch', tasks: 300, concurrency: 20 },
  ]
  const scenario = aScenario({ id: 'chat-batch', loads })
  const node = anEntry('chat-batch', 'node-openai-2024')
  const python = anEntry('chat-batch', 'python-openai-2024')
  // As published: each did its own batch. 4.9 ms and 34.2 ms of CPU a task.
  const records = five.flatMap((number) => [
    aRepetitionRecord(node, number, [aBatch(1800, 200, 10.659 + number / 100, { cpuMs: 4.9 + number / 200 })]),
    aRepetitionRecord(python, number, [aBatch(300, 20, 15.991 + number / 100, { cpuMs: 34.2 + number / 50 })]),
  ])
  const { claims, comparisons, groups, findings, cells } = results({
    plan: aPlan([scenario], [node, python]),
    records,
    claims: [published('openai-client-node-vs-python.yaml')],
  })
  const time = claims[0]!.comparisons.find(({ metric }) => metric === 'wallSeconds')!
  const cpu = claims[0]!.comparisons.find(({ metric }) => metric === 'cpuMsPerRequest')!

  it('refuses to rank the two by time and says why', () => {
    expect(time).toMatchObject({ conclusion: 'not-comparable', measured: null })
    expect(time.why).toMatch(/300 tasks at 20 against 1,800 tasks at 200/)
    expect(time.why).toMatch(/By Little's law a task took 1,066 ms and 1,184 ms/)
  })

  it('shows the 7 × of CPU time per task, which stays comparable', () => {
    expect(cpu.conclusion).toBe('reproduced')
    expect(cpu.measured!.median).toBeCloseTo(6.98, 1)
    expect(cpu.measured!.low).toBeGreaterThan(6.8)
    expect(claims[0]!.subjects.slice(0, 2).map(({ cell }) => cell)).toEqual([
      'chat-batch/node-openai-2024/default/batch-1800x200',
      'chat-batch/python-openai-2024/default/batch-300x20',
    ])
    expect(
      findings.some(({ text }) => /Node\.js managed to utilize the CPU more efficiently.*holds here.*6\.9/.test(text)),
    ).toBe(true)
  })

  it('puts the two into no group and no comparison together', () => {
    expect(comparisons).toEqual([])
    for (const { ranked } of groups) expect(ranked.length).toBeLessThan(2)
  })

  it('has wall, user and system seconds as the shell had them', () => {
    const batch = cells.find(({ id }) => id === 'chat-batch/node-openai-2024/default/batch-1800x200')!.figures
    expect(batch.wallSeconds!.median).toBeCloseTo(10.689, 3)
    expect(batch.userSeconds!.median + batch.systemSeconds!.median).toBeCloseTo(8.85, 1)
    expect(batch.cpuMsPerRequest!.median).toBeCloseTo(4.915, 2)
  })

  it('ranks both by time once they have the same work', () => {
    const equal = five.flatMap((number) => [
      aRepetitionRecord(node, number, [aBatch(300, 20, 16 + number / 100, { cpuMs: 4.9 })]),
      aRepetitionRecord(python, number, [aBatch(300, 20, 16 + number / 90, { cpuMs: 34.2 })]),
    ])
    const same = results({ plan: aPlan([scenario], [node, python]), records: equal, claims: [] })
    expect(same.comparisons.find(({ metric }) => metric === 'throughput')).toMatchObject({
      loadId: 'batch-300x20',
      conclusion: 'no-difference',
    })
  })

  it('says what is left of both ratios under one load', () => {
    const both = five.flatMap((number) => [
      aRepetitionRecord(node, number, [
        aBatch(1800, 200, 10 + number / 100, { cpuMs: 5 + number / 200 }),
        aBatch(300, 20, 16 + number / 100, { cpuMs: 7 + number / 200 }),
      ]),
      aRepetitionRecord(python, number, [
        aBatch(1800, 200, 18 + number / 100, { cpuMs: 10 + number / 200 }),
        aBatch(300, 20, 16 + number / 90, { cpuMs: 21 + number / 200 }),
      ]),
    ])
    const [claim] = results({
      plan: aPlan([scenario], [node, python]),
      records: both,
      claims: [published('openai-client-node-vs-python.yaml')],
    }).claims
    const told = claim!.comparisons.map(({ metric, of, to, measured }) => [
      metric,
      of,
      to,
      measured && Math.round(measured.median),
    ])
    expect(told).toEqual([
      ['cpuMsPerRequest', 'python', 'node', 4],
      ['wallSeconds', 'python', 'node', null],
      ['cpuMsPerRequest', 'python', 'node-at-20', 3],
      ['cpuMsPerRequest', 'python-at-200', 'node', 2],
      ['wallSeconds', 'python', 'node-at-20', 1],
      ['wallSeconds', 'python-at-200', 'node', 2],
    ])
  })
})

describe('2. embeddings in Elixir without the compiler that its author added later', () => {
  const scenario = aScenario({ id: 'embed' })
  const elixir = anEntry('embed', 'elixir-nx')
  const run = (flags: Record<string, unknown>, perSecond: number) => (number: number) =>
    aRepetitionRecord(elixir, number, [aLoadRecord({ perSecond, cpuMs: 900 / perSecond })], {
      info: anInfo({ language: 'elixir', flags }),
    })
  const lintsOf = (flags: Record<string, unknown>, perSecond: number) => {
    const { entries, findings } = results({
      plan: aPlan([scenario], [elixir]),
      records: five.map(run(flags, perSecond)),
      claims: [],
    })
    return { lints: entries[0]!.lints.map(({ lint }) => lint), findings }
  }

  it('is caught by a lint, and said beside the figures', () => {
    const { lints, findings } = lintsOf({ nx_compiler: null, nx_backend: 'Nx.BinaryBackend' }, 55.9)
    expect(lints).toContain('nx-without-compiler')
    expect(findings.map(({ text }) => text).join('\n')).toMatch(
      /elixir-nx: Nx has no compiler .*55\.9 to 1,141 requests\/s/,
    )
  })

  it('is quiet once the option is there', () => expect(lintsOf({ nx_compiler: 'EXLA' }, 1141).lints).toEqual([]))

  it('does not rank embeddings that are wrong, however fast', () => {
    const wrong = five.map((number) =>
      aRepetitionRecord(elixir, number, [aLoadRecord({ perSecond: 5000, cpuMs: 0.1 })], {
        verification: { golden: { total: 200, right: 0, differences: [] } },
      }),
    )
    const { cells, groups } = results({ plan: aPlan([scenario], [elixir]), records: wrong, claims: [] })
    expect(cells[0]!.verdict).toMatchObject({
      status: 'invalid',
      causes: expect.arrayContaining([expect.objectContaining({ cause: 'wrong-answers' })]),
    })
    expect(groups.every((list) => list.ranked.length === 0)).toBe(true)
  })
})

describe('3. Go against Flask: hey -n 1000', () => {
  const load: LoadSpec = { kind: 'closed', connections: 10 }

  it.each([
    { who: 'Go', perSecond: 34_172 },
    { who: 'Flask', perSecond: 24_795 },
  ])('a window of 1,000 requests is too short and does not count: $who', ({ perSecond }) => {
    const verdict = judge(aView({ observed: [{ load, perSecond, seconds: 1000 / perSecond, cpuMs: 0.02 }] }))!
    expect(verdict.status).toBe('invalid')
    expect(verdict.causes.find(({ cause }) => cause === 'too-short')!.evidence).toMatch(/less than 1 s/)
  })

  it('its p99.9 is not shown, for 1,000 answers cannot carry it', () =>
    expect(supportOf(0.999, { count: 1000, censored: 0, excursions: null })).toBe('unsupported'))

  it('the published windows are called too short beside the claim', () => {
    const scenario = aScenario({ id: 'predict-uncapped', loads: [load], isUncapped: true })
    const go = anEntry('predict-uncapped', 'go-net-http', {
      variant: 'as-published',
      id: 'predict-uncapped/go-net-http/as-published',
    })
    const flask = anEntry('predict-uncapped', 'python-flask', {
      variant: 'as-published',
      id: 'predict-uncapped/python-flask/as-published',
    })
    const records = five.flatMap((number) => [
      aRepetitionRecord(go, number, [aLoadRecord({ load, perSecond: 18_000 + number, cpuMs: 0.054 })]),
      aRepetitionRecord(flask, number, [aLoadRecord({ load, perSecond: 1200 + number, cpuMs: 0.82 })]),
    ])
    const [claim] = results({
      plan: aPlan([scenario], [go, flask]),
      records,
      claims: [published('predict-go-vs-flask.yaml')],
    }).claims
    const throughput = claim!.comparisons.find(({ metric }) => metric === 'throughput')!
    expect(throughput).toMatchObject({
      conclusion: 'same-direction',
      why: expect.stringMatching(
        /window was too short \(.*29\.3 ms.*40\.3 ms|window was too short \(.*40\.3 ms.*29\.3 ms/,
      ),
    })
    expect(claim!.notes.filter((note) => /too short\. At/.test(note))).toHaveLength(2)
  })
})

describe('4. RankNet: ten users, host-sized threads, an emulated database that filled its cores', () => {
  const load: LoadSpec = { kind: 'closed', connections: 10 }
  const wide = caps({ cpus: 2, cpuset: [1, 2] })
  const scenario = aScenario({
    id: 'ranknet',
    loads: [load],
    targetCaps: wide,
    services: [aService('postgres', { caps: caps({ cpus: 3, cpuset: [3, 4, 5], memoryBytes: 2 * GIB }) })],
  })
  const rust = anEntry('ranknet', 'rust-axum', { caps: wide })
  const onnx = anEntry('ranknet', 'python-flask', {
    caps: wide,
    variant: 'as-published',
    id: 'ranknet/python-flask/as-published',
  })
  const rustSaw: Observed = { load, perSecond: 994.4, meanMs: 9.9, cpuMs: 0.7, services: { postgres: 2.9 } }
  const onnxSaw: Observed = { load, perSecond: 80.1, meanMs: 124, cpuMs: 24.6, services: { postgres: 0.9 } }
  const records = five.flatMap((number) => [
    aRepetitionRecord(rust, number, [aLoadRecord({ ...rustSaw, perSecond: 994.4 + number })], {
      info: anInfo({ workers: 16, cpus: 16, threads: { tokio_workers: 2 } }),
    }),
    aRepetitionRecord(onnx, number, [aLoadRecord({ ...onnxSaw, perSecond: 80.1 + number / 10 })], {
      info: anInfo({ workers: 1, cpus: 2, threads: { ort_intra_op: 16 } }),
    }),
  ])
  const plan = aPlan([scenario], [rust, onnx])
  const { claims, entries, cells, findings } = results({ plan, records, claims: [rankNet] })
  const cellOf = (target: string) => cells.find((cell) => cell.target.name === target)!

  it("the published throughput is users ÷ latency by Little's law, and is called latency-bound", () => {
    expect(claims[0]!.notes).toEqual([
      expect.stringMatching(
        /^Rust Candle: latency-bound\. By Little's law 994 requests\/s × 9\.55 ms = 9\.5 under way, of 10 users/,
      ),
      expect.stringMatching(/^Python ONNX: latency-bound\./),
    ])
    expect(claims[0]!.comparisons[0]!.why).toMatch(/latency-bound/)
  })

  it('a cell with ten connections in which nobody is busy says so too', () => {
    const verdict = judge(
      aView({ scenario, entry: rust, observed: [{ ...rustSaw, meanMs: 10, cpuMs: 0.3, services: { postgres: 1.2 } }] }),
    )!
    expect(verdict.limitedBy).toMatch(/^Limited by the number of connections: 9\.9\d? of 10 connections were waiting/)
  })

  it('the database at its cap is seen and named', () => {
    expect(cellOf('rust-axum').verdict!.limitedBy).toMatch(
      /^Limited by postgres: postgres used 2\.9\d? of its 3 cores \(97 %\)/,
    )
    expect(cellOf('python-flask').verdict!.limitedBy).toMatch(/^Limited by its own cores/)
    expect(claims[0]!.statements[0]).toMatchObject({
      conclusion: 'reproduced',
      why: expect.stringMatching(/under rust-axum, postgres used 2\.9/),
    })
    expect(findings.find(({ kind }) => kind === 'service-limit')!.text).toMatch(
      /postgres filled its cores with rust-axum/,
    )
  })

  it('threads sized by the host and sixteen workers are lints', () => {
    const lintsOf = (target: string) => entries.find((entry) => entry.target === target)!.lints.map(({ lint }) => lint)
    expect(lintsOf('python-flask')).toContain('threads-above-cap')
    expect(lintsOf('rust-axum')).toEqual(expect.arrayContaining(['workers-not-cores', 'sees-host-cores']))
  })

  it('an image for another processor is a lint', () => {
    const emulated = records.map((run) => ({ ...run, image: { ...run.image!, architecture: 'arm64' } }))
    const found = results({ plan, records: emulated, claims: [] }).entries[0]!.lints
    expect(found.map(({ lint }) => lint)).toContain('emulated')
  })

  it('timeouts are counted, and percentiles that they would move are not shown', () => {
    const verdict = judge(
      aView({
        scenario: { ...scenario, requestTimeoutMs: 60_000 },
        entry: onnx,
        observed: [{ ...onnxSaw, counts: { timeouts: 2 } }],
      }),
    )!
    expect(verdict.causes.find(({ cause }) => cause === 'timeouts')!.evidence).toMatch(
      /2 of 641 requests had no answer within 60 s .*; a percentile above them is only known to be longer/,
    )
  })

  it('stands for the published users', () =>
    expect(claims[0]!.subjects.every(({ cell }) => cell?.endsWith(loadIdOf(load)))).toBe(true))
})
