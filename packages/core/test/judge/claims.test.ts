import { type ClaimSpec, type LoadSpec, results } from '@bakeoff/model'
import { describe, expect, it } from 'vitest'
import { compareClaims } from '../../src/judge/claims/index.js'
import { compareCells } from '../../src/judge/comparisons.js'
import { aClaim, around, aService, judgedCells, type Observed, repeat } from '../builders.js'
import { goVsFlask, rankNet } from '../fixtures-claims.js'

const ten: LoadSpec = { kind: 'closed', connections: 10 }
const postgres = { id: 'ranknet', services: [aService('postgres')] }

const aAgainstB = (
  published: number,
  more: Partial<ClaimSpec> = {},
  load: Record<string, number> = { connections: 10 },
) =>
  aClaim({
    subjects: [
      { id: 'a', target: 'go-a', variant: 'default', says: 'A', figures: {}, load },
      { id: 'b', target: 'go-b', variant: 'default', says: 'B', figures: {}, load },
    ],
    comparisons: [{ metric: 'throughput', of: 'a', to: 'b', published, statement: 'A is faster than B' }],
    ...more,
  })

const measure = (
  claim: ClaimSpec,
  targets: Readonly<Record<string, readonly Observed[]>>,
  options: Parameters<typeof judgedCells>[1] = {},
) => {
  const cells = judgedCells(targets, options)
  const [result] = compareClaims([claim], cells, compareCells(cells))
  expect(results.shape.claims.element.parse(result)).toEqual(result)
  return result!
}
const two = (a: number, b: number, more: Partial<Observed> = {}, moreOfB: Partial<Observed> = more) => ({
  'go-a': around({ load: ten, cpuMs: 0.2, ...more, perSecond: a }),
  'go-b': around({ load: ten, cpuMs: 0.2, ...moreOfB, perSecond: b }),
})
/** throughput of each block, relative to 1,000/s */
const byBlock = (...shares: number[]): Observed[] =>
  shares.map((share) => ({ load: ten, perSecond: 1000 * share, cpuMs: 0.2 }))
/** scatter as of a machine that others use */
const wild: Observed[] = [1000, 1500, 800, 1400, 900].map((perSecond) => ({ load: ten, perSecond }))

