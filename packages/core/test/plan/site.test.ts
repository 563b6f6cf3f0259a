import { BakeoffError, type LogicalCpu, type PlannedBench, type PlannedHost, type PlannedSite } from '@bakeoff/model'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  assignCores,
  type Catalogue,
  classDifferences,
  type PlanRequest,
  parseMatrix,
  placeOnBench,
  planMatrix,
} from '../../src/index.js'
import { aPlanRequest, aSite, GIB } from '../builders.js'
import { aScenarioSpec, aService } from '../specs.js'

const MATRIX = parseMatrix(
  'matrix.yaml',
  `profiles:
  default: { budget: 60m, repetitions: { min: 5, max: 8 }, warmUp: { min: 2s, max: 10s }, window: 5s }
  quick: { budget: 5m, repetitions: { min: 1, max: 1 }, warmUp: { min: 1s, max: 2s }, window: 1s }
`,
  [],
)
const RANKNET = aScenarioSpec('ranknet', {
  target: { ...aService, cpus: 2 },
  services: [{ ...aService, name: 'postgres', image: 'postgres', cpus: 3, memoryBytes: 2 * GIB }],
})
const catalogue = {
  broken: [],
  matrix: MATRIX,
  scenarios: [aScenarioSpec('predict'), RANKNET],
  targets: [],
  claims: [],
} as unknown as Catalogue

const cpus = (count: number): LogicalCpu[] =>
  Array.from({ length: count }, (_, id) => ({ id, core: id, package: 0, l3: 0, kind: 'performance' as const }))
const [template] = aSite().hosts as [PlannedHost, ...PlannedHost[]]
const aHost = (name: string, cores: number, changes: Partial<PlannedHost['facts']> = {}): PlannedHost => ({
  ...template,
  name,
  facts: { ...template.facts, hostname: name, cpus: cpus(cores), ...changes },
  engine: { ...template.engine, sameKernel: false, cpus: cores },
})
const siteOf = (hosts: readonly PlannedHost[], ...benches: Omit<PlannedBench, 'id'>[]): PlannedSite => ({
  ...aSite(),
  hosts: [...hosts],
  benches: benches.map((bench, index) => ({ id: `bench-${index + 1}`, ...bench })),
})
const APART = { target: 't', services: 's', agents: ['a'] }

