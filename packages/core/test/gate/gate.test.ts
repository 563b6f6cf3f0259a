import type { Cell, Results } from '@bakeoff/model'
import { describe, expect, it } from 'vitest'
import { askGate, type GateRules, parseGateRules } from '../../src/index.js'
import { aCertificate } from '../builders.js'
import { sampleResults } from '../fixtures-results.js'

const estimate = (values: number[]) => ({
  median: values[0]!,
  mean: values[0]!,
  low: null,
  high: null,
  n: values.length,
  values,
  method: 'm',
  outliers: [],
})

const sample = sampleResults()

/** Judged against one run alone. */
const gate = (results: Results, baseline: Results, rules: GateRules) =>
  askGate(results, { results: baseline, earlier: [] }, rules)

/** One run with one cell that was measured, changed as told. */
function aRun(
  changes: { throughput?: number[] | null; cpu?: number[]; cell?: Partial<Cell>; workDigest?: string } = {},
): Results {
  const results = sample
  const cell = results.cells.find(({ outcome }) => outcome === 'measured')!
  const changed: Cell = {
    ...cell,
    figures: {
      ...cell.figures,
      throughput: changes.throughput === null ? null : estimate(changes.throughput ?? [1000, 1010, 990, 1005]),
      cpuMsPerRequest: estimate(changes.cpu ?? [0.1, 0.101, 0.099, 0.1]),
    },
    requests: {
      sent: 10_000,
      ok: 10_000,
      wrong: 0,
      errors: 0,
      timeouts: 0,
      lost: 0,
      inFlight: 0,
      checked: 100,
      errorsByKind: {},
    },
    ...changes.cell,
  }
  const scenarios = results.scenarios.map((scenario) => ({
    ...scenario,
    workDigest: changes.workDigest ?? scenario.workDigest,
  }))
  return { ...results, cells: [changed], scenarios }
}

const rules = parseGateRules('regression=5%,cpu=5%,errors=0.1%')
const failed = {
  sent: 10_000,
  ok: 9950,
  wrong: 0,
  errors: 50,
  timeouts: 0,
  lost: 0,
  inFlight: 0,
  checked: 100,
  errorsByKind: {},
}

const silent: Cell['verdict'] = {
  status: 'invalid',
  causes: [
    {
      cause: 'no-answers',
      effect: 'invalidates',
      evidence: 'there was no right answer at all',
      subject: null,
      limit: null,
    },
  ],
  limitedBy: null,
}
const invalid: Cell['verdict'] = {
  status: 'invalid',
  causes: [{ cause: 'wrong-answers', effect: 'invalidates', evidence: '2 of 500', subject: null, limit: null }],
  limitedBy: null,
}