describe('a published ratio', () => {
  it.each([
    {
      because: 'it lies in the interval',
      published: 2,
      targets: two(2000, 1000),
      conclusion: 'reproduced',
      why: /here holds the published 2×/,
    },
    {
      because: 'it lies within a fifth',
      published: 2.3,
      targets: two(2000, 1000),
      conclusion: 'reproduced',
      why: /within 20 % of the published 2\.3×/,
    },
    {
      because: 'the same way, another size',
      published: 1.38,
      targets: two(9000, 1000),
      conclusion: 'same-direction',
      why: /^9\.0\d*× .* here, not the published 1\.38×\.$/,
    },
    {
      because: 'the other way',
      published: 1.5,
      targets: two(1000, 2000),
      conclusion: 'contradicted',
      why: /here it is the other way, 0\.5/,
    },
    {
      because: 'there is no difference here',
      published: 1.5,
      targets: two(1000.4, 1000),
      conclusion: 'contradicted',
      why: /a difference below 3 %/,
    },
    {
      because: 'no difference was published, and here is none',
      published: 1,
      targets: two(1000.4, 1000),
      conclusion: 'reproduced',
      why: /No difference was published/,
    },
    {
      because: 'no difference was published, and here is one',
      published: 1.01,
      targets: two(2000, 1000),
      conclusion: 'contradicted',
      why: /No difference was published; here it is 2/,
    },
    {
      because: 'published as a fraction',
      published: 0.5,
      targets: two(1000, 2000),
      conclusion: 'reproduced',
      why: /0\.5×/,
    },
    {
      because: 'the interval includes 1',
      published: 1.4,
      targets: { 'go-a': wild, 'go-b': [...wild].reverse() },
      conclusion: 'undecided',
      why: /includes 1/,
    },
    {
      because: 'it is certain here, and may be too small to matter',
      published: 1.5,
      targets: { 'go-a': byBlock(1.01, 1.035, 1.02, 1.03, 1.015), 'go-b': byBlock(1, 1, 1, 1, 1) },
      conclusion: 'undecided',
      why: /^1\.02× \(1\.01–1\.03\) here may be less than 3 %/,
    },
    {
      because: 'one repetition',
      published: 1.4,
      targets: { 'go-a': repeat({ load: ten, perSecond: 9000 }, 1), 'go-b': repeat({ load: ten, perSecond: 1000 }, 1) },
      conclusion: 'undecided',
      why: /One repetition has no interval: 9\.0× here is for orientation/,
    },
    {
      because: 'the agent held back the one that looks worse',
      published: 1.5,
      targets: two(2000, 1000, {}, { eventLoop: 0.95 }),
      conclusion: 'undecided',
      why: /may be better than shown/,
    },
    {
      because: 'the agent held back the better one',
      published: 2,
      targets: two(2000, 1000, { eventLoop: 0.95 }, {}),
      conclusion: 'same-direction',
      why: /at least 2\.\d+× .*the size is not known/,
    },
    {
      because: 'the agent held back both, at its ceiling',
      published: 1.5,
      targets: two(1000.4, 1000, { eventLoop: 0.95 }),
      conclusion: 'undecided',
      why: /load agent held back at least one/,
    },
    {
      because: 'one of them was wrong',
      published: 1.5,
      targets: two(2000, 1000, { counts: { wrong: 2 } }, {}),
      conclusion: 'not-measured',
      why: /^go-a: invalid: wrong-answers/,
    },
    {
      because: 'one of them was not reached',
      published: 1.5,
      targets: { ...two(2000, 1000), 'go-b': [] },
      conclusion: 'not-measured',
      why: /^go-b: aborted/,
    },
    {
      because: 'one of them is not in this run',
      published: 1.5,
      targets: { 'go-a': around({ load: ten, perSecond: 2000 }) },
      conclusion: 'not-measured',
      why: /^go-b \(default\) is not part of this run/,
    },
  ])('is $conclusion: $because', ({ published, targets, conclusion, why }) => {
    const [comparison] = measure(aAgainstB(published), targets).comparisons
    expect(comparison).toMatchObject({ conclusion, why: expect.stringMatching(why), published })
    const isRatio = conclusion !== 'not-measured'
    expect(comparison!.measured !== null).toBe(isRatio)
  })

  describe('of several that a claim makes', () => {
    const scattered = [0.144, -0.144, 0.072, -0.072, 0].map((log) => 1.2 * Math.exp(log))
    const targets = { 'go-a': byBlock(...scattered), 'go-b': byBlock(1, 1, 1, 1, 1) }
    const claim = aAgainstB(1.2)
    const [spec] = claim.comparisons
    const conclusions = (...metrics: string[]) =>
      measure(
        {
          ...claim,
          comparisons: metrics.map((metric) => ({ ...spec!, metric, published: metric === 'throughput' ? 1.2 : 0.83 })),
        },
        targets,
      ).comparisons.map(({ conclusion }) => conclusion)

    it('has the answer of the tables, where they compare it', () =>
      expect(conclusions('throughput', 'throughput', 'throughput')).toEqual(['reproduced', 'reproduced', 'reproduced']))

    it('is adjusted for the others, where they do not', () => {
      // t(0.975) is 2.8 with 4 degrees of freedom, and 4.0 as one of three
      expect(conclusions('serviceMs.mean')).toEqual(['reproduced'])
      expect(conclusions('serviceMs.mean', 'serviceMs.p90', 'serviceMs.p50')).toEqual([
        'undecided',
        'undecided',
        'undecided',
      ])
    })
  })

  it('is not measured when Bakeoff has no such figure', () => {
    const claim = aAgainstB(2, {
      comparisons: [{ metric: 'joy', of: 'a', to: 'b', published: 2, statement: 'A is more fun' }],
    })
    expect(measure(claim, two(2000, 1000)).comparisons[0]).toMatchObject({
      conclusion: 'not-measured',
      why: 'Bakeoff has no figure called joy.',
    })
  })

  it('is not measured when too few answers carry the percentile', () => {
    const claim = aAgainstB(2, {
      comparisons: [{ metric: 'serviceMs.p99', of: 'b', to: 'a', published: 2, statement: 'A is sooner' }],
    })
    expect(measure(claim, two(100, 50, { cpuMs: 5 })).comparisons[0]).toMatchObject({
      conclusion: 'not-measured',
      why: 'Service time, p99 could not be measured for both.',
    })
  })

  it('names what marks the figures it rests on', () =>
    expect(measure(aAgainstB(2), two(2000, 1000, { steal: 0.1 }, {})).comparisons[0]!.why).toMatch(
      /^Suspect \(go-a: noisy-host\): 2\.00× .* here holds the published 2×\.$/,
    ))

  it('rests on a latency that the agent did not make', () => {
    const claim = aAgainstB(2, {
      comparisons: [{ metric: 'serviceMs.mean', of: 'b', to: 'a', published: 2, statement: 'A is sooner' }],
    })
    expect(measure(claim, two(2000, 1000)).comparisons[0]!.conclusion).toBe('reproduced')
    expect(measure(claim, two(2000, 1000, {}, { eventLoop: 0.95 })).comparisons[0]!.conclusion).toBe('undecided')
  })
})

