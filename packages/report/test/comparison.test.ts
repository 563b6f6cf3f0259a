import type { Cell, Estimate, Results } from '@bakeoff/model'
import { describe, expect, it } from 'vitest'
import { sampleResults } from '../../core/test/fixtures-results.js'
import { against, differencesOf, figureOf, isSameWork } from '../src/comparison/read.js'
import { comparisonLines, renderComparison, renderHtml } from '../src/index.js'

const usual = sampleResults({ scenarios: ['predict', 'ranknet', 'chat-batch'], repetitions: 3 })
const sound = usual.cells.find(({ load, verdict }) => load.kind === 'closed' && verdict?.status === 'valid')!

const withThroughput = (median: number, low: number | null, high: number | null, more: Partial<Cell> = {}): Cell => ({
  ...sound,
  ...more,
  throughput: { ...(sound.throughput as Estimate), median, low, high },
})
const base = withThroughput(100, 95, 105)

describe('a cell against the first run', () => {
  it.each([
    { other: withThroughput(120, 115, 125), conclusion: 'higher', because: 'the intervals do not meet' },
    { other: withThroughput(80, 75, 85), conclusion: 'lower', because: 'nor below' },
    { other: withThroughput(110, 104, 116), conclusion: 'not-apart', because: 'the intervals meet' },
    { other: withThroughput(102.9, 102.8, 103), conclusion: 'not-apart', because: '3 % or less is not worth a word' },
    { other: withThroughput(120, null, null), conclusion: 'undecided', because: 'one repetition has no interval' },
    {
      other: withThroughput(120, 115, 125, { verdict: { status: 'invalid', causes: [], limitedBy: null } }),
      conclusion: 'undecided',
      because: 'its figure does not count',
    },
    { other: null, conclusion: 'not-in-both', because: 'it is missing' },
    {
      other: { ...base, throughput: null, outcome: 'failed' as const, outcomeReason: 'build' },
      conclusion: 'not-in-both',
      because: 'it has no figure',
    },
  ])('is $conclusion: $because', ({ other, conclusion }) => {
    expect(against(base, other, true).conclusion).toBe(conclusion)
  })

  it('is never compared when the work differs', () => {
    expect(against(base, withThroughput(200, 190, 210), false)).toMatchObject({
      conclusion: 'different-work',
      low: null,
      high: null,
    })
  })

  it('gives the widest ratio that the two intervals allow', () => {
    const { ratio, low, high } = against(base, withThroughput(120, 115, 125), true)
    expect(ratio).toBeCloseTo(1.2)
    expect(low).toBeCloseTo(115 / 105)
    expect(high).toBeCloseTo(125 / 95)
  })

  it('compares a capacity by its rate and a batch by its CPU time per task', () => {
    const of = (kind: string) => usual.cells.find(({ load, outcome }) => load.kind === kind && outcome === 'measured')!
    expect(figureOf(of('capacity'))).toBe(of('capacity').capacity?.perSecond)
    expect(figureOf(of('batch'))).toBe(of('batch').batch?.cpuMsPerTask)
  })
})

