import { type Calibration, calibrationKey } from '@bakeoff/model'
import { describe, expect, it } from 'vitest'
import { compareCells } from '../../src/judge/comparisons.js'
import type { JudgedCell } from '../../src/judge/judged.js'
import { noiseFloor } from '../../src/results/certificate.js'
import { createRandom } from '../../src/stats/index.js'
import { around, aScenario, judgedCells, type Observed, repeat } from '../builders.js'

const closed = { kind: 'closed', connections: 64 } as const
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

function throughputOf(cells: readonly JudgedCell[]) {
  const { comparisons, groups } = compareCells(cells)
  return {
    comparisons: comparisons.filter(({ metric }) => metric === 'throughput'),
    list: groups.find(({ metric }) => metric === 'throughput')!,
  }
}

describe('two targets', () => {
  it.each([
    {
      because: 'twice as fast',
      a: 2000,
      b: 1000,
      conclusion: 'higher',
      groups: 2,
      why: /^2\.0\d?× \(.*\): all of it beyond 3 % \(p < 0\.001\)$/,
    },
    {
      because: '2 % apart is nobody’s reason to choose',
      a: 1020,
      b: 1000,
      conclusion: 'no-difference',
      groups: 1,
      why: /within ± 3 %/,
    },
    { because: 'the same', a: 1000.4, b: 1000, conclusion: 'no-difference', groups: 1, why: /within ± 3 %/ },
  ])('$conclusion: $because', ({ a, b, conclusion, groups, why }) => {
    const result = throughputOf(judgedCells({ 'go-a': around({ perSecond: a }), 'go-b': around({ perSecond: b }) }))
    expect(result.comparisons).toEqual([
      expect.objectContaining({ conclusion, of: 'predict/go-a/default/closed-64', why: expect.stringMatching(why) }),
    ])
    expect(result.list.groups).toHaveLength(groups)
  })

  it('are undecided when the repetitions scatter more than the targets differ', () => {
    const scatter = (rates: number[]): Observed[] => rates.map((perSecond) => ({ perSecond }))
    const { comparisons, list } = throughputOf(
      judgedCells({ 'go-a': scatter([1000, 1300, 900, 1250, 950]), 'go-b': scatter([1200, 900, 1000, 1000, 1100]) }),
    )
    expect(comparisons[0]).toMatchObject({
      conclusion: 'undecided',
      why: expect.stringMatching(/ includes 1; with 5 repetitions 1\.\d+× would be told apart$/),
    })
    expect(list.groups).toHaveLength(1)
  })

  it('are undecided with one repetition each, however far apart', () => {
    const { comparisons, list } = throughputOf(
      judgedCells({ 'go-a': repeat({ perSecond: 9000 }, 1), 'go-b': repeat({ perSecond: 1000 }, 1) }),
    )
    expect(comparisons[0]).toMatchObject({
      conclusion: 'undecided',
      pAdjusted: null,
      ratio: { low: null, high: null, n: 1 },
    })
    expect(comparisons[0]!.why).toBe('one repetition has no interval: go-a and go-b need a second one')
    expect(list.groups).toHaveLength(1)
  })

  it('say of which one a second repetition is missing', () => {
    const { comparisons } = throughputOf(
      judgedCells({ 'go-a': repeat({ perSecond: 9000 }, 3), 'go-b': repeat({ perSecond: 1000 }, 1) }),
    )
    expect(comparisons[0]).toMatchObject({
      conclusion: 'undecided',
      why: 'one repetition has no interval: go-b needs a second one',
    })
  })

  it('are compared within blocks, so drift that hits both does not hide a difference', () => {
    const drift = (perSecond: number): Observed[] =>
      [1, 0.8, 1.3, 0.6, 1.1].map((share, index) => ({ perSecond: perSecond * share * (1 + index / 1000) }))
    const { comparisons } = throughputOf(judgedCells({ 'go-a': drift(1100), 'go-b': drift(1000) }))
    expect(comparisons[0]).toMatchObject({
      conclusion: 'higher',
      ratio: { method: 'paired within 5 blocks, Student t on logs' },
    })
  })

  it('fall back to Welch where they share no two blocks', () => {
    const cells = judgedCells({ 'go-a': around({ perSecond: 2000 }), 'go-b': around({ perSecond: 1000 }) })
    const moved = cells.map((cell, index) => ({
      ...cell,
      view: {
        ...cell.view,
        repetitions: cell.view.repetitions.map((each) => ({ ...each, block: `${each.block}/${index}` })),
      },
    }))
    expect(throughputOf(moved).comparisons[0]!.ratio.method).toMatch(/^Welch/)
  })
})