describe('the cell that stands for a subject', () => {
  const loads: LoadSpec[] = [{ kind: 'closed', connections: 1 }, ten, { kind: 'closed', connections: 64 }]
  const at = (perSecond: number) => loads.flatMap((load) => around({ load, perSecond, cpuMs: 0.2 }))
  const targets = { 'go-a': at(2000), 'go-b': at(1000) }

  it.each([
    { because: 'as many connections', load: { connections: 10 }, cell: 'closed-10', says: null },
    { because: 'as many users', load: { users: 10 }, cell: 'closed-10', says: null },
    {
      because: 'the main load, when there is none: then nothing that depends on it is compared',
      load: { connections: 12 },
      cell: 'closed-64',
      says: /^Not comparable here: go-a was measured under closed-64, and the load of the source was 12 connections\. `npm run matrix -- --claims` measures that\./,
    },
    {
      because: 'the main load, when the source does not say',
      load: {},
      cell: 'closed-64',
      says: /Measured under closed-64/,
    },
  ])('has $because', ({ load, cell, says }) => {
    const result = measure(aAgainstB(2, {}, load), targets)
    expect(result.subjects.map((subject) => subject.cell)).toEqual([
      `predict/go-a/default/${cell}`,
      `predict/go-b/default/${cell}`,
    ])
    if (says) expect(result.comparisons[0]!.why).toMatch(says)
    else expect(result.comparisons[0]!.why).not.toMatch(/not under the load/)
  })

  it('has its own figures beside the published ones', () => {
    const claim = aAgainstB(2)
    const [a, b] = claim.subjects
    const [subject] = measure(
      { ...claim, subjects: [{ ...a!, figures: { throughput: 5, 'serviceMs.p99': 1, 'percentilesMs.50': 36 } }, b!] },
      targets,
    ).subjects
    expect(subject!.published).toEqual({ throughput: 5, 'serviceMs.p99': 1, 'percentilesMs.50': 36 })
    expect(Object.keys(subject!.measured).sort()).toEqual(['serviceMs.p99', 'throughput'])
    expect(subject!.measured['throughput']! / 2000).toBeCloseTo(1, 1)
  })
})

describe('unequal work', () => {
  const claim = (metric: string, of: Record<string, number>, to: Record<string, number>) => {
    const base = aAgainstB(2, { comparisons: [{ metric, of: 'a', to: 'b', published: 2, statement: 'A is faster' }] })
    return { ...base, subjects: base.subjects.map((subject, index) => ({ ...subject, load: index === 0 ? of : to })) }
  }

  it.each([
    {
      metric: 'throughput',
      of: { connections: 10 },
      to: { connections: 20 },
      says: /10 connections against 20 connections/,
    },
    {
      metric: 'serviceMs.p99',
      of: { requests: 1000, connections: 10 },
      to: { requests: 5000, connections: 10 },
      says: /1,000 requests over 10 connections against 5,000 requests over 10 connections/,
    },
    {
      metric: 'wallSeconds',
      of: { tasks: 1800, concurrency: 200 },
      to: { tasks: 300, concurrency: 20 },
      says: /1,800 tasks at 200 against 300 tasks at 20/,
    },
    {
      metric: 'memoryPeakBytes',
      of: { connections: 10 },
      to: {},
      says: /10 connections against a load that the source does not give/,
    },
  ])('is not ranked by $metric', ({ metric, of, to, says }) => {
    const [comparison] = measure(claim(metric, of, to), two(2000, 1000)).comparisons
    expect(comparison).toMatchObject({ conclusion: 'not-comparable', measured: null, why: expect.stringMatching(says) })
  })

  it.each(['cpuMsPerRequest', 'idleMemoryBytes', 'coldStartMs'])('may be ranked by %s', (metric) => {
    const [comparison] = measure(claim(metric, { connections: 10 }, { connections: 20 }), two(2000, 1000)).comparisons
    expect(comparison!.conclusion).not.toBe('not-comparable')
    expect(comparison!.measured).not.toBeNull()
  })
})

