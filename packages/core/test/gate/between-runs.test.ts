/** `--fail-on` where runs differ from day to day and nothing changed, and where something did. */
import type { Cell, Results } from '@bakeoff/model'
import { describe, expect, it } from 'vitest'
import {
  askGate,
  compareRuns,
  createRandom,
  parseGateRules,
  type Random,
  spreadBetween,
  summaryOf,
} from '../../src/index.js'
import { sampleResults } from '../fixtures-results.js'

const sample = sampleResults({ scenarios: ['predict'], targets: 1, failing: 'none' })
const usual = sample.cells.find(({ load, verdict }) => load.kind === 'closed' && verdict?.status === 'valid')!
const rules = parseGateRules('regression=5%,cpu=5%')
const CELLS = 52
const BUILDS = 60

interface Days {
  /** standard deviation of what a day does to all cells alike */
  readonly shared: number
  /** standard deviation of what a run does to each cell by itself */
  readonly own: number
}

/** Without an interval, which the judge makes by itself: this is done some hundred thousand times. */
const estimate = (values: number[]) => ({
  ...{ median: values[0]!, mean: values[0]!, low: null, high: null },
  ...{ n: values.length, values, method: '', outliers: [] },
})

/** A run of four repetitions that scatter by 3 %, on a full core: a request costs what throughput does not make of it. */
function aRun(random: Random, { shared, own }: Days, factorOf: (cell: number) => number = () => 1): Results {
  const day = shared * random.normal()
  const cells = Array.from({ length: CELLS }, (_, index): Cell => {
    const level = 1000 * Math.exp(day + own * random.normal()) * factorOf(index)
    const throughput = Array.from({ length: 4 }, () => level * Math.exp(0.03 * random.normal()))
    const cpuMsPerRequest = throughput.map((rate) => 1000 / rate)
    return {
      ...usual,
      id: `${usual.id}#${index}`,
      figures: { throughput: estimate(throughput), cpuMsPerRequest: estimate(cpuMsPerRequest) },
    }
  })
  return { ...sample, cells, certificates: [] }
}

/** The share of builds in which a cell breaks a rule; `before` counts the baseline. */
function brokenBuilds(days: Days, before: number, factorOf?: (cell: number) => number): number {
  const random = createRandom(16)
  const broken = Array.from({ length: BUILDS }, () => {
    const [results, ...earlier] = Array.from({ length: before }, () => aRun(random, days)) as [Results, ...Results[]]
    const baseline = { results, earlier: earlier.map((run) => summaryOf(run)) }
    return askGate(aRun(random, days, factorOf), baseline, rules).broken.length > 0
  })
  return broken.filter(Boolean).length / BUILDS
}

describe('builds in which nothing changed', { timeout: 120_000 }, () => {
  it.each([
    { before: 2, shared: 0.05, own: 0 },
    { before: 6, shared: 0.05, own: 0 },
    { before: 3, shared: 0, own: 0.05 },
    { before: 12, shared: 0, own: 0.05 },
  ])(
    'break in at most 5 of 100, $before runs known: days differ by $shared for all cells, and by $own for each',
    ({ before, ...days }) => expect(brokenBuilds(days, before)).toBeLessThanOrEqual(0.05),
  )

  it('break often where one run alone is known, which does not tell how much runs differ', () =>
    expect(brokenBuilds({ shared: 0.05, own: 0 }, 1)).toBeGreaterThan(0.15))
})

describe('a build in which one of its cells changed', { timeout: 120_000 }, () => {
  const slower = (factor: number) => (cell: number) => (cell === 7 ? factor : 1)

  it.each([
    { factor: 0.5, before: 6, shared: 0.05, own: 0, least: 0.95 },
    { factor: 0.75, before: 30, shared: 0.01, own: 0.01, least: 0.95 },
  ])(
    'breaks: $factor × with $before runs known that differ by $shared and $own',
    ({ factor, before, least, ...days }) =>
      expect(brokenBuilds(days, before, slower(factor))).toBeGreaterThanOrEqual(least),
  )
})

