/** What benchmarks/aa-fleet.mjs and benchmarks/interference.mjs compute; they themselves need several machines. */
import { parseHosts } from '@bakeoff/core'
import { describe, expect, it } from 'vitest'
import {
  benchIds,
  companyOf,
  differentTable,
  falselyDifferent,
  oneBench,
  ratioOverTurns,
} from '../../../benchmarks/lib/fleet.mjs'

const FLEET = `hosts: # of the rack
  n1: { docker: ssh://n1 }
  n2: { docker: tcp://n2:2376, tls: keys }
  n3: { docker: ssh://n3 }
fleet: [n1, n2, n3]
tolerance: 3%
`
const APART = `hosts:
  a: { docker: ssh://a, address: 10.0.0.1 }
  b: { docker: ssh://b, address: 10.0.0.2 }
  c: { docker: ssh://c, address: 10.0.0.3 }
  d: { docker: ssh://d, address: 10.0.0.4 }
benches:
  - { target: a, agent: b }
  - { target: c, agents: [d] }
`

describe('one bench of hosts.yaml', () => {
  const alone = (text: string, bench: string) =>
    parseHosts(oneBench(text, bench, '/lab/hosts.yaml'), 'alone.yaml', { home: '/home/ada', folder: '/tmp' })

  it('of a fleet is a file that the tool reads, with folders that are found from anywhere', () => {
    const { hosts, benches } = alone(FLEET, 'n2')
    expect(hosts.map(({ name, way }) => [name, way])).toEqual([
      ['n2', { kind: 'tcp', host: 'n2', port: 2376, tls: '/lab/keys' }],
    ])
    expect(benches).toEqual([{ id: 'n2', target: 'n2', services: 'n2', agents: ['n2'] }])
  })

  it('of several hosts has these hosts', () => {
    const { hosts, benches } = alone(APART, 'bench-2')
    expect(hosts.map(({ name }) => name)).toEqual(['c', 'd'])
    expect(benches).toEqual([{ id: 'bench-1', target: 'c', services: 'c', agents: ['d'] }])
  })

  it('is named as the tool names it', () => {
    expect(benchIds(FLEET)).toEqual(['n1', 'n2', 'n3'])
    expect(() => oneBench(APART, 'bench-3', 'hosts.yaml')).toThrow(
      'hosts.yaml has no bench bench-3: there are bench-1, bench-2',
    )
  })
})

describe('pairs that are called different', () => {
  const pairs = (...conclusions: string[]) =>
    conclusions.map((conclusion, index) => ({ metric: index === 0 ? 'throughput' : 'serviceMs.p99', conclusion }))

  it('are counted by figure, in all and by run, in both ways to judge', () => {
    const found = falselyDifferent([
      { machines: pairs('undecided', 'undecided'), repetitions: pairs('higher', 'lower') },
      { machines: pairs('equivalent', 'lower'), repetitions: pairs('undecided', 'lower') },
      { machines: pairs('undecided', 'undecided'), repetitions: pairs('undecided', 'undecided') },
    ])
    expect(found).toEqual({
      rows: [
        { metric: 'throughput', pairs: 3, machines: 0, repetitions: 1 },
        { metric: 'serviceMs.p99', pairs: 3, machines: 1, repetitions: 2 },
        { metric: 'all', pairs: 6, machines: 1, repetitions: 3 },
      ],
      runs: { all: 3, machines: 1, repetitions: 2 },
    })
    expect(differentTable(found).split('\n').at(-2)).toMatch(/^all +1 of 6 \(16\.7 %\) +3 of 6 \(50\.0 %\)$/)
  })
})

describe('the company of a repetition', () => {
  const record = (bench: string, from: number, to: number) => ({
    bench,
    startedAt: new Date(from * 1000).toISOString(),
    endedAt: new Date(to * 1000).toISOString(),
  })
  it.each([
    { because: 'nobody else measured', others: [], company: 0 },
    { because: 'its own bench does not count', others: [record('a', 0, 10)], company: 0 },
    { because: 'one other measured all the time', others: [record('b', -5, 4), record('b', 4, 20)], company: 1 },
    {
      because: 'two did, one of them half of the time',
      others: [record('b', 0, 10), record('c', 5, 30)],
      company: 1.5,
    },
    { because: 'another one was done before', others: [record('b', -10, 0)], company: 0 },
  ])('is $company: $because', ({ others, company }) => {
    const own = record('a', 0, 10)
    expect(companyOf(own, [own, ...others])).toBeCloseTo(company)
  })
})

describe('the ratio over turns', () => {
  it('is that of geometric means, with an interval of Student over turns', () => {
    const turns = [0.9, 1, 1.1].map((factor) => ({ alone: [100, 400], together: [200 * factor] }))
    const { ratio, low, high } = ratioOverTurns(turns)
    const logs = [0.9, 1, 1.1].map(Math.log)
    const mean = logs.reduce((a, b) => a + b) / 3
    const half = 4.3027 * Math.sqrt(logs.reduce((sum, log) => sum + (log - mean) ** 2, 0) / 2 / 3)
    expect(ratio).toBeCloseTo(Math.exp(mean), 6)
    expect(low).toBeCloseTo(Math.exp(mean - half), 3)
    expect(high).toBeCloseTo(Math.exp(mean + half), 3)
  })

  it('has no interval after one', () => {
    const { ratio, low, high } = ratioOverTurns([{ alone: [100], together: [50] }])
    expect(ratio).toBeCloseTo(0.5)
    expect([low, high]).toEqual([null, null])
  })
})