describe('what published figures show about themselves', () => {
  const audit = (figures: Record<string, number>, load: Record<string, number>) => {
    const claim = aAgainstB(2, { notes: ['a note of ours'] }, load)
    return measure({ ...claim, subjects: claim.subjects.map((subject) => ({ ...subject, figures })) }, two(2000, 1000))
  }

  it.each([
    {
      because: 'a window of 29 ms',
      figures: { throughput: 34_172 },
      load: { requests: 1000, connections: 10 },
      note: /^A: too short\. At 34,172 requests\/s the window lasted 29\.3 ms with 1,000 answers/,
      why: /its window was too short \(A 29\.3 ms and B 29\.3 ms\)/,
    },
    {
      because: 'users ÷ latency',
      figures: { throughput: 994.4, 'serviceMs.mean': 9.55 },
      load: { users: 10 },
      note: /^A: latency-bound\. By Little's law 994 requests\/s × 9\.55 ms = 9\.5 under way, of 10 users/,
      why: /latency-bound: by Little's law throughput is just A 10 ÷ 9\.55 ms/,
    },
    {
      because: 'figures that do not agree',
      figures: { throughput: 100, 'serviceMs.mean': 10 },
      load: { users: 10 },
      note: /^A: its figures do not agree\. By Little's law .* = 1 under way, of 10 users \(10 %\)/,
      why: /do not agree by Little's law \(A 10 %/,
    },
    {
      because: 'the time of a task',
      figures: { wallSeconds: 10.659 },
      load: { tasks: 1800, concurrency: 200 },
      note: /^A: by Little's law a task took 10\.7 s × 200 ÷ 1800 = 1,184 ms\.$/,
      why: null,
    },
  ])('is said: $because', ({ figures, load, note, why }) => {
    const result = audit(figures, load)
    expect(result.notes[0]).toBe('a note of ours')
    expect(result.notes.slice(1)).toEqual([expect.stringMatching(note), expect.any(String)])
    if (why) expect(result.comparisons[0]!.why).toMatch(why)
    else expect(result.comparisons[0]!.why).not.toMatch(/About the source/)
  })

  it.each([
    { because: 'a window of two seconds', figures: { throughput: 500 }, load: { requests: 1000, connections: 10 } },
    { because: 'too few figures', figures: { throughput: 500 }, load: { users: 10 } },
    { because: 'no figures', figures: {}, load: {} },
  ])('is nothing: $because', ({ figures, load }) => expect(audit(figures, load).notes).toEqual(['a note of ours']))
})

