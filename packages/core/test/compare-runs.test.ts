import { type Against, type Cell, type Estimate, type Results, USUAL_REACH } from '@bakeoff/model'
import { describe, expect, it } from 'vitest'
import { compareRuns } from '../src/compare-runs.js'
import { estimateOf } from '../src/figures/estimate.js'
import { aCertificate, aSite } from './builders.js'
import { sampleResults } from './fixtures-results.js'

const usual = sampleResults({ scenarios: ['predict', 'ranknet', 'chat-batch'], repetitions: 3 })
const sound = usual.cells.find(({ load, verdict }) => load.kind === 'closed' && verdict?.status === 'valid')!

/** The sound cell with this throughput in its repetitions, alone in a run. */
const aCell = (rates: readonly number[], changes: Partial<Cell> = {}): Cell => ({
  ...sound,
  figures: { ...sound.figures, throughput: estimateOf(rates) },
  ...changes,
})
const aRun = (cell: Cell | null, changes: Partial<Results> = {}): Results => ({
  ...usual,
  cells: cell === null ? [] : [cell],
  ...changes,
})
/** The throughput of a later run against the first. */
const against = (first: Results, later: Results): Against =>
  compareRuns([
    { name: 'first', results: first },
    { name: 'later', results: later },
  ]).cells[0]!.figures.find(({ id }) => id === 'throughput')!.against[0]!

const base = aCell([100, 101, 99])
const invalid: Cell['verdict'] = {
  status: 'invalid',
  causes: [
    { cause: 'wrong-answers', effect: 'invalidates', evidence: '2 of 500 were wrong', subject: null, limit: null },
    { cause: 'noisy-host', effect: 'doubts', evidence: 'others were busy', subject: null, limit: null },
  ],
  limitedBy: null,
}
const withFloor = (noiseFloor: number): Partial<Results> => ({
  certificates: [aCertificate(sound.scenario, noiseFloor)],
})