describe('a cell that the load agent held back', () => {
  const slow = { perSecond: 1000, cpuMs: 0.9 }

  it.each([
    { because: 'may win', held: 'go-a', conclusion: 'higher' },
    { because: 'may not lose', held: 'go-b', conclusion: 'undecided' },
  ])('$because', ({ held, conclusion }) => {
    const observe = (name: string, perSecond: number) =>
      around({ ...slow, perSecond, ...(name === held ? { eventLoop: 0.95 } : {}) })
    const { comparisons } = throughputOf(judgedCells({ 'go-a': observe('go-a', 2000), 'go-b': observe('go-b', 1000) }))
    expect(comparisons[0]!.conclusion).toBe(conclusion)
    if (conclusion === 'undecided') expect(comparisons[0]!.why).toMatch(/load agent held back go-b: it may be better/)
  })

  it('is not the same as another at the same ceiling', () => {
    const { comparisons } = throughputOf(
      judgedCells(
        { 'go-a': around({ ...slow, perSecond: 1000.4 }), 'go-b': around({ ...slow, perSecond: 1000 }) },
        { calibrations: ceiling(1100) },
      ),
    )
    expect(comparisons[0]).toMatchObject({
      conclusion: 'undecided',
      why: expect.stringMatching(/what it could do is not known/),
    })
  })

  it('keeps its CPU time per request, which the agent does not touch', () => {
    const { comparisons } = compareCells(
      judgedCells(
        { 'go-a': around({ perSecond: 1000, cpuMs: 0.2 }), 'go-b': around({ perSecond: 1000, cpuMs: 0.4 }) },
        { calibrations: ceiling(1100) },
      ),
    )
    expect(comparisons.find(({ metric }) => metric === 'cpuMsPerRequest')).toMatchObject({
      conclusion: 'lower',
      of: 'predict/go-a/default/closed-64',
    })
  })
})