describe('gate', () => {
  it.each([
    { because: 'nothing changed', now: aRun(), broken: [] },
    {
      because: 'throughput fell clearly by more than is allowed',
      now: aRun({ throughput: [800, 805, 795, 800] }),
      broken: ['regression'],
    },
    { because: 'throughput fell by less than is allowed', now: aRun({ throughput: [970, 980, 960, 975] }), broken: [] },
    {
      because: 'throughput fell, but the machine is too noisy to say so',
      now: aRun({ throughput: [300, 1500, 900, 600] }),
      broken: [],
    },
    { because: 'throughput rose', now: aRun({ throughput: [2000, 2010, 1990, 2000] }), broken: [] },
    { because: 'CPU time per request grew', now: aRun({ cpu: [0.12, 0.121, 0.119, 0.12] }), broken: ['cpu'] },
    { because: 'requests failed', now: aRun({ cell: { requests: failed } }), broken: ['errors'] },
    {
      because: 'the cell could not be measured',
      now: aRun({ cell: { outcome: 'failed', outcomeReason: 'died', requests: null } }),
      broken: ['errors', 'regression'],
    },
    {
      because: 'throughput fell to nothing, all requests being under way to the end',
      now: aRun({
        throughput: [0, 0, 0, 0],
        cell: { requests: { ...failed, sent: 64, ok: 0, errors: 0, inFlight: 64 }, verdict: silent },
      }),
      broken: ['errors', 'regression'],
    },
    {
      because: 'one repetition had no right answer',
      now: aRun({ throughput: [1000, 1010, 0, 1005] }),
      broken: ['regression'],
    },
    {
      because: 'the target is unsupported here',
      now: aRun({ cell: { outcome: 'unsupported', requests: null } }),
      broken: [],
    },
  ])('$because: $broken', ({ now, broken }) => {
    expect(gate(now, aRun(), rules).broken.map(({ rule }) => rule)).toEqual(broken)
  })

  it('judges nothing where the same rate was offered over other connections, and says so', () => {
    const offered = (connections: number, cpu: number[]) =>
      aRun({ cpu, cell: { load: { kind: 'rate', perSecond: 200, connections, arrivals: 'exponential' } } })
    const report = gate(offered(32, [0.2, 0.2, 0.2, 0.2]), offered(256, [0.1, 0.1, 0.1, 0.1]), parseGateRules('cpu=5%'))
    expect(report.broken).toEqual([])
    expect(report.unjudged).toMatchObject([
      { says: 'its load differs from the baseline: connections 256 there, 32 here' },
    ])
    expect(report.judged).toBe(0)
  })

  it.each([
    {
      because: 'one repetition has no interval',
      now: aRun({ throughput: [100] }),
      says: 'one repetition has no interval',
    },
    { because: 'the work has changed', now: aRun({ workDigest: 'other' }), says: 'requests or answers have changed' },
    {
      because: 'the target is unsupported here',
      now: aRun({ cell: { outcome: 'unsupported', outcomeReason: 'build: no hex', requests: null } }),
      says: 'it is unsupported here: build: no hex',
    },
  ])('judges nothing when $because', ({ now, says }) => {
    const report = gate(now, aRun(), parseGateRules('regression=5%'))
    expect(report.broken).toEqual([])
    expect(report.unjudged[0]?.says).toContain(says)
    expect(report.judged).toBe(0)
  })

  it('judges nothing of which the baseline itself had no right answer', () => {
    const { broken, unjudged } = gate(aRun(), aRun({ throughput: [0, 100] }), parseGateRules('regression=5%'))
    expect(broken).toEqual([])
    expect(unjudged[0]?.says).toBe('in the baseline a repetition had no right answer')
  })

  it.each(['regression=5%', 'cpu=5%'])('%s is broken by what the baseline measured and this run lacks', (text) => {
    const [rule] = text.split('=')
    const before = aRun()
    const missing = gate({ ...before, cells: [] }, before, parseGateRules(text))
    expect(missing.broken).toMatchObject([
      { cell: before.cells[0]!.id, rule, says: expect.stringContaining('the baseline has it') },
    ])
    const failing = aRun({ throughput: null, cell: { outcome: 'failed', outcomeReason: 'load: it died' } })
    expect(gate(failing, before, parseGateRules(text)).broken).toMatchObject([
      { rule, says: 'the baseline measured it, and here it was not measured: load: it died' },
    ])
    expect(gate({ ...before, cells: [] }, failing, parseGateRules(text)).broken).toEqual([])
  })

  it.each([
    {
      because: 'it was invalid before too',
      before: invalid,
      now: invalid,
      broken: [],
      says: /^in the baseline its figures do not count: wrong-answers \(2 of 500\)/,
    },
    {
      because: 'it counts again',
      before: invalid,
      now: null,
      broken: [],
      says: /^in the baseline its figures do not count/,
    },
    {
      because: 'it has become invalid',
      before: null,
      now: invalid,
      broken: ['regression'],
      says: /^in the baseline its figures count, and here they do not: wrong-answers/,
    },
  ])('knows that figures of an invalid cell do not count: $because', ({ before, now, broken, says }) => {
    const of = (verdict: Cell['verdict']) => aRun({ cell: { verdict } })
    const report = gate(of(now), of(before), parseGateRules('regression=5%,cpu=5%'))
    expect(report.broken.map(({ rule }) => rule)).toEqual(broken)
    expect([...report.broken, ...report.unjudged].map(({ says: text }) => text)).toEqual([expect.stringMatching(says)])
  })

  it('is broken by no smaller change than counts as a difference, and says so', () => {
    const slower = aRun({ throughput: [980, 980.1, 979.9] })
    const before = aRun({ throughput: [1000, 1000.1, 999.9] })
    const report = gate(slower, before, parseGateRules('regression=1%'))
    expect(report.broken).toEqual([])
    expect(report.unjudged).toMatchObject([
      {
        says: expect.stringMatching(
          /^throughput changed by −2 % \(.*\), and it is not told apart: up to 3 % is no difference$/,
        ),
      },
    ])
  })

  it('is broken by nothing within the noise of the machine, and says so', () => {
    const noisy = aRun({ throughput: [850, 851, 849] })
    const certificate = aCertificate(noisy.cells[0]!.scenario, 0.3)
    expect(gate(noisy, aRun(), parseGateRules('regression=5%')).broken).toHaveLength(1)
    const report = gate({ ...noisy, certificates: [certificate] }, aRun(), parseGateRules('regression=5%'))
    expect(report.broken).toEqual([])
    expect(report.unjudged).toMatchObject([{ says: expect.stringContaining('the machine itself differed by 30 %') }])
  })

  it('judges a capacity by the rate within the service level, and a batch by its tasks', () => {
    const sampled = sampleResults({ scenarios: ['ranknet', 'chat-batch'], targets: 3, repetitions: 3 })
    const of = (kind: string) =>
      sampled.cells.find(({ load, verdict }) => load.kind === kind && verdict?.status === 'valid')!
    const capacity = of('capacity')
    const halved = { ...capacity, figures: { ...capacity.figures, capacityPerSecond: estimate([50, 50.1, 49.9]) } }
    const full = { ...capacity, figures: { ...capacity.figures, capacityPerSecond: estimate([100, 100.1, 99.9]) } }
    const none = { ...capacity, figures: { ...capacity.figures, capacityPerSecond: null } }
    const batch = of('batch')
    const run = (cell: Cell): Results => ({ ...sampled, cells: [cell] })
    const says = (now: Cell, before: Cell) =>
      gate(run(now), run(before), parseGateRules('regression=5%')).broken.map((each) => each.says)
    expect(says(halved, full)).toEqual([expect.stringMatching(/^capacity changed by −50 %/)])
    expect(says(none, full)).toEqual(['the baseline has a capacity, and this run has none'])
    expect(
      says(
        { ...batch, figures: { ...batch.figures, throughput: estimate([5, 5.01, 4.99]) } },
        { ...batch, figures: { ...batch.figures, throughput: estimate([10, 10.01, 9.99]) } },
      ),
    ).toEqual([expect.stringMatching(/^throughput changed by −50 %/)])
  })

  it('counts what was judged', () => {
    expect(gate(aRun(), aRun(), rules)).toEqual({ broken: [], unjudged: [], judged: 1, of: 1, runs: 1 })
  })

  it('says by how much, with the interval and what is allowed', () => {
    const [broken] = gate(aRun({ throughput: [800, 805, 795, 800] }), aRun(), rules).broken
    expect(broken?.says).toMatch(/^throughput changed by −20.* % \(−2\d.* % to −\d.* %\), allowed −5 %$/)
  })
})

describe('the rules of --fail-on', () => {
  it('are shares, each on its own', () => {
    expect(parseGateRules('regression=5%,errors=0')).toEqual({ regression: 0.05, cpu: null, errors: 0 })
  })

  it.each([
    { text: 'regresion=5%', hint: 'Did you mean "regression"?' },
    { text: 'errors=many', hint: 'Write it like errors=5% or errors=0.' },
    { text: 'speed=1%', hint: 'Rules: regression, cpu, errors, slo' },
  ])('refuse $text', ({ text, hint }) => {
    expect(() => parseGateRules(text)).toThrowError(expect.objectContaining({ code: 'BAD_SPEC', hint }))
  })
})