describe('a figure of a later run', () => {
  it.each([
    { later: [120, 121, 119], conclusion: 'higher', because: 'more, and certain' },
    { later: [80, 81, 79], conclusion: 'lower', because: 'less, and certain' },
    { later: [99.1, 100.9, 100], conclusion: 'no-difference', because: 'within 3 %' },
    { later: [104, 96, 112], conclusion: 'undecided', because: 'more, but it scatters' },
    { later: [300], conclusion: 'undecided', because: 'one repetition has no interval' },
  ])('is $conclusion: $because', ({ later, conclusion }) => {
    const found = against(aRun(base), aRun(aCell(later)))
    expect(found).toMatchObject({ conclusion, why: null })
    expect(found.difference!.ratio.median).toBeCloseTo(Math.exp(meanLog(later) - meanLog([100, 101, 99])))
  })

  it('must differ by more than the machine itself did in either run', () => {
    const later = aCell([108, 107.9, 108.1])
    expect(against(aRun(base), aRun(later)).conclusion).toBe('higher')
    for (const [first, second] of [
      [withFloor(0.2), {}],
      [withFloor(0.01), withFloor(0.2)],
    ])
      expect(against(aRun(base, first), aRun(later, second))).toMatchObject({
        conclusion: 'undecided',
        difference: { least: 0.2, leastIs: 'noise-floor', reason: { kind: 'hidden' } },
      })
  })

  it.each<{ because: string; first: Results; later: Results; conclusion: string; why: object }>([
    {
      because: 'it is missing',
      first: aRun(base),
      later: aRun(null),
      conclusion: 'not-in-both',
      why: { kind: 'absent', run: 'later' },
    },
    {
      because: 'it was missing',
      first: aRun(null),
      later: aRun(base),
      conclusion: 'not-in-both',
      why: { kind: 'absent', run: 'first' },
    },
    {
      because: 'it failed',
      first: aRun(base),
      later: aRun({
        ...base,
        figures: { ...base.figures, throughput: null },
        outcome: 'failed',
        outcomeReason: 'build',
      }),
      conclusion: 'not-in-both',
      why: { kind: 'not-measured', run: 'later', outcome: 'failed', says: 'build' },
    },
    {
      because: 'a repetition had no right answer',
      first: aRun(base),
      later: aRun(aCell([100, 0, 101])),
      conclusion: 'undecided',
      why: { kind: 'no-right-answer', run: 'later' },
    },
    {
      because: 'its figures do not count',
      first: aRun(base),
      later: aRun({ ...base, verdict: invalid }),
      conclusion: 'undecided',
      why: { kind: 'invalid', run: 'later', causes: [invalid.causes[0]] },
    },
    {
      because: 'they count in neither',
      first: aRun({ ...base, verdict: invalid }),
      later: aRun({ ...base, verdict: invalid }),
      conclusion: 'undecided',
      why: { kind: 'invalid', run: 'first' },
    },
    {
      because: 'the requests differ',
      first: aRun(base),
      later: aRun(aCell([200, 201, 202]), { scenarios: usual.scenarios.map((each) => ({ ...each, workDigest: 'x' })) }),
      conclusion: 'different-work',
      why: { kind: 'other-requests' },
    },
    {
      because: 'the caps of the scenario differ',
      first: aRun(base),
      later: aRun(aCell([200, 201, 202]), {
        scenarios: usual.scenarios.map((each) => ({ ...each, targetCaps: { ...each.targetCaps, cpus: 7 } })),
      }),
      conclusion: 'different-work',
      why: { kind: 'other-caps', of: null },
    },
    {
      because: 'the caps of the entry differ',
      first: aRun(base),
      later: aRun({ ...base, target: { ...base.target, caps: { ...base.target.caps!, quotaCpus: 0.5 } } }),
      conclusion: 'different-work',
      why: { kind: 'other-caps', of: null },
    },
    {
      because: 'packets went another way',
      first: aRun(base),
      later: aRun(base, { site: aSite() }),
      conclusion: 'different-work',
      why: { kind: 'other-network', first: 'bridge', later: 'overlay' },
    },
  ])('is not judged ($conclusion) when $because', ({ first, later, conclusion, why }) =>
    expect(against(first, later)).toMatchObject({ conclusion, difference: null, why }),
  )

  it('is of other work when a service has other caps, and in no other scenario', () => {
    const scenarios = usual.scenarios.map((each) => ({
      ...each,
      services: each.services.map((service) =>
        service.name === 'postgres' ? { ...service, caps: { ...service.caps, cpus: 3 } } : service,
      ),
    }))
    const { cells } = compareRuns([
      { name: 'a', results: usual },
      { name: 'b', results: { ...usual, scenarios } },
    ])
    const conclusions = (scenario: string) =>
      new Set(
        cells
          .filter((cell) => cell.scenario === scenario && cell.cells[0]?.outcome === 'measured')
          .flatMap(({ figures }) => figures[0]!.against.map(({ why }) => why?.kind)),
      )
    expect(conclusions('ranknet')).toEqual(new Set(['other-caps']))
    expect(conclusions('predict')).not.toContain('other-caps')
  })

  it('is of other work when the same rate was offered over other connections', () => {
    const offered = (connections: number) =>
      aRun({ ...base, load: { kind: 'rate', perSecond: 200, connections, arrivals: 'exponential' } })
    const of = (first: Results, later: Results) =>
      compareRuns([
        { name: 'first', results: first },
        { name: 'later', results: later },
      ]).cells[0]!.figures[0]!.against[0]
    const settings = [{ name: 'connections', first: '256', later: '32' }]
    const why = { kind: 'other-load', settings }
    expect(of(offered(256), offered(32))).toEqual({ conclusion: 'different-work', difference: null, why })
    expect(of(offered(32), offered(32))).toMatchObject({ why: null })
  })

  it('does not depend on which cores it ran on', () => {
    const moved = { ...base, target: { ...base.target, caps: { ...base.target.caps!, cpuset: [7] } } }
    expect(against(aRun(base), aRun(moved)).why).toBeNull()
  })
})

describe('cells side by side', () => {
  const { cells } = compareRuns([
    { name: 'a', results: usual },
    { name: 'b', results: usual },
  ])

  it.each([
    { kind: 'closed', figures: ['throughput', 'cpuMsPerRequest'], of: 'throughput' },
    {
      kind: 'capacity',
      figures: ['capacityPerSecond', 'cpuMsPerRequest'],
      of: 'capacityPerSecond',
    },
    { kind: 'batch', figures: ['cpuMsPerRequest', 'throughput'], of: 'cpuMsPerRequest' },
  ])('are compared by what the load is about first: $kind', ({ kind, figures, of }) => {
    const found = cells.find(({ load, cells: [cell] }) => load.kind === kind && cell?.outcome === 'measured')!
    expect(found.figures.map(({ id }) => id)).toEqual(figures)
    const [estimate]: readonly (Estimate | null)[] = found.figures[0]!.estimates
    expect(estimate).not.toBeNull()
    expect(estimate).toEqual(found.cells[0]!.figures[of])
  })

  it('are those of any of the runs, each later one against the first', () => {
    const three = compareRuns([
      { name: 'a', results: aRun(base) },
      { name: 'b', results: aRun({ ...base, id: 'another' }) },
      { name: 'c', results: aRun(aCell([200, 201, 202])) },
    ])
    expect(
      three.cells.map(({ id, cells: own, figures }) => ({
        id,
        has: own.map((cell) => cell !== null),
        conclusions: figures[0]!.against.map(({ conclusion }) => conclusion),
      })),
    ).toEqual([
      { id: base.id, has: [true, false, true], conclusions: ['not-in-both', 'higher'] },
      { id: 'another', has: [false, true, false], conclusions: ['not-in-both', 'not-in-both'] },
    ])
  })

  it('need two runs', () => expect(() => compareRuns([{ name: 'a', results: usual }])).toThrow(RangeError))
})