describe('a published statement', () => {
  const says = (verdict: string, service: string | null = null, subjects = ['a']) =>
    aAgainstB(2, { scenario: 'ranknet', statements: [{ says: 'it was the database', verdict, service, subjects }] })
  const withDatabase = (cores: number | null, more: Partial<Observed> = {}) =>
    two(2000, 1000, { cpuMs: 0.1, ...(cores === null ? {} : { services: { postgres: cores } }), ...more })

  it.each([
    {
      because: 'the database was full here too',
      verdict: 'service-cpu',
      service: 'postgres',
      targets: withDatabase(0.97),
      conclusion: 'reproduced',
      why: /^Here too: under go-a, postgres used 0\.9\d* of its 1 core/,
    },
    {
      because: 'the database had room',
      verdict: 'service-cpu',
      service: 'postgres',
      targets: withDatabase(0.4),
      conclusion: 'contradicted',
      why: /^Not here: postgres used 0\.4 of its 1 core under go-a/,
    },
    {
      because: 'nothing was read of the database',
      verdict: 'service-cpu',
      service: 'postgres',
      targets: withDatabase(null),
      conclusion: 'undecided',
      why: /could not be read/,
    },
    {
      because: 'the agent was full before it',
      verdict: 'service-cpu',
      service: 'postgres',
      targets: withDatabase(0.4, { eventLoop: 0.95 }),
      conclusion: 'undecided',
      why: /what would have filled up first is not known/,
    },
    {
      because: 'the figures do not count',
      verdict: 'service-cpu',
      service: 'postgres',
      targets: withDatabase(0.97, { counts: { wrong: 1 } }),
      conclusion: 'undecided',
      why: /do not count here/,
    },
    {
      because: 'one repetition',
      verdict: 'service-cpu',
      service: 'postgres',
      targets: { 'go-a': repeat({ load: ten, services: { postgres: 0.97 } }, 1) },
      conclusion: 'undecided',
      why: /for orientation, and nothing follows/,
    },
    {
      because: 'one repetition without a sign',
      verdict: 'service-cpu',
      service: 'postgres',
      targets: { 'go-a': repeat({ load: ten, services: { postgres: 0.4 } }, 1) },
      conclusion: 'undecided',
      why: /showed no sign of this/,
    },
    {
      because: 'it is not in this run',
      verdict: 'service-cpu',
      service: 'postgres',
      targets: { 'go-b': around({ load: ten, perSecond: 1000 }) },
      conclusion: 'not-measured',
      why: /not part of this run/,
    },
    {
      because: 'it was not reached',
      verdict: 'service-cpu',
      service: 'postgres',
      targets: { ...withDatabase(0.9), 'go-a': [] },
      conclusion: 'not-measured',
      why: /^go-a was not measured: aborted/,
    },
    {
      because: 'the target was full',
      verdict: 'target-cpu',
      targets: two(2000, 1000, { cpuMs: 0.495 }, {}),
      conclusion: 'reproduced',
      why: /go-a, the target used 0\.9/,
    },
    {
      because: 'the target was idle',
      verdict: 'target-cpu',
      targets: two(2000, 1000),
      conclusion: 'contradicted',
      why: /go-a used 0\.4 of its 1 core/,
    },
    {
      because: 'one of two',
      verdict: 'target-cpu',
      subjects: ['a', 'b'],
      targets: two(2000, 1000, { cpuMs: 0.495 }, { cpuMs: 0.2 }),
      conclusion: 'undecided',
      why: /for some of them only/,
    },
    {
      because: 'memory was not the limit',
      verdict: 'target-memory',
      targets: two(2000, 1000),
      conclusion: 'contradicted',
      why: /go-a held 4\.9 % of its memory/,
    },
    {
      because: 'connections were not the limit',
      verdict: 'latency-bound',
      targets: withDatabase(0.95),
      conclusion: 'contradicted',
      why: /go-a used 0\.2 .* and postgres used 0\.95/,
    },
    {
      because: 'no quota',
      verdict: 'target-throttled',
      targets: two(2000, 1000),
      conclusion: 'contradicted',
      why: /no quota/,
    },
    {
      because: 'no errors',
      verdict: 'errors',
      targets: two(2000, 1000),
      conclusion: 'contradicted',
      why: /no sign of errors/,
    },
    {
      because: 'the agent had room',
      verdict: 'agent-bound',
      targets: two(2000, 1000),
      conclusion: 'contradicted',
      why: /the load agent had room/,
    },
    {
      because: 'a quiet host',
      verdict: 'noisy-host',
      targets: withDatabase(0.3),
      conclusion: 'contradicted',
      why: /no other program/,
    },
    {
      because: 'no verdict says that',
      verdict: 'bad-karma',
      targets: two(2000, 1000),
      conclusion: 'undecided',
      why: /No verdict here is called bad-karma/,
    },
  ])('$verdict is $conclusion: $because', ({ verdict, service = null, subjects, targets, conclusion, why }) => {
    const { statements } = measure(says(verdict, service, subjects), targets, { scenario: postgres })
    expect(statements).toEqual([{ says: 'it was the database', conclusion, why: expect.stringMatching(why) }])
  })

  it('about another service is not proved by this one', () => {
    const cores = {
      target: [1],
      services: { postgres: [2], redis: [3] },
      agent: [0],
      orchestrator: [0],
      shared: [],
      notes: [],
    }
    const scenario = { id: 'ranknet', services: [aService('postgres'), aService('redis')], cores }
    const { statements } = measure(
      says('service-cpu', 'redis'),
      two(2000, 1000, { cpuMs: 0.1, services: { postgres: 0.97, redis: 0.1 } }),
      { scenario },
    )
    expect(statements[0]).toMatchObject({ conclusion: 'contradicted', why: expect.stringMatching(/redis used 0\.1/) })
  })
})