describe('what is not ranked', () => {
  const others = { 'go-a': around({ perSecond: 2000 }), 'go-b': around({ perSecond: 1000 }) }

  it.each([
    {
      because: 'invalid',
      observed: around({ perSecond: 9000, counts: { wrong: 1 } }),
      why: /^invalid: wrong-answers \(/,
    },
    { because: 'not reached', observed: [], why: /^aborted: / },
  ])('is named, and why: $because', ({ observed, why }) => {
    const { comparisons, list } = throughputOf(
      judgedCells({ ...others, 'go-c': observed }, { scenario: { loads: [closed] } }),
    )
    expect(list.unranked).toEqual([{ cell: 'predict/go-c/default/closed-64', why: expect.stringMatching(why) }])
    expect(comparisons).toHaveLength(1)
  })

  it('keeps suspect cells in', () => {
    const { list } = throughputOf(judgedCells({ ...others, 'go-c': around({ perSecond: 3000, steal: 0.1 }) }))
    expect(list.groups[0]).toEqual(['predict/go-c/default/closed-64'])
  })

  it('leaves out who had other caps', () => {
    const cells = judgedCells(others)
    const [first] = cells
    const wide = {
      ...first!,
      view: { ...first!.view, entry: { ...first!.view.entry, caps: { ...first!.view.entry.caps, cpus: 4 } } },
    }
    expect(throughputOf([wide, cells[1]!]).list.unranked[0]!.why).toMatch(/caps differ/)
  })

  it('never compares across scenarios or loads', () => {
    const cells = [
      ...judgedCells(others),
      ...judgedCells(others, { scenario: { id: 'embed' } }),
      ...judgedCells({ 'go-a': around({ perSecond: 500, load: { kind: 'closed', connections: 1 } }) }),
    ]
    for (const { scenario, loadId, of, to } of compareCells(cells).comparisons) {
      for (const cell of [of, to]) {
        expect(cell.startsWith(`${scenario}/`)).toBe(true)
        expect(cell.endsWith(`/${loadId}`)).toBe(true)
      }
    }
  })

  describe('of batches', () => {
    const load = { kind: 'batch', tasks: 300, concurrency: 20 } as const
    const batch = (perSecond: number, digest = 'same') =>
      around({ load, perSecond, seconds: 300 / perSecond, cpuMs: 5, digest })

    it('is whoever gave other answers than most', () => {
      const { list } = throughputOf(
        judgedCells(
          { 'go-a': batch(18), 'go-b': batch(17), 'go-c': batch(99, 'other') },
          { scenario: aScenario({ loads: [load] }) },
        ),
      )
      expect(list.unranked).toEqual([
        { cell: expect.stringContaining('go-c'), why: expect.stringMatching(/digest of its answers differs/) },
      ])
    })

    it('is nobody when only the blocks differ: each asks for other texts', () => {
      const cells = judgedCells({ 'go-a': batch(18), 'go-b': batch(17) }, { scenario: aScenario({ loads: [load] }) })
      for (const { view } of cells)
        for (const { block, record } of view.repetitions) Object.assign(record.measurement.batch!, { digest: block })
      expect(throughputOf(cells).list).toMatchObject({ groups: [expect.anything(), expect.anything()], unranked: [] })
    })

    it('is whoever did fewer tasks than asked', () => {
      const cells = judgedCells({ 'go-a': batch(18), 'go-b': batch(17) }, { scenario: aScenario({ loads: [load] }) })
      for (const { record } of cells[1]!.view.repetitions)
        Object.assign(record.measurement.batch!, { tasks: 200, ok: 200 })
      expect(throughputOf(cells).list.unranked[0]!.why).toBe(
        'it did 200 tasks where 300 were asked for: other work is not compared',
      )
    })
  })
})

describe('an A/A comparison', () => {
  /** The same target under `count` names: blocks drift, and each repetition has its own luck. */
  const runs = ({
    count,
    repetitions,
    noise,
    seed,
    faster = 1,
  }: {
    count: number
    repetitions: number
    noise: number
    seed: number
    faster?: number
  }) => {
    const random = createRandom(seed)
    const names = Array.from({ length: count }, (_, index) => `go-${index}`)
    const cells = judgedCells(Object.fromEntries(names.map((name) => [name, repeat({ perSecond: 1000 }, repetitions)])))
    const all = 100
    const withWinner = Array.from({ length: all }, () => {
      const drift = Array.from({ length: repetitions }, () => Math.exp(0.1 * random.normal()))
      const drawn = cells.map(({ view, verdict }, index) => ({
        verdict,
        view: {
          ...view,
          repetitions: view.repetitions.map((each, at) => ({
            ...each,
            right: each.right * drift[at]! * Math.exp(noise * random.normal()) * (index === 0 ? faster : 1),
          })),
        },
      }))
      return throughputOf(drawn).list.groups.length > 1
    })
    return withWinner.filter(Boolean).length / all
  }

  it.each([
    { count: 2, repetitions: 5, noise: 0.01 },
    { count: 5, repetitions: 5, noise: 0.02 },
    { count: 5, repetitions: 5, noise: 0.05 },
    { count: 7, repetitions: 10, noise: 0.05 },
    { count: 5, repetitions: 2, noise: 0.05 },
  ])('has no winner in at least 95 % of runs: $count targets, $repetitions repetitions, ± $noise', (options) =>
    expect(runs({ ...options, seed: 17 })).toBeLessThanOrEqual(0.05),
  )

  it('still sees a target that is 15 % faster, through the same noise', () =>
    expect(runs({ count: 3, repetitions: 6, noise: 0.02, seed: 17, faster: 1.15 })).toBeGreaterThan(0.95))
})

describe('the noise floor of the machine', () => {
  const canaries = (...rates: number[]) =>
    rates.map((perSecond, index) => ({ block: `predict#${index + 1}`, perSecond, limit: null }))
  const certificate = (...rates: number[]) => [
    {
      scenario: 'predict',
      connections: 64,
      requestBytes: 0,
      answerBytes: 23,
      canaries: canaries(...rates),
      drift: null,
      noiseFloor: noiseFloor(rates),
    },
  ]

  it.each([
    { rates: [90_000], floor: null, because: 'one canary has nothing to differ from' },
    { rates: [90_000, 90_000, 90_000], floor: 0, because: 'a machine that never varies' },
    { rates: [90_000, 81_000, 91_800], floor: 0.1, because: 'the furthest from the median counts' },
  ])('$because: $floor', ({ rates, floor }) =>
    floor === null ? expect(noiseFloor(rates)).toBeNull() : expect(noiseFloor(rates)).toBeCloseTo(floor, 9),
  )

  it('keeps a difference from being claimed that the machine makes by itself', () => {
    const cells = judgedCells({ 'go-a': around({ perSecond: 1060 }), 'go-b': around({ perSecond: 1000 }) })
    const conclusion = (...rates: number[]) =>
      compareCells(cells, certificate(...rates)).comparisons.find(({ metric }) => metric === 'throughput')!
    expect(conclusion(90_000, 90_100, 90_000).conclusion).toBe('higher')
    expect(conclusion(90_000, 81_000, 91_800)).toMatchObject({
      conclusion: 'undecided',
      why: expect.stringMatching(
        / is less than 10 %, by which the machine itself differed from block to block: nothing so small is told apart/,
      ),
    })
  })
})
