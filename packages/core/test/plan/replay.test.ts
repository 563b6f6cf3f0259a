import { loadIdOf, type Plan } from '@bakeoff/model'
import { describe, expect, it } from 'vitest'
import { replayPlan } from '../../src/plan/index.js'
import { anEntry, aPlan, aScenario, aSite } from '../builders.js'

const closed = (connections: number) => ({ kind: 'closed' as const, connections })
const rate = { kind: 'rate' as const, perSecond: 100, connections: 8, arrivals: 'constant' as const }
const scenarios = [
  aScenario({ id: 'predict', loads: [closed(1), closed(64), rate] }),
  aScenario({ id: 'chat', loads: [closed(8)] }),
]
const entries = [anEntry('predict', 'go'), anEntry('predict', 'rust'), anEntry('chat', 'go')]
const planned = aPlan(scenarios, entries)
const first: Plan = { ...planned, rules: { ...planned.rules, curveRates: 6, secondInstrument: true } }
const [go, rust, chat] = entries.map(({ id }) => id) as [string, string, string]

const replay = (cells: readonly string[], changes: Partial<Plan> = {}, of: Plan = first) =>
  replayPlan({
    first: of,
    cells,
    host: changes.host ?? first.host,
    engine: changes.engine ?? first.engine,
    ...(changes.site ? { site: changes.site } : {}),
    runId: 'again',
    createdAt: 'now',
    command: 'npm run matrix -- --replay x',
    git: { commit: 'c', dirty: true },
    warnings: [],
  })

describe('a replay', () => {
  it('has the same entries, loads, cores, rules, order and seed, and says whose they are', () => {
    const { runId, createdAt, command, replayOf, gitCommit, gitDirty, estimateMs, ...same } = replay([])
    expect({ runId, createdAt, replayOf, gitCommit, gitDirty }).toEqual({
      runId: 'again',
      createdAt: 'now',
      replayOf: first.runId,
      gitCommit: 'c',
      gitDirty: true,
    })
    expect(first).toMatchObject(same)
  })

  it.each([
    { cells: [go], kept: [go], loads: { predict: ['closed-1', 'closed-64', 'rate-100'] }, because: 'all loads' },
    {
      cells: [`${rust}@closed-64`],
      kept: [rust],
      loads: { predict: ['closed-64'] },
      because: 'the main load comes first',
    },
    {
      cells: [`${rust}@closed-1`],
      kept: [rust],
      loads: { predict: ['closed-1', 'closed-64'] },
      because: 'after the main load, which warms up',
    },
    {
      cells: [`${go}/rate-100`],
      kept: [go],
      loads: { predict: ['closed-1', 'closed-64', 'rate-100'] },
      because: 'by id',
    },
    {
      cells: [chat, `${go}@closed-64`],
      kept: [go, chat],
      loads: { predict: ['closed-64'], chat: ['closed-8'] },
      because: 'two',
    },
    {
      cells: [rust, `${go}@closed-1`],
      kept: [go, rust],
      loads: { predict: ['closed-1', 'closed-64', 'rate-100'] },
      because: 'one has all',
    },
  ])('is narrowed to $cells: $because', ({ cells, kept, loads }) => {
    const plan = replay(cells)
    expect(plan.entries.map(({ id }) => id)).toEqual(kept)
    expect(Object.fromEntries(plan.scenarios.map((one) => [one.id, one.loads.map(loadIdOf)]))).toEqual(loads)
    expect(new Set(plan.blocks.flatMap(({ order }) => order))).toEqual(new Set(kept))
    expect(plan.blocks.every(({ order }) => order.length > 0)).toBe(true)
  })

  it('leaves out what comes after the loads when only loads are asked for', () => {
    expect(replay([`${go}@closed-1`]).rules).toMatchObject({ curveRates: 0, secondInstrument: false })
    expect(replay([go, `${rust}@closed-1`]).rules).toEqual(first.rules)
  })

  it.each([
    { cells: ['predict/og/default'], says: `has no predict/og/default; was ${go} meant?` },
    { cells: ['predict'], says: 'has no predict' },
    { cells: [`${go}@closed-2`], says: `has no load closed-2 for ${go}` },
    { cells: [`${go}/rate-123`], says: `has no load rate-123 for ${go}` },
  ])('says what there is when $cells is not in the plan', ({ cells, says }) => {
    expect(() => replay(cells)).toThrowError(
      expect.objectContaining({ code: 'BAD_SPEC', message: expect.stringContaining(says), hint: expect.anything() }),
    )
  })

  it('is refused on a machine without the cores or the memory', () => {
    const host = { ...first.host, cpus: first.host.cpus.slice(0, 1) }
    expect(() => replay([], { host })).toThrowError(expect.objectContaining({ code: 'OUT_OF_RESOURCES' }))
    const engine = { ...first.engine, memoryBytes: 1024 ** 3 }
    expect(() => replay([], { engine })).toThrowError(expect.objectContaining({ code: 'OUT_OF_RESOURCES' }))
  })
})

describe('a replay of a run on several machines', () => {
  const site = aSite()
  const bench = { ...site.benches[0]!, agents: ['load-1'] }
  const apart: Plan = { ...first, site: { ...site, benches: [bench] } }
  const others = { ...apart.site!, benches: [{ ...bench, target: 'db-1', services: 'bench-1' }] }

  it('runs on machines that take the same roles, whatever their names', () => {
    const { site: now, host } = replay([], { site: others }, apart)
    expect(now).toEqual(others)
    expect(host.hostname).toBe('db-1')
  })

  it('of a fleet of another number of hosts, and of one machine, is the same roles on each', () => {
    const one = { ...site, benches: [{ id: 'bench-1', target: 'bench-1', services: 'bench-1', agents: ['bench-1'] }] }
    expect(replay([], { site: one }).site).toEqual(one)
    expect(replay([], {}, { ...first, site: one })).not.toHaveProperty('site')
  })

  it.each([
    { because: 'there is one machine now', changes: {}, says: /was measured with services on a host of their own/ },
    { because: 'there is another number of load agents', changes: { site }, says: /and here there is .*2 agents/ },
  ])('is refused when $because', ({ changes, says }) =>
    expect(() => replay([], changes, apart)).toThrowError(
      expect.objectContaining({ code: 'BAD_SPEC', message: expect.stringMatching(says), hint: expect.anything() }),
    ),
  )

  it('is refused on machines without the cores or the memory, by name', () => {
    const withLoad1 = (change: (host: (typeof site.hosts)[number]) => (typeof site.hosts)[number]) => ({
      site: { ...apart.site!, hosts: site.hosts.map((each) => (each.name === 'load-1' ? change(each) : each)) },
    })
    const few = withLoad1((host) => ({ ...host, facts: { ...host.facts, cpus: host.facts.cpus.slice(0, 1) } }))
    expect(() => replay([], few, apart)).toThrowError(
      expect.objectContaining({ code: 'OUT_OF_RESOURCES', message: expect.stringContaining('in the place of load-1') }),
    )
    const little = withLoad1((host) => ({ ...host, engine: { ...host.engine, memoryBytes: 1024 ** 3 } }))
    expect(() => replay([], little, apart)).toThrowError(
      expect.objectContaining({ code: 'OUT_OF_RESOURCES', message: expect.stringContaining('on load-1') }),
    )
  })
})
