/** A run of several benches: repetitions of one machine are averaged, and machines are what is counted. */
import { describe, expect, it } from 'vitest'
import { figuresOfCell } from '../../src/figures/over-repetitions.js'
import { throughput } from '../../src/figures/throughput.js'
import { valuesByBlock } from '../../src/judge/comparisons.js'
import { difference, type Observed } from '../../src/judge/difference.js'
import { byMachine } from '../../src/observe/machines.js'
import { viewCells } from '../../src/observe/view.js'
import { createRandom, meanInterval } from '../../src/stats/index.js'
import { differenceSays } from '../../src/words/differences.js'
import { aLoadRecord, anEntry, aPlan, aRepetitionRecord, aScenario, aSite } from '../builders.js'

const names = { of: 'go-a', to: 'go-b' }
const bounds = { relevant: 0, significance: 0.05, noiseFloor: null }
const fleetOf = (nodes: readonly string[]) =>
  aSite({
    network: 'bridge',
    mtu: null,
    benches: nodes.map((id) => ({ id, target: id, services: id, agents: [id] })),
    hosts: nodes.map((name) => ({ ...aSite().hosts[0]!, name })),
  })

/** One entry, each repetition with its machine and what it reached there. */
function viewOf(repetitions: readonly (readonly [bench: string, perSecond: number])[]) {
  const entry = anEntry('predict', 'go-a')
  const plan = aPlan([aScenario()], [entry], { site: fleetOf([...new Set(repetitions.map(([bench]) => bench))]) })
  const records = repetitions.map(([bench, perSecond], index) =>
    aRepetitionRecord(entry, index + 1, [aLoadRecord({ perSecond })], { bench }),
  )
  return viewCells(plan, records, [])[0]!
}

describe('a fleet', () => {
  const view = viewOf([
    ['node-1', 1000],
    ['node-2', 2000],
    ['node-1', 1210],
    ['node-3', 3000],
  ])

  it('is compared by the means of its machines, each of which is a block', () => {
    expect(valuesByBlock(throughput, { view, verdict: null })).toMatchObject([
      { block: 'node-1', value: expect.closeTo(1100), ofRepetitions: 2 },
      { block: 'node-2', value: expect.closeTo(2000), ofRepetitions: 1 },
      { block: 'node-3', value: expect.closeTo(3000), ofRepetitions: 1 },
    ])
  })

  it('has intervals with as many degrees of freedom as machines, less one', () => {
    const { throughput: estimate } = figuresOfCell(view).figures
    const { low, high } = meanInterval([1105, 2000, 3000])!
    expect(estimate).toMatchObject({ n: 4, low: Math.max(0, low), high, method: 'Student t over machines, 95 %' })
  })

  it('counts its repetitions for what was promised, and its machines for what is told apart', () => {
    const of = means([
      ['node-1', [2000, 2010]],
      ['node-2', [2020, 2000]],
      ['node-3', [1990, 2000]],
    ])
    const to = means([
      ['node-1', [1000, 1010]],
      ['node-2', [1010, 1000]],
      ['node-3', [1000, 990]],
    ])
    const found = difference({ of, to, better: 'higher' }, bounds)
    expect(found).toMatchObject({ conclusion: 'higher', ratio: { n: 6, machines: 3 } })
    expect(differenceSays(found, names)).toMatch(/^2\.0\d?× \(.*\) on these 3 machines: all of it beyond/)
  })

  it('that is one machine has no interval, however often it was asked', () => {
    const found = difference(
      { of: means([['node-1', [2000, 2010, 1990]]]), to: means([['node-1', [1000, 990, 1010]]]), better: 'higher' },
      bounds,
    )
    expect(found).toMatchObject({ conclusion: 'undecided', ratio: { low: null, n: 3, machines: 1 } })
    expect(differenceSays(found, names)).toBe('one machine has no interval: go-a and go-b need a second one')
  })

  it('of five and more is said to be so many, and no longer only these', () => {
    const nodes = ['a', 'b', 'c', 'd', 'e'].map((node, index) => [node, [2000 + index]] as const)
    const half = nodes.map(([node, [value]]) => [node, [value! / 2 + 1]] as const)
    const found = difference({ of: means(nodes), to: means(half), better: 'higher' }, bounds)
    expect(differenceSays(found, names)).toMatch(/ over 5 machines: all of it beyond/)
  })
})

describe('equals on three machines, each of which suits one or the other by 3 %', () => {
  const falseWinners = (judged: (values: readonly Value[]) => readonly Observed[]) => {
    const random = createRandom(20)
    const runs = 1500
    let wrong = 0
    for (let run = 0; run < runs; run++) {
      const [of, to] = [aRun(random), aRun(random)]
      const { conclusion } = difference({ of: judged(of), to: judged(to), better: 'higher' }, bounds)
      if (conclusion !== 'undecided') wrong++
    }
    return wrong / runs
  }

  it('are called different in one case of four and more where repetitions count as independent', () =>
    expect(falseWinners((values) => values)).toBeGreaterThan(0.2))

  it('are called different as often as the confidence says where machines are counted', () => {
    const share = falseWinners((values) =>
      byMachine(values).map(({ bench, value, all }) => ({ value, block: bench, ofRepetitions: all.length })),
    )
    // 5 % ± three standard errors of 1,500 runs
    expect(share).toBeGreaterThan(0.033)
    expect(share).toBeLessThan(0.067)
  })
})

type Value = Observed & { readonly bench: string }

/** 15 repetitions on three machines: 3 % of scatter between entry and machine, 1 % between repetitions. */
function aRun(random: ReturnType<typeof createRandom>): Value[] {
  return ['node-1', 'node-2', 'node-3'].flatMap((bench) => {
    const suits = 0.03 * random.normal()
    return Array.from({ length: 5 }, (_, index) => ({
      bench,
      block: `${bench}#${index}`,
      value: 1000 * Math.exp(suits + 0.01 * random.normal()),
    }))
  })
}

function means(values: readonly (readonly [bench: string, values: readonly number[]])[]): Observed[] {
  return byMachine(values.flatMap(([bench, all]) => all.map((value) => ({ bench, value })))).map(
    ({ bench, value, all }) => ({ value, block: bench, ofRepetitions: all.length }),
  )
}
