import type { HistoryRun, Results } from '@bakeoff/model'
import { describe, expect, it } from 'vitest'
import { type CellSummary, conditionsOf, createRandom, historyOf, type RunSummary, summaryOf } from '../../src/index.js'
import { anEntry, aPlan, aScenario, aSite } from '../builders.js'
import { sampleResults } from '../fixtures-results.js'

const conditions = conditionsOf(aPlan([aScenario({ id: 'predict' })], [anEntry('predict', 'go')]))
const all = { last: null, leftOut: [] }

/** The n-th run, with a throughput of `go` over three repetitions that scatter by 1 %. */
function aRun(day: number, throughput: number | null, changes: Partial<RunSummary> = {}): RunSummary {
  const at = `2026-01-${String(day).padStart(2, '0')}T12:00:00.000Z`
  const run: HistoryRun = {
    ...{ id: `run-${day}`, startedAt: at, status: 'complete', folder: null },
    ...{ gitCommit: `commit-${day}`, gitDirty: false },
  }
  return { run, conditions, cells: [aCell('go', throughput)], ...changes }
}

function aCell(target: string, throughput: number | null): CellSummary {
  const load = { kind: 'closed', connections: 64 } as const
  return {
    ...{ id: `predict/${target}/default/closed-64`, scenario: 'predict', target, variant: 'default', name: target },
    ...{ load, loadId: 'closed-64' },
    figures: [
      {
        ...{ id: 'throughput', name: 'throughput', unit: 'correct responses/s', better: 'higher' },
        point: {
          value: throughput,
          low: throughput && throughput * 0.98,
          high: throughput && throughput * 1.02,
          repetitions: throughput === null ? 0 : 3,
          verdict: throughput === null ? null : 'valid',
          whyNot: throughput === null ? 'failed: it died' : null,
        },
        log: throughput === null ? null : { mean: Math.log(throughput), variance: 0.01 ** 2 / 3 },
      },
    ],
  }
}

/** Runs whose throughput differs by 4 %, around these levels. */
function course(...levels: readonly (number | null)[]): RunSummary[] {
  const random = createRandom(3)
  return levels.map((level, index) => aRun(index + 1, level && level * Math.exp(0.04 * random.normal())))
}

const throughputIn = (runs: readonly RunSummary[]) => historyOf(runs, all).series[0]!.cells[0]!.figures[0]!