describe('what differs between runs', () => {
  const settings = (change: (results: Results) => Results) =>
    compareRuns([
      { name: 'a', results: usual },
      { name: 'b', results: change(structuredClone(usual)) },
    ]).settings

  it('is the network, the machines and the roles on them, where one of the runs has several', () =>
    expect(settings((results) => ({ ...results, site: aSite() })).map(({ what, makes }) => [what, makes])).toEqual([
      ['Kind of network', 'other-network'],
      ['Machines of a bench', 'other-machine'],
      ['Machine of services', 'other-machine'],
      ['Machines of load agents', 'other-machine'],
      ['Hosts', null],
    ]))

  it('is nothing between a run and itself', () => expect(settings((results) => results)).toEqual([]))

  it.each([
    { what: 'Host', makes: null, change: (r: Results) => ({ ...r, host: { ...r.host, hostname: 'elsewhere' } }) },
    {
      what: 'Processor',
      makes: 'other-machine',
      change: (r: Results) => ({ ...r, host: { ...r.host, cpuModel: null } }),
    },
    {
      what: 'Architecture',
      makes: 'other-machine',
      change: (r: Results) => ({ ...r, host: { ...r.host, architecture: 'riscv' } }),
    },
    { what: 'Engine', makes: null, change: (r: Results) => ({ ...r, engine: { ...r.engine, version: '29.1.0' } }) },
    {
      what: 'predict: requests and answers',
      makes: 'other-work',
      change: (r: Results) => ({
        ...r,
        scenarios: r.scenarios.map((s) => ({ ...s, workDigest: s.id === 'predict' ? 'sha256:new' : s.workDigest })),
      }),
    },
    {
      what: 'predict: load open-0.5',
      makes: 'other-work',
      change: (r: Results) => ({
        ...r,
        scenarios: r.scenarios.map((s) => ({
          ...s,
          loads: s.loads.map((load) =>
            s.id === 'predict' && load.kind === 'open' && load.fraction === 0.5 ? { ...load, connections: 7 } : load,
          ),
        })),
      }),
    },
    {
      what: 'ranknet: caps of the target',
      makes: 'other-work',
      change: (r: Results) => ({
        ...r,
        scenarios: r.scenarios.map((s) =>
          s.id === 'ranknet' ? { ...s, targetCaps: { ...s.targetCaps, cpus: 2 } } : s,
        ),
      }),
    },
    {
      what: 'ranknet: caps of postgres',
      makes: 'other-work',
      change: (r: Results) => ({
        ...r,
        scenarios: r.scenarios.map((s) => ({
          ...s,
          services: s.services.map((service) =>
            service.name === 'postgres' ? { ...service, caps: { ...service.caps, cpus: 3 } } : service,
          ),
        })),
      }),
    },
    {
      what: 'predict/go-net-http/default: versions',
      makes: null,
      change: (r: Results) => ({
        ...r,
        entries: r.entries.map((e) =>
          e.id === 'predict/go-net-http/default' && e.info ? { ...e, info: { ...e.info, languageVersion: '1.99' } } : e,
        ),
      }),
    },
    {
      what: 'predict/go-net-http/default: how it is reached',
      makes: null,
      change: (r: Results) => ({
        ...r,
        entries: r.entries.map((e) =>
          e.id === 'predict/go-net-http/default' ? { ...e, reach: { ...USUAL_REACH, port: 3000 } } : e,
        ),
      }),
    },
    {
      what: 'predict/go-net-http/default: folders that it writes to',
      makes: null,
      change: (r: Results) => ({
        ...r,
        entries: r.entries.map((e) => (e.id === 'predict/go-net-http/default' ? { ...e, tmpfs: ['/var/cache'] } : e)),
      }),
    },
  ])('is named: $what', ({ what, makes, change }) => expect(settings(change)).toMatchObject([{ what, makes }]))
})

function meanLog(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + Math.log(value), 0) / values.length
}