describe('the cores of roles on several machines', () => {
  const place = (cores: Readonly<Record<string, number>>, bench: Omit<PlannedBench, 'id'>, demand = DEMAND) => {
    const site = siteOf(
      Object.entries(cores).map(([name, count]) => aHost(name, count)),
      bench,
    )
    return placeOnBench(site, site.benches[0]!, demand)
  }
  const DEMAND = { target: 2, services: [{ name: 'postgres', cpus: 3 }] }

  it.each([
    {
      because: 'a machine with one role leaves CPU 0 to the system, and gives what is asked for',
      cores: { t: 4, s: 8, a: 8 },
      bench: APART,
      expected: { target: [1, 2], services: { postgres: [1, 2, 3] }, agent: [1, 2, 3, 4, 5, 6, 7], orchestrator: [0] },
    },
    {
      because: 'a small machine with one role gives all it has',
      cores: { t: 2, s: 1, a: 3 },
      bench: APART,
      expected: { target: [0, 1], services: { postgres: [0] }, agent: [0, 1, 2] },
      shared: [
        ['target', 'probe'],
        ['postgres', 'probe'],
        ['agent', 'probe'],
      ],
      notes: ['s: postgres gets 1 of 3 cores'],
    },
    {
      because: 'target and services share a machine that has no load agent',
      cores: { t: 6, a: 4 },
      bench: { target: 't', services: 't', agents: ['a'] },
      expected: { target: [1, 2], services: { postgres: [3, 4, 5] }, agent: [1, 2, 3] },
    },
    {
      because: 'a machine of two cores for two roles gives each one',
      cores: { t: 2, a: 2 },
      bench: { target: 't', services: 't', agents: ['a'] },
      expected: { target: [1], services: { postgres: [0] }, agent: [0, 1] },
      shared: [
        ['postgres', 'probe'],
        ['agent', 'probe'],
      ],
      notes: ['t: the target gets 1 of 2 cores: this machine has 2', 't: postgres gets 1 of 3 cores'],
    },
    {
      because: 'services and load agent share a machine without a target',
      cores: { t: 4, s: 8 },
      bench: { target: 't', services: 's', agents: ['s'] },
      expected: { target: [1, 2], services: { postgres: [1, 2, 3] }, agent: [4, 5, 6, 7] },
    },
    {
      because: 'one core for two roles is shared, and said',
      cores: { t: 1, a: 1 },
      bench: { target: 't', services: 't', agents: ['a'] },
      expected: { target: [0], services: { postgres: [0] }, agent: [0] },
      shared: [
        ['target', 'postgres', 'probe'],
        ['agent', 'probe'],
      ],
      notes: ['t: there is one core: target, services and probe share it, so the figures say little'],
    },
    {
      because: 'each of several load agents has the cores of its host',
      cores: { t: 4, s: 4, a: 4, b: 2 },
      bench: { target: 't', services: 's', agents: ['a', 'b'] },
      expected: { target: [1, 2], services: { postgres: [1, 2, 3] }, agent: [1, 2, 3] },
      agents: [
        [1, 2, 3],
        [0, 1],
      ],
      shared: [['agent-2', 'probe']],
    },
  ])('$because', ({ cores, bench, expected, agents = null, shared = [], notes = [] }) => {
    const placed = place(cores as Readonly<Record<string, number>>, bench)
    expect(placed.cores).toMatchObject({ ...expected, shared, notes })
    expect(placed.agents).toEqual(agents)
  })

  it('are those of one machine where a bench is one', () => {
    const { cores, agents } = place({ t: 4 }, { target: 't', services: 't', agents: ['t'] })
    const { shared, notes, ...roles } = assignCores(cpus(4), DEMAND)
    expect(cores).toMatchObject(roles)
    expect(notes.map((note) => `t: ${note}`)).toEqual(cores.notes)
    expect(agents).toBeNull()
  })

  it('leaves the machine of services alone, where a scenario has none', () => {
    expect(place({ t: 2, s: 2, a: 2 }, APART, { target: 1, services: [] }).cores).toMatchObject({
      target: [1],
      services: {},
      shared: [['agent', 'probe']],
    })
  })

  const aDemand = fc.record({
    target: fc.nat({ max: 8 }),
    services: fc
      .array(fc.integer({ min: 1, max: 6 }), { maxLength: 3 })
      .map((counts) => counts.map((count, index) => ({ name: `s${index}`, cpus: count }))),
    quotas: fc.boolean(),
  })
  const aBench = fc.constantFrom(
    APART,
    { target: 't', services: 't', agents: ['a'] },
    { target: 't', services: 's', agents: ['t'] },
    { target: 't', services: 's', agents: ['s'] },
    { target: 't', services: 's', agents: ['t', 'a'] },
    { target: 't', services: 's', agents: ['a', 's'] },
    { target: 't', services: 't', agents: ['t'] },
  )
  const aMachine = fc.integer({ min: 1, max: 12 })

  it('never lie outside of the machine of their role, and none is without', () => {
    fc.assert(
      fc.property(aDemand, aBench, fc.record({ t: aMachine, s: aMachine, a: aMachine }), (demand, bench, machines) => {
        const { cores, agents } = place(machines, bench, demand)
        const within = (host: string, ids: readonly number[]) => {
          expect(ids.length).toBeGreaterThan(0)
          for (const id of ids) expect(id).toBeLessThan(machines[host as keyof typeof machines])
        }
        within(bench.target, cores.target)
        for (const { name } of demand.services) within(bench.services, cores.services[name] ?? [])
        for (const [index, host] of bench.agents.entries()) within(host, (agents ?? [cores.agent])[index] ?? [])
      }),
    )
  })

  it('never exceed what is asked for, but by quotas, and roles on one machine share none where there are enough', () => {
    fc.assert(
      fc.property(aDemand, aBench, aMachine, (demand, bench, count) => {
        const asked = { ...demand, target: demand.target + 1, quotas: false }
        const { cores } = place({ t: count, s: count, a: count }, bench, asked)
        expect(cores.target.length).toBeLessThanOrEqual(asked.target)
        const needed = asked.services.reduce((sum, { cpus: each }) => sum + each, asked.target)
        if (count >= Math.max(4, needed + 2)) expect(cores.shared).toEqual([])
      }),
    )
  })

  it('are the same on every bench of one class', () => {
    fc.assert(
      fc.property(aDemand, aBench, aMachine, (demand, bench, count) => {
        const names = ['t', 's', 'a']
        const copy = (name: string) => `${name}2`
        const site = siteOf(
          names.flatMap((name) => [aHost(name, count), aHost(copy(name), count)]),
          bench,
          { target: copy(bench.target), services: copy(bench.services), agents: bench.agents.map(copy) },
        )
        const [first, second] = site.benches.map((each) => placeOnBench(site, each, demand))
        expect(second).toEqual(first)
      }),
    )
  })
})

const plan = (site: PlannedSite, changes: Partial<PlanRequest> = {}) =>
  planMatrix(aPlanRequest({ ...catalogue, targets: [aTarget] }, { site, ...changes }))
const aTarget = {
  name: 'go',
  folder: '/p/targets/go',
  language: 'go',
  stack: ['x'],
  summary: 's',
  scenarios: ['predict', 'ranknet'],
  requires: [],
  readyTimeoutMs: 1000,
  variants: [
    {
      name: 'default',
      summary: '',
      env: {},
      replicas: 1,
      proxy: null,
      command: null,
      scenarios: ['predict', 'ranknet'],
      role: 'contender' as const,
      alternative: false,
      standIn: null,
    },
  ],
  yaml: '',
  dockerfile: '',
}