describe('the spread between runs', () => {
  const random = createRandom(5)
  const runs = Array.from({ length: 8 }, () => aRun(random, { shared: 0.02, own: 0.02 }))
  const summaries = runs.map((run, index) => {
    const summary = summaryOf(run)
    return { ...summary, run: { ...summary.run, startedAt: `2026-01-0${index + 1}T00:00:00Z` } }
  })
  const cell = `${usual.id}#0`

  it('is not known of one run, nor of what no run has', () => {
    expect(spreadBetween(summaries.slice(0, 1))(cell, 'throughput')).toBeNull()
    expect(spreadBetween(summaries)('nowhere', 'throughput')).toBeNull()
  })

  it('has few degrees of freedom and what is expected in it at first, and is the own one of the machine later', () => {
    const few = spreadBetween(summaries.slice(0, 2))(cell, 'throughput')!
    const many = spreadBetween(summaries)(cell, 'throughput')!
    expect([few.df, few.runs, many.df, many.runs, many.family]).toEqual([5, 2, 11, 8, CELLS])
    expect(few.variance).toBeGreaterThan(many.variance)
    expect(Math.sqrt(many.variance)).toBeLessThan(0.045)
  })

  it('does not count a change of level between earlier runs', () => {
    const changed = summaries.map((summary, index) =>
      index < 4
        ? summary
        : {
            ...summary,
            cells: summary.cells.map((each) => ({
              ...each,
              figures: each.figures.map((figure) => ({
                ...figure,
                log: figure.log && { ...figure.log, mean: figure.log.mean + 0.7 },
              })),
            })),
          },
    )
    const [before, after] = [summaries, changed].map((each) => spreadBetween(each)(cell, 'throughput')!.variance)
    expect(after! / before!).toBeLessThan(1.3)
  })

  it('widens the interval of a change, never narrows it, and says so', () => {
    const [baseline, now] = runs as [Results, Results]
    const named = [baseline, now].map((results, index) => ({ name: `${index}`, results }))
    const alone = compareRuns(named).cells.flatMap(({ figures }) => figures)
    const spread = compareRuns(named, spreadBetween(summaries)).cells.flatMap(({ figures }) => figures)
    for (const [index, { against }] of spread.entries()) {
      const [with_, without] = [against[0]!.difference!, alone[index]!.against[0]!.difference!]
      expect(with_.ratio.low).toBeLessThanOrEqual(without.ratio.low!)
      expect(with_.ratio.high).toBeGreaterThanOrEqual(without.ratio.high!)
      expect(with_.ratio.median).toBe(without.ratio.median)
      if (with_.withinRuns) expect(with_.withinRuns).toEqual(without.ratio)
    }
    expect(spread.some(({ against }) => against[0]!.difference?.withinRuns)).toBe(true)
  })

  it('is said where a change would break a rule without it', () => {
    const days = { shared: 0, own: 0 }
    const baseline = aRun(random, days)
    const now = aRun(random, days, () => 0.85)
    const earlier = [summaryOf(aRun(random, { shared: 0.1, own: 0 })), summaryOf(aRun(random, { shared: 0.1, own: 0 }))]
    expect(askGate(now, { results: baseline, earlier: [] }, rules)).toMatchObject({ runs: 1 })
    expect(askGate(now, { results: baseline, earlier: [] }, rules).broken.length).toBeGreaterThan(0)
    const report = askGate(now, { results: baseline, earlier }, rules)
    expect(report).toMatchObject({ runs: 3, broken: [] })
    expect(report.unjudged[0]!.says).toMatch(
      /^throughput changed by −\S+ % \(.*\) by what scattered within the runs, but runs in which nothing changed differ as much \(−\S+ % to \S+ %, one run against another, by the spread of 3 runs on logs\)$/,
    )
  })
})