describe('what differs between runs', () => {
  const other = (change: (results: Results) => Results) => [
    { name: 'a', results: usual },
    { name: 'b', results: change(structuredClone(usual)) },
  ]

  it('is nothing between a run and itself', () => expect(differencesOf(other((results) => results))).toEqual([]))

  it.each([
    { what: 'Host', breaks: false, change: (r: Results) => ({ ...r, host: { ...r.host, hostname: 'elsewhere' } }) },
    { what: 'Engine', breaks: false, change: (r: Results) => ({ ...r, engine: { ...r.engine, version: '29.1.0' } }) },
    {
      what: 'predict: requests and answers',
      breaks: true,
      change: (r: Results) => ({
        ...r,
        scenarios: r.scenarios.map((s) => ({ ...s, workDigest: s.id === 'predict' ? 'sha256:new' : s.workDigest })),
      }),
    },
    {
      what: 'ranknet: caps of the target',
      breaks: true,
      change: (r: Results) => ({
        ...r,
        scenarios: r.scenarios.map((s) =>
          s.id === 'ranknet' ? { ...s, targetCaps: { ...s.targetCaps, cpus: 2 } } : s,
        ),
      }),
    },
    {
      what: 'predict/go-net-http/default: versions',
      breaks: false,
      change: (r: Results) => ({
        ...r,
        entries: r.entries.map((e) =>
          e.id === 'predict/go-net-http/default' && e.info ? { ...e, info: { ...e.info, languageVersion: '1.99' } } : e,
        ),
      }),
    },
  ])('names $what', ({ what, breaks, change }) => {
    expect(differencesOf(other(change))).toMatchObject([{ what, breaks }])
  })

  it('makes the work of that scenario another one, and of no other', () => {
    const changed = {
      ...usual,
      scenarios: usual.scenarios.map((s) => (s.id === 'predict' ? { ...s, workDigest: 'x' } : s)),
    }
    expect(isSameWork(usual, changed, 'predict')).toBe(false)
    expect(isSameWork(usual, changed, 'ranknet')).toBe(true)
  })
})

describe('the comparison page', () => {
  it('needs two runs', () => {
    expect(() => renderComparison([{ name: 'a', results: usual }])).toThrow(RangeError)
  })

  it('says that nothing else differs when nothing does', () => {
    const text = renderComparison([
      { name: 'a', results: usual },
      { name: 'b', results: usual },
    ])
    expect(text).toContain('Same host, engine, caps and versions.')
    expect(text).toContain('no figure is told apart')
  })

  it('says loudly that the machine was another one, and compares no other work', () => {
    const changed: Results = {
      ...usual,
      host: { ...usual.host, hostname: 'elsewhere' },
      scenarios: usual.scenarios.map((s) => ({ ...s, workDigest: 'x' })),
    }
    const text = renderComparison([
      { name: 'a', results: usual },
      { name: 'b', results: changed },
    ])
    expect(text).toContain('These runs are not of the same work everywhere.')
    expect(text).toContain('elsewhere')
    expect(text).not.toContain('>higher<')
    expect(text).toContain('different work')
  })

  it('shows what only one of them has', () => {
    const text = renderComparison([
      { name: 'a', results: usual },
      { name: 'b', results: sampleResults({ scenarios: ['predict'], targets: 2, repetitions: 3 }) },
    ])
    expect(text).toContain('not in both')
  })
})

describe('a comparison in lines', () => {
  const later = {
    ...usual,
    host: { ...usual.host, kernel: '9.9' },
    cells: usual.cells.map((cell) =>
      cell.id === sound.id
        ? withThroughput(sound.throughput!.median * 2, sound.throughput!.median * 1.9, sound.throughput!.median * 2.1)
        : cell,
    ),
  }

  it('has what else differs, and every cell with its figures, their ratio and what can be said', () => {
    const lines = comparisonLines({ name: 'a', results: usual }, { name: 'b', results: later })
    expect(lines[0]).toBe('b against a:')
    expect(lines).toContain(`  ! Kernel: ${usual.host.kernel} → 9.9`)
    expect(lines.find((line) => line.trim().startsWith(`${sound.id} `))).toMatch(
      / → .* right answers\/s × 2 {2}higher: the intervals do not meet$/,
    )
    expect(lines).toHaveLength(2 + usual.cells.length)
  })

  it('has the cells of the later run alone, when that was narrowed', () => {
    const narrowed = { ...usual, cells: [sound] }
    expect(comparisonLines({ name: 'a', results: usual }, { name: 'b', results: narrowed })).toHaveLength(2)
  })
})

it('the page of a replay names the run that it repeats, and any page how to repeat its own', () => {
  const { run } = usual
  expect(renderHtml(usual)).toContain(`npm run matrix -- --replay ${run.id}`)
  expect(renderHtml(usual)).not.toContain('Replay of')
  expect(renderHtml({ ...usual, run: { ...run, replayOf: 'earlier' } })).toMatch(/Replay of.*earlier/s)
})