describe('a plan of several machines', () => {
  const site = siteOf([aHost('t', 4), aHost('s', 8), aHost('a', 4), aHost('b', 4)], { ...APART, agents: ['a', 'b'] })

  it('keeps the machines, and caps and cores of each role on its own', () => {
    const planned = plan(site)
    const ranknet = planned.scenarios.find(({ id }) => id === 'ranknet')
    expect(planned.site).toEqual(site)
    expect(planned.host.hostname).toBe('t')
    expect(ranknet).toMatchObject({
      targetCaps: { cpus: 2, cpuset: [1, 2] },
      services: [{ name: 'postgres', caps: { cpus: 3, cpuset: [1, 2, 3] } }],
      agents: [
        [1, 2, 3],
        [1, 2, 3],
      ],
    })
    expect(ranknet?.cores.agent).toEqual([1, 2, 3]) // the second instrument runs beside the first agent
  })

  it('has no agents of their own and no site where there is none', () => {
    const planned = planMatrix(aPlanRequest({ ...catalogue, targets: [aTarget] }, { site: null }))
    expect(planned).not.toHaveProperty('site')
    for (const scenario of planned.scenarios) expect(scenario).not.toHaveProperty('agents')
  })

  it('names the machines in its warnings', () => {
    const small = siteOf([aHost('t', 1), aHost('s', 1), aHost('a', 1)], APART)
    expect(plan(small).warnings.map(({ what }) => what)).toEqual(
      expect.arrayContaining(['t: the target gets 1 of 2 cores: this machine has 1', 'target, probe share cores']),
    )
  })

  it('names those of a fleet together', () => {
    const names = ['n1', 'n2', 'n3', 'n4']
    const fleet = siteOf(
      names.map((name) => aHost(name, 3)),
      ...names.map((name) => ({ target: name, services: name, agents: [name] })),
    )
    expect(plan(fleet).scenarios.find(({ id }) => id === 'ranknet')?.cores.notes).toContain(
      'n1 and 3 others: postgres shares one core with others, and asks for 3',
    )
  })

  it('needs on each machine the memory of the roles that are there', () => {
    const little = { ...aHost('s', 8), engine: { ...template.engine, memoryBytes: 2 * GIB } }
    const error = refusalOf(() => plan({ ...site, hosts: [site.hosts[0]!, little, ...site.hosts.slice(2)] }))
    expect(error.code).toBe('OUT_OF_RESOURCES')
    expect(error.message).toContain('compose/ranknet.yaml: on s postgres 2 GiB need 2.5 GiB')
    const enough = { ...little, engine: { ...little.engine, memoryBytes: 2.5 * GIB } }
    expect(() => plan({ ...site, hosts: [site.hosts[0]!, enough, ...site.hosts.slice(2)] })).not.toThrow()
  })
})

describe('benches are of one class', () => {
  const [first] = [aHost('n1', 4)]
  const FLEET = (other: PlannedHost) =>
    siteOf(
      [first!, other],
      { target: 'n1', services: 'n1', agents: ['n1'] },
      { target: 'n2', services: 'n2', agents: ['n2'] },
    )

  it.each([
    {
      what: 'processor',
      other: aHost('n2', 4, { cpuModel: 'Other CPU' }),
      says: 'processor: n1 Test CPU, n2 Other CPU',
    },
    { what: 'cores', other: aHost('n2', 2), says: 'cores: n1 4 (0, 1, 2, 3), n2 2 (0, 1)' },
    { what: 'kernel', other: aHost('n2', 4, { kernel: '6.13.0' }), says: 'kernel: n1 6.12.0, n2 6.13.0' },
    {
      what: 'governor',
      other: aHost('n2', 4, { governor: 'powersave' }),
      says: 'CPU governor: n1 performance, n2 powersave',
    },
    { what: 'memory', other: aHost('n2', 4, { memoryBytes: 15 * GIB }), says: 'memory: n1 16 GiB, n2 15 GiB' },
    {
      what: 'engine',
      other: { ...aHost('n2', 4), engine: { ...first!.engine, version: '29.0.0' } },
      says: 'engine: n1 Docker Engine 28.0.0, n2 Docker Engine 29.0.0',
    },
  ])('else they are refused: another $what', ({ other, says }) => {
    const { code, message } = refusalOf(() => plan(FLEET(other)))
    expect(code).toBe('BAD_SPEC')
    expect(message).toContain(`hosts.yaml: the benches are not of one class\n  ${says}`)
  })

  it('memory may differ by what kernels keep, and what is unknown is no difference', () => {
    const other = aHost('n2', 4, { memoryBytes: 15.8 * GIB, governor: null })
    expect(classDifferences(first!, other)).toEqual([])
    expect(() => plan(FLEET(other))).not.toThrow()
  })

  it('hosts of other roles may be other machines', () => {
    const site = siteOf([aHost('t', 4), aHost('s', 2, { cpuModel: 'Old' }), aHost('a', 8)], APART)
    expect(() => plan(site)).not.toThrow()
  })
})

function refusalOf(run: () => unknown): BakeoffError {
  try {
    run()
  } catch (error) {
    if (error instanceof BakeoffError) return error
    throw error
  }
  throw new Error('it was planned')
}