describe('the caps of the source', () => {
  const claimed = (caps: ClaimSpec['caps'], published: number) => aAgainstB(published, { caps })

  it.each([
    {
      because: 'they were the same',
      caps: { target: 1 },
      published: 0.5,
      conclusion: 'contradicted',
      why: /^Published 0\.5×/,
    },
    {
      because: 'the source does not say',
      caps: {},
      published: 0.5,
      conclusion: 'contradicted',
      why: /^Published 0\.5×/,
    },
    {
      because: 'there were more cores',
      caps: { target: 2 },
      published: 0.5,
      conclusion: 'not-comparable',
      why: /^Not comparable here, because the target had 1 core here and 2 there\. Published 0\.5×/,
    },
    {
      because: 'there was no cap',
      caps: { target: 'none' as const },
      published: 0.5,
      conclusion: 'not-comparable',
      why: /1 core here and no cap there/,
    },
    {
      because: 'what speaks for the source does so under any',
      caps: { target: 2 },
      published: 2,
      conclusion: 'reproduced',
      why: /The caps were others: the target had 1 core here and 2 there\./,
    },
    {
      because: 'of a service that is not here nothing is known',
      caps: { redis: 2 },
      published: 0.5,
      conclusion: 'contradicted',
      why: /^Published/,
    },
  ])('make it $conclusion: $because', ({ caps, published, conclusion, why }) => {
    const [comparison] = measure(claimed(caps, published), two(2000, 1000)).comparisons
    expect(comparison).toMatchObject({ conclusion, why: expect.stringMatching(why) })
    expect(comparison!.measured).not.toBeNull()
  })

  it.each([
    { caps: { target: 'none' as const }, conclusion: 'contradicted', why: /^Published 0\.5×/ },
    { caps: { target: 2 }, conclusion: 'not-comparable', why: /the target had no cap here and 2 there/ },
  ])('are $caps where there is no cap here', ({ caps, conclusion, why }) => {
    const options = { scenario: { isUncapped: true } }
    const [comparison] = measure(claimed(caps, 0.5), two(2000, 1000), options).comparisons
    expect(comparison).toMatchObject({ conclusion, why: expect.stringMatching(why) })
  })

  it('hold for statements too', () => {
    const claim = aAgainstB(2, {
      scenario: 'ranknet',
      caps: { postgres: 3 },
      statements: [{ says: 'the database', verdict: 'service-cpu', service: 'postgres', subjects: ['a'] }],
    })
    const { statements } = measure(claim, two(2000, 1000, { cpuMs: 0.1, services: { postgres: 0.4 } }), {
      scenario: postgres,
    })
    expect(statements[0]).toMatchObject({
      conclusion: 'not-comparable',
      why: expect.stringMatching(/because postgres had 1 core here and 3 there\. Not here: postgres used 0\.4/),
    })
  })
})

describe('work that differs from that of the source', () => {
  const differs = 'its queries were others'

  it.each([
    {
      because: 'it may be what makes the difference',
      published: 0.5,
      caps: {},
      conclusion: 'not-comparable',
      why: /^Not comparable here, because its queries were others\. Published 0\.5×/,
    },
    {
      because: 'it and the caps may be',
      published: 0.5,
      caps: { target: 2 },
      conclusion: 'not-comparable',
      why: /because the target had 1 core here and 2 there and its queries were others\./,
    },
    {
      because: 'it was found with other work too',
      published: 2,
      caps: {},
      conclusion: 'reproduced',
      why: /The work was another: its queries were others\.$/,
    },
  ])('makes a claim $conclusion: $because', ({ published, caps, conclusion, why }) => {
    const [comparison] = measure(aAgainstB(published, { differs, caps }), two(2000, 1000)).comparisons
    expect(comparison).toMatchObject({ conclusion, why: expect.stringMatching(why) })
  })

  it('keeps a sentence from being contradicted', () => {
    const claim = aAgainstB(2, {
      scenario: 'ranknet',
      differs,
      statements: [{ says: 'the database', verdict: 'service-cpu', service: 'postgres', subjects: ['a'] }],
    })
    const { statements } = measure(claim, two(2000, 1000, { cpuMs: 0.1, services: { postgres: 0.4 } }), {
      scenario: postgres,
    })
    expect(statements[0]).toMatchObject({
      conclusion: 'not-comparable',
      why: expect.stringMatching(/because its queries were others\. Not here: postgres used 0\.4/),
    })
  })
})