describe('a history', () => {
  it('has a point for every run, oldest first, however the runs lie in the folder', () => {
    const runs = course(100, 100, 100)
    const { series } = historyOf([runs[2]!, runs[0]!, runs[1]!], all)
    expect(series).toHaveLength(1)
    expect(series[0]!.runs.map(({ id }) => id)).toEqual(['run-1', 'run-2', 'run-3'])
    expect(series[0]!.cells[0]!.figures[0]!.points.map(({ value }) => value)).toEqual(
      runs.map(({ cells }) => cells[0]!.figures[0]!.point.value),
    )
  })

  it('marks the run from which on a figure stays at another level, with how much and for better or worse', () => {
    const { changes, spread } = throughputIn(course(...Array(6).fill(100), ...Array(6).fill(130)))
    expect(changes).toMatchObject([{ at: 6, after: 5, runs: [6, 6], isBetter: true }])
    const { median, low, high } = changes[0]!.ratio
    expect([low! > 1.03, median > 1.2, median < 1.4, high! > median]).toEqual([true, true, true, true])
    expect(spread).toBeGreaterThan(0.02)
    expect(spread).toBeLessThan(0.07)
    expect(throughputIn(course(...Array(6).fill(100), ...Array(6).fill(70))).changes).toMatchObject([
      { isBetter: false },
    ])
  })

  it('has no figure from a run that offered the same rate over other connections', () => {
    const offered = (day: number, connections: number): RunSummary => {
      const load = { kind: 'rate', perSecond: 200, connections, arrivals: 'exponential' } as const
      return aRun(day, 100, { cells: [{ ...aCell('go', 100), load }] })
    }
    const { points } = throughputIn([offered(1, 256), offered(2, 32)])
    expect(points).toMatchObject([{ value: null, whyNot: 'under another load: connections 256' }, { value: 100 }])
  })

  it('marks nothing while runs differ as they always did', () =>
    expect(throughputIn(course(...Array(12).fill(100))).changes).toEqual([]))

  it('looks for changes without the runs that do not count, and says between which two they lie', () => {
    const { points, changes } = throughputIn(course(100, 100, 100, 100, 100, null, 150, 150, 150, 150, 150))
    expect(points[5]).toMatchObject({ value: null, whyNot: 'failed: it died' })
    expect(changes).toMatchObject([{ at: 6, after: 4, runs: [5, 5] }])
  })

  it('knows nothing of how much runs differ from one alone', () => {
    expect(throughputIn(course(100))).toMatchObject({ spread: null, changes: [] })
    expect(historyOf([], all).series).toEqual([])
  })

  it('never joins runs under other conditions', () => {
    const quick = { ...conditions, run: { ...conditions.run, profile: 'quick' } }
    const runs = [...course(100, 100), aRun(8, 50, { conditions: quick }), aRun(9, 100)]
    const { series } = historyOf(runs, all)
    expect(series.map((each) => each.runs.map(({ id }) => id))).toEqual([['run-1', 'run-2', 'run-9'], ['run-8']])
    expect(series[1]!.conditions).toContainEqual({ what: 'profile', value: 'quick' })
  })

  it('never joins runs over two kinds of network', () => {
    const runs = [...course(100, 100), aRun(8, 50, { conditions: { ...conditions, site: aSite() } }), aRun(9, 100)]
    const { series } = historyOf(runs, all)
    expect(series.map((each) => each.runs.map(({ id }) => id))).toEqual([['run-1', 'run-2', 'run-9'], ['run-8']])
    expect(series[1]!.conditions).toContainEqual({ what: 'kind of network', value: 'overlay' })
  })

  it('joins runs of which another scenario was measured under other caps', () => {
    const other = aScenario({ id: 'embed', targetCaps: { ...aScenario().targetCaps, cpus: 2 } })
    const wider = { ...conditions, scenarios: [...conditions.scenarios, other] }
    expect(historyOf([aRun(1, 100), aRun(2, 100, { conditions: wider })], all).series).toHaveLength(1)
  })

  it('has the cells of any run, and says where one is not part of a run', () => {
    const { series } = historyOf([aRun(1, 100, { cells: [aCell('go', 100), aCell('node', 50)] }), aRun(2, 100)], all)
    expect(series[0]!.cells.map(({ name }) => name)).toEqual(['go', 'node'])
    expect(series[0]!.cells[1]!.figures[0]!.points[1]).toMatchObject({ value: null, whyNot: 'not part of this run' })
  })

  it('has the newest runs of each series alone where so many are asked for', () =>
    expect(historyOf(course(1, 2, 3, 4), { ...all, last: 2 }).series[0]!.runs.map(({ id }) => id)).toEqual([
      'run-3',
      'run-4',
    ]))
})

describe('the summary of a run', () => {
  const sample = sampleResults({ repetitions: 3 })
  const summary = summaryOf(sample)

  it('has the figures that runs are compared by, with the intervals of their report', () => {
    for (const cell of sample.cells) {
      const { figures } = summary.cells.find(({ id }) => id === cell.id)!
      for (const { id, point } of figures)
        expect([point.value, point.low, point.high]).toEqual([
          cell.figures[id]?.median ?? null,
          cell.figures[id]?.low ?? null,
          cell.figures[id]?.high ?? null,
        ])
    }
    const named = (kind: string) =>
      summary.cells.find(({ load }) => load.kind === kind)!.figures.map(({ name }) => name)
    expect(named('closed')).toEqual(['throughput', 'CPU time per request', 'p99'])
    expect(named('capacity').slice(0, 2)).toEqual(['capacity', 'CPU time per request'])
    expect(named('batch')).toEqual(['CPU time per task', 'throughput'])
  })

  it('says why a figure does not count', () => {
    const without = summary.cells.flatMap(({ figures }) => figures.filter(({ log }) => log === null))
    expect(without.length).toBeGreaterThan(0)
    for (const { point } of without) expect(point.whyNot).toMatch(/\w/)
    const whys = new Set(without.map(({ point }) => point.whyNot?.split(':')[0]))
    expect([...whys]).toEqual(expect.arrayContaining(['its figures do not count']))
  })

  it('knows how sure the mean of its repetitions is, and of one repetition that nothing is known', () => {
    const logs = (results: Results) =>
      summaryOf(results).cells.flatMap(({ figures }) => figures.flatMap(({ log }) => (log ? [log.variance] : [])))
    expect(logs(sample).every((variance) => variance !== null && variance > 0)).toBe(true)
    expect(new Set(logs(sampleResults({ repetitions: 1 })))).toEqual(new Set([null]))
  })
})