describe('maxima', () => {
  const slowest = (perSecondOfB: number) => {
    const claim = aAgainstB(2, {
      comparisons: [{ metric: 'serviceMs.max', of: 'b', to: 'a', published: 2, statement: 'A is never slow' }],
    })
    return measure(claim, two(1000, perSecondOfB)).comparisons[0]!
  }

  it('are not compared where one is of more answers', () =>
    expect(slowest(2000)).toMatchObject({
      conclusion: 'not-comparable',
      why: expect.stringMatching(/of [\d,]+ answers against [\d,]+ answers/),
    }))

  it('are where both are of as many', () => expect(slowest(1000).conclusion).not.toBe('not-comparable'))
})

describe('a sentence of two halves', () => {
  const claim = aAgainstB(2, {
    scenario: 'ranknet',
    statements: [
      {
        says: 'the target is full, and the database is not',
        verdict: 'target-cpu',
        service: null,
        subjects: ['a'],
        and: [{ verdict: 'service-cpu', service: 'postgres', subjects: ['a'], holds: false }],
      },
    ],
  })
  const [full, idle] = [0.495, 0.2]

  it.each([
    {
      because: 'both hold',
      cpuMs: full,
      postgres: 0.3,
      conclusion: 'reproduced',
      why: /^Here too: under go-a, the target used .*\. Here too: postgres used 0\.3 of its 1 core/,
    },
    {
      because: 'the first does not',
      cpuMs: idle,
      postgres: 0.3,
      conclusion: 'contradicted',
      why: /^Not here: go-a used 0\.4/,
    },
    {
      because: 'the second does not',
      cpuMs: full,
      postgres: 0.97,
      conclusion: 'contradicted',
      why: /^Not here: under go-a, postgres used 0\.97/,
    },
    {
      because: 'the second is not known',
      cpuMs: full,
      postgres: null,
      conclusion: 'undecided',
      why: /could not be read/,
    },
  ])('is $conclusion: $because', ({ cpuMs, postgres: used, conclusion, why }) => {
    const { statements } = measure(
      claim,
      two(2000, 1000, { cpuMs, ...(used === null ? {} : { services: { postgres: used } }) }),
      { scenario: postgres },
    )
    expect(statements[0]).toMatchObject({ conclusion, why: expect.stringMatching(why) })
  })
})

it('of a bottleneck is open where others filled the cores of the service with it', () => {
  const claim = aAgainstB(2, {
    scenario: 'ranknet',
    statements: [{ says: 'the database', verdict: 'service-cpu', service: 'postgres', subjects: ['a'] }],
  })
  const cores = { target: [1], services: { postgres: [0] }, agent: [0], orchestrator: [0], shared: [], notes: [] }
  const of = (agentCores: number) =>
    measure(claim, two(2000, 1000, { cpuMs: 0.1, services: { postgres: 0.5 }, agentCores }), {
      scenario: { ...postgres, cores },
    }).statements[0]
  expect(of(0.45)).toMatchObject({
    conclusion: 'undecided',
    why: expect.stringMatching(
      /^under go-a core 0 was 95 % full with agent \(0\.45\) and postgres \(0\.50\): which of them was the limit/,
    ),
  })
  expect(of(0.1)).toMatchObject({ conclusion: 'contradicted' })
})

it('counts its sentences by what they came to', () => {
  const claim = aAgainstB(2)
  const [spec] = claim.comparisons
  const { score } = measure({ ...claim, comparisons: [spec!, spec!, { ...spec!, published: 0.5 }] }, two(2000, 1000))
  expect(score).toEqual({ reproduced: 2, contradicted: 1 })
})

it('says nothing of other scenarios', () => {
  const cells = judgedCells(two(2000, 1000))
  const [ranked, predicted] = compareClaims([rankNet, goVsFlask], cells, compareCells(cells))
  expect(ranked!.subjects.every(({ cell }) => cell === null)).toBe(true)
  expect(predicted!.comparisons[0]!.conclusion).toBe('not-measured')
})
