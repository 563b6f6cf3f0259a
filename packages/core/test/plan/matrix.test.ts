import {
  type EngineFacts,
  type HostFacts,
  loadIdOf,
  type Plan,
  type RepetitionRecord,
  type ScenarioSpec,
  type TargetSpec,
} from '@bakeoff/model'
import { describe, expect, it } from 'vitest'
import {
  type Catalogue,
  entriesToRun,
  type IsOpen,
  leftMs,
  mainLoadOf,
  type PlanRequest,
  parseMatrix,
  planMatrix,
  shownEntries,
} from '../../src/index.js'
import { aPlanRequest } from '../builders.js'
import { aScenarioSpec, aService } from '../specs.js'

const GIB = 1024 ** 3
const matrix = parseMatrix(
  'matrix.yaml',
  `profiles:
  default: { budget: 60m, repetitions: { min: 5, max: 8 }, warmUp: { min: 2s, max: 10s }, window: 5s }
  quick: { budget: 5m, repetitions: { min: 1, max: 1 }, warmUp: { min: 1s, max: 2s }, window: 1s, onlyMainLoad: true, requests: 2, tasks: 500 }
`,
  [],
)

const aScenario = (id: string, changes: Partial<ScenarioSpec> = {}): ScenarioSpec =>
  aScenarioSpec(id, {
    target: { ...aService, environment: { FROM_SCENARIO: 's', BOTH: 'scenario' } },
    loads: [
      { kind: 'closed', connections: 1 },
      { kind: 'closed', connections: 64 },
      { kind: 'open', fraction: 0.5, connections: 256, arrivals: 'exponential' },
    ],
    connections: 256,
    slo: { p99Ms: 50, errors: 0.001 },
    ...changes,
  })

function aTarget(name: string, scenarios: string[], variants = ['default']): TargetSpec {
  return {
    name,
    folder: `/p/targets/${name}`,
    language: 'go',
    stack: ['x'],
    summary: name,
    scenarios,
    requires: [],
    readyTimeoutMs: 1000,
    variants: variants.map((variant) => ({
      name: variant,
      summary: '',
      env: { BOTH: 'variant' },
      replicas: 1,
      proxy: null,
      command: null,
      scenarios,
      role: 'contender',
      alternative: false,
      standIn: null,
    })),
    yaml: '',
    dockerfile: '',
  }
}

const catalogue: Catalogue = {
  broken: [],
  matrix,
  scenarios: [aScenario('predict'), aScenario('ranknet')],
  targets: [
    aTarget('flask', ['predict'], ['as-published', 'gunicorn']),
    aTarget('go', ['predict', 'ranknet']),
    aTarget('rust', ['predict']),
  ],
  claims: [],
}
const host: HostFacts = {
  hostname: 'h',
  os: 'linux',
  kernel: null,
  architecture: 'x64',
  cpuModel: null,
  cpus: [0, 1, 2, 3].map((id) => ({ id, core: id, package: 0, l3: 0, kind: 'performance' })),
  memoryBytes: null,
  diskFreeBytes: null,
  governor: null,
  autogroup: null,
  cpuPressure: null,
  virtualisation: null,
  nodeVersion: '20',
}
const engine: EngineFacts = {
  name: 'docker',
  version: '1',
  apiVersion: '1',
  endpoint: 'e',
  foundBy: 'f',
  cgroupVersion: '2',
  cgroupDriver: null,
  storageDriver: null,
  rootless: false,
  reducedTruth: false,
  operatingSystem: null,
  architecture: 'x86_64',
  cpus: 4,
  memoryBytes: 16 * GIB,
  sameKernel: true,
}

const plan = (changes: Partial<PlanRequest> = {}) => planMatrix(aPlanRequest(catalogue, { host, engine, ...changes }))

describe('planMatrix', () => {
  it('gives the same plan for the same input', () => expect(plan()).toEqual(plan()))

  it('builds a service from the folder that a variant names, and has everything else from the scenario', () => {
    const services = ['db', 'cache'].map((name) => ({ ...aService, name, build: `/p/compose/${name}` }))
    const published = aTarget('go', ['predict'])
    const variants = published.variants.map((variant) => ({ ...variant, services: { db: './postgis' } }))
    const { scenarios, entries } = planMatrix(
      aPlanRequest(
        {
          ...catalogue,
          scenarios: [aScenario('predict', { services })],
          targets: [{ ...published, variants }, aTarget('rust', ['predict'])],
        },
        { host, engine, root: '/p' },
      ),
    )
    const [db, cache] = scenarios[0]!.services
    const own = { ...db, build: 'compose/postgis', image: 'bakeoff/postgis' }
    expect(shownEntries(entries).map(({ target, services: of }) => [target, of])).toEqual([
      ['go', [own, cache]],
      ['rust', undefined],
    ])
  })

  it.each([
    { cores: 8, target: { cpus: 2, quotaCpus: 2 }, db: { cpus: 3, quotaCpus: 3 }, warns: /^target, db share cores$/ },
    {
      cores: 4,
      target: { cpus: 1, quotaCpus: null },
      db: { cpus: 1, quotaCpus: null },
      warns: /^caps are whole cores here: as quotas they need 7/,
    },
  ])('gives quotas where $cores cores hold them, else cores', ({ cores, target, db, warns }) => {
    const quota = { ...aService, quota: true }
    const scenario = aScenario('predict', {
      target: { ...quota, cpus: 2 },
      services: [{ ...quota, name: 'db', image: 'x', cpus: 3 }],
      quotas: true,
    })
    const cpus = Array.from({ length: cores }, (_, id) => ({ ...host.cpus[0]!, id, core: id }))
    const { scenarios, warnings } = planMatrix(
      aPlanRequest({ ...catalogue, scenarios: [scenario] }, { host: { ...host, cpus }, engine }),
    )
    expect(scenarios[0]).toMatchObject({ targetCaps: target, services: [{ caps: db }], requestedTargetCpus: 2 })
    expect(warnings.map(({ what }) => what)).toContainEqual(expect.stringMatching(warns))
  })

  it('takes every variant of every target of every scenario', () => {
    expect(shownEntries(plan().entries).map(({ id }) => id)).toEqual([
      'predict/flask/as-published',
      'predict/flask/gunicorn',
      'predict/go/default',
      'predict/rust/default',
      'ranknet/go/default',
    ])
  })

  it.each([
    { because: 'a scenario', selection: { scenarios: ['ranknet'], targets: null }, expected: ['ranknet/go/default'] },
    {
      because: 'a target',
      selection: { scenarios: null, targets: ['go'] },
      expected: ['predict/go/default', 'ranknet/go/default'],
    },
    {
      because: 'a variant',
      selection: { scenarios: null, targets: ['flask/gunicorn'] },
      expected: ['predict/flask/gunicorn'],
    },
  ])('narrows to $because', ({ selection, expected }) =>
    expect(plan({ selection }).entries.map(({ id }) => id)).toEqual(expected),
  )

  it.each([
    {
      because: 'an unknown scenario',
      changes: { selection: { scenarios: ['predct'], targets: null } },
      hint: 'Did you mean "predict"?',
    },
    {
      because: 'an unknown target',
      changes: { selection: { scenarios: null, targets: ['flsk'] } },
      hint: 'Did you mean "flask"?',
    },
    {
      because: 'an unknown variant',
      changes: { selection: { scenarios: null, targets: ['flask/gunicrn'] } },
      hint: 'Did you mean "gunicorn"?',
    },
    { because: 'an unknown profile', changes: { profile: 'fast' }, hint: 'There are: default, quick' },
    {
      because: 'a target that does not serve the scenario',
      changes: { selection: { scenarios: ['ranknet'], targets: ['rust'] } },
      hint: 'To see which target serves which scenario: npm run list',
    },
  ])('refuses $because', ({ changes, hint }) => {
    expect(() => plan(changes)).toThrowError(expect.objectContaining({ code: 'BAD_SPEC', hint }))
  })

  it('refuses memory that the engine does not have, and says who asks for it', () => {
    const big = {
      ...catalogue,
      scenarios: [aScenario('predict', { target: { ...aService, memoryBytes: 32 * GIB } })],
    }
    expect(() => plan({ catalogue: big })).toThrowError(
      expect.objectContaining({
        code: 'OUT_OF_RESOURCES',
        message: expect.stringContaining('compose/predict.yaml: target 32 GiB'),
      }),
    )
  })

  it('scales cores that the machine does not have, and warns', () => {
    const big = {
      ...catalogue,
      scenarios: [aScenario('predict', { target: { ...aService, cpus: 16 } })],
    }
    const made = plan({ catalogue: big })
    expect(made.scenarios[0]?.targetCaps).toMatchObject({ cpus: 2, cpuset: [1, 2] })
    expect(made.warnings.map(({ what }) => what)).toContain('the target gets 2 of 16 cores: this machine has 4')
  })

  it('warns once of what is true of several scenarios', () => {
    const target = { ...aService, cpus: 16 }
    const big = { ...catalogue, scenarios: [aScenario('predict', { target }), aScenario('ranknet', { target })] }
    expect(plan({ catalogue: big }).warnings.filter(({ what }) => what.includes('of 16 cores'))).toMatchObject([
      { where: 'predict, ranknet' },
    ])
  })

  it("lets a variant's environment win over the scenario's", () => {
    expect(plan().entries[0]?.environment).toEqual({ FROM_SCENARIO: 's', BOTH: 'variant' })
  })

  it('interleaves scenarios, and orders every block anew but reproducibly', () => {
    const { blocks } = plan()
    expect(blocks.slice(0, 4).map(({ id }) => id)).toEqual(['predict#1', 'ranknet#1', 'predict#2', 'ranknet#2'])
    const orders = blocks.filter(({ scenario }) => scenario === 'predict').map(({ order }) => order.join())
    expect(new Set(orders).size).toBeGreaterThan(1)
    expect(plan({ seed: 2 }).blocks.map(({ order }) => order.join())).not.toEqual(
      blocks.map(({ order }) => order.join()),
    )
  })

  it.each([
    { because: 'the one that was typed', changes: { seed: 7 }, ofMatrix: 3, seed: 7 },
    { because: 'else the one of matrix.yaml', changes: {}, ofMatrix: 3, seed: 3 },
    { because: 'else one of its own', changes: { freshSeed: 5 }, ofMatrix: null, seed: 5 },
  ])('has a seed: $because', ({ changes, ofMatrix, seed }) => {
    const own = { ...catalogue, matrix: { ...matrix, seed: ofMatrix } }
    expect(plan({ catalogue: own, ...changes }).seed).toBe(seed)
  })

  it('takes the budget that was typed in place of the profile’s', () =>
    expect(plan({ budgetMs: 1234 }).rules.budgetMs).toBe(1234))

  it('says that a budget is too short for the fewest repetitions, and names a profile that fits', () => {
    const brief = {
      ...matrix.profiles.default!,
      name: 'brief',
      minRepetitions: 2,
      maxRepetitions: 2,
      budgetMs: 3_600_000,
    }
    const own = { ...catalogue, matrix: { ...matrix, profiles: { ...matrix.profiles, brief } } }
    const told = (changes: Partial<PlanRequest>) =>
      plan({ catalogue: own, ...changes }).warnings.filter(({ what }) => what.startsWith('The budget'))
    expect(told({})).toEqual([])
    expect(told({ profile: 'quick', budgetMs: 1 })).toEqual([])
    expect(told({ budgetMs: 60_000 })).toMatchObject([
      { what: 'The budget is too short for 5 repetitions', todo: expect.stringContaining('--profile brief (2 rep') },
    ])
  })

  it.each([
    { order: [], because: 'without an order scenarios come by name', ids: ['chat', 'predict', 'ranknet'] },
    { order: ['predict'], because: 'what is not named comes after, by name', ids: ['predict', 'chat', 'ranknet'] },
    { order: ['ranknet', 'predict', 'chat'], because: 'a whole order is kept', ids: ['ranknet', 'predict', 'chat'] },
    {
      order: ['embed', 'ranknet'],
      because: 'what is not measured is passed over',
      ids: ['ranknet', 'chat', 'predict'],
    },
  ])('$because, in scenarios, entries and blocks', ({ order, ids }) => {
    const { scenarios, entries, blocks } = plan({
      catalogue: {
        ...catalogue,
        matrix: { ...matrix, order },
        scenarios: ['ranknet', 'chat', 'predict'].map((id) => aScenario(id)),
        targets: [aTarget('go', ['predict', 'ranknet', 'chat']), aTarget('rust', ['chat'])],
      },
    })
    expect(scenarios.map(({ id }) => id)).toEqual(ids)
    expect([...new Set(entries.map(({ scenario }) => scenario))]).toEqual(ids)
    expect(blocks.slice(0, 6).map(({ id }) => id)).toEqual([1, 2].flatMap((n) => ids.map((id) => `${id}#${n}`)))
  })

  it('measures the first block of every scenario before any second one', () => {
    const repetitions = plan().blocks.map(({ repetition }) => repetition)
    expect(repetitions).toEqual(repetitions.toSorted((a, b) => a - b))
    expect(repetitions.filter((repetition) => repetition === 1)).toHaveLength(plan().scenarios.length)
  })

  it.each([
    { tasks: 1800, concurrency: 200, expected: 500, because: 'as many tasks as the profile has' },
    { tasks: 300, concurrency: 20, expected: 300, because: 'no more than the scenario asks for' },
    {
      tasks: 1800,
      concurrency: 600,
      expected: 600,
      because: 'as many as run at once, or it would be a load with fewer',
    },
  ])('does in a quick run $because', ({ tasks, concurrency, expected }) => {
    const batch = { kind: 'batch', tasks, concurrency } as const
    const scenarios = [aScenario('predict', { loads: [batch] })]
    const loadsOf = (profile: string) => plan({ profile, catalogue: { ...catalogue, scenarios } }).scenarios[0]?.loads
    expect(loadsOf('quick')).toEqual([{ ...batch, tasks: expected }])
    expect(loadsOf('default')).toEqual([batch])
  })

  it('does a batch once that differed from another only by its tasks', () => {
    const batches = [1800, 900, 300].map((tasks) => ({ kind: 'batch', tasks, concurrency: 200 }) as const)
    const brief = { ...matrix.profiles.quick!, onlyMainLoad: false }
    const scenarios = [aScenario('predict', { loads: batches })]
    const shorter = { ...catalogue, scenarios, matrix: { ...matrix, profiles: { ...matrix.profiles, quick: brief } } }
    expect(plan({ profile: 'quick', catalogue: shorter }).scenarios[0]?.loads.map(loadIdOf)).toEqual([
      'batch-500x200',
      'batch-300x200',
    ])
  })

  it('measures only the main load in a quick run, and warns that it decides nothing', () => {
    const quick = plan({ profile: 'quick' })
    expect(quick.scenarios[0]?.loads).toEqual([{ kind: 'closed', connections: 64 }])
    expect(quick.warnings.map(({ what }) => what)).toContain('1 repetition at most')
  })

  it.each([
    { because: 'the default profile decides', most: 10, todo: /without another profile or --repetitions\.$/ },
    {
      because: 'the default profile is as short',
      most: 2,
      todo: /raise `repetitions` of the profile default.*--repetitions 5\.$/,
    },
  ])('says what decides after few repetitions where $because', ({ most, todo }) => {
    const own = { ...matrix.profiles.default!, minRepetitions: 1, maxRepetitions: most }
    const profiles = { ...matrix.profiles, default: own, few: { ...own, name: 'few', maxRepetitions: 2 } }
    const { warnings } = plan({ profile: 'few', catalogue: { ...catalogue, matrix: { ...matrix, profiles } } })
    expect(warnings.find(({ what }) => what === '2 repetitions at most')?.todo).toMatch(todo)
  })

  it.each([
    { in: 'a path', request: { path: '/orders/{{id}}' }, found: '{{id}}' },
    { in: 'a header', request: { headers: { authorization: 'Bearer ${TOKEN}' } }, found: '${TOKEN}' },
    { in: 'a body', request: { body: '{"id":"{{ order.id }}"}' }, found: '{{ order.id }}' },
    { in: 'no place', request: { body: '{"a":{"b":{}},"price":"$5"}' }, found: null },
  ])('warns of what looks like a value to be filled in, in $in', ({ request, found }) => {
    const plain = { method: 'GET', path: '/', headers: {}, body: null }
    const scenarios = [aScenario('predict', { requests: [plain, { ...plain, ...request }, { ...plain, ...request }] })]
    const { warnings } = plan({ catalogue: { ...catalogue, scenarios } })
    expect(warnings.map(({ what }) => what).filter((what) => what.includes('goes out'))).toEqual(
      found === null ? [] : [`${found} goes out as it stands, in 2 requests`],
    )
  })

  it('sends fewer different requests where the profile says so, and calls that other work', () => {
    const three = ['a', 'bb', 'ccc'].map((body) => ({ method: 'POST', path: '/', headers: {}, body }))
    const golden = three.map(({ body }) => ({ status: 200, contentType: null, body }))
    const scenarios = [aScenario('predict', { requests: three, golden, workDigest: 'all' })]
    const of = (profile: string) => plan({ catalogue: { ...catalogue, scenarios }, profile }).scenarios[0]!
    expect(of('default')).toMatchObject({ requests: 3, workDigest: 'all' })
    expect(of('quick').requests).toBe(2)
    expect(of('quick').workDigest).not.toBe('all')
  })

  it('adds rates and the search for capacity when asked', () => {
    expect(plan({ rates: [500], capacity: true }).scenarios[0]?.loads.slice(-2)).toEqual([
      { kind: 'rate', perSecond: 500, connections: 256, arrivals: 'exponential' },
      { kind: 'capacity', connections: 256, p99Ms: 50, errors: 0.001, arrivals: 'exponential' },
    ])
  })

  it('offers what is added with the connections and arrivals of the scenario', () => {
    const scenarios = [aScenario('predict', { connections: 32, arrivals: 'constant' })]
    const asked = plan({ catalogue: { ...catalogue, scenarios }, rates: [500], capacity: true })
    const written = plan({
      catalogue: { ...catalogue, scenarios, matrix: { ...catalogue.matrix, rates: [500], capacity: true } },
    })
    const offered = { connections: 32, arrivals: 'constant' }
    for (const { scenarios: planned } of [asked, written])
      expect(planned[0]?.loads.slice(-2)).toMatchObject([
        { kind: 'rate', ...offered },
        { kind: 'capacity', ...offered },
      ])
  })

  it('knows only the number of processors in a virtual machine', () => {
    expect(plan({ engine: { ...engine, sameKernel: false, cpus: 2 } }).scenarios[0]?.cores).toMatchObject({
      target: [1],
      agent: [0],
    })
  })
})

describe('the load a scenario is ranked by', () => {
  it.each([
    { loads: aScenario('x').loads, expected: 'closed-64', because: 'the closed one with the most connections' },
    {
      loads: [{ kind: 'batch', tasks: 10, concurrency: 2 } as const],
      expected: 'batch-10x2',
      because: 'the first where none is closed',
    },
  ])('$because', ({ loads, expected }) => expect(mainLoadOf(loads)).toBe(expected))
})

/** A plan of those entries alone that were asked for. */
function untwinned(whole: Plan): Plan {
  const entries = shownEntries(whole.entries)
  const blocks = whole.blocks.map((block) => ({
    ...block,
    order: block.order.filter((id) => entries.some((entry) => entry.id === id)),
  }))
  return { ...whole, entries, blocks }
}

describe('adaptive repetitions', () => {
  const made = untwinned(plan({ selection: { scenarios: ['predict'], targets: ['go', 'rust'] } }))
  const block = (repetition: number) => made.blocks.find((one) => one.repetition === repetition)!
  const both = ['predict/go/default', 'predict/rust/default']
  const aRun = (
    entry: string,
    repetition: number,
    kind: 'measured' | 'aborted' | 'failed' = 'measured',
    stage = 'load',
    code = 'WRONG_ANSWERS',
  ) =>
    ({
      entry,
      block: `predict#${repetition}`,
      repetition,
      loads: [],
      startedAt: '2026-01-01T00:00:00Z',
      endedAt: '2026-01-01T00:00:30Z',
      outcome: kind === 'failed' ? { kind, stage, error: { code } } : { kind },
    }) as unknown as RepetitionRecord
  const rounds = (n: number) =>
    Array.from({ length: n }, (_, index) => both.map((entry) => aRun(entry, index + 1))).flat()
  it.each([
    {
      because: 'the first round is always run, whatever it takes',
      repetition: 1,
      records: [],
      elapsedMs: 1e9,
      expected: both,
    },
    {
      because: 'the fewest repetitions are run though nothing is open',
      repetition: 3,
      records: rounds(2),
      isOpen: false,
      elapsedMs: 0,
      expected: both,
    },
    {
      because: 'after those, none when nothing is open',
      repetition: 6,
      records: rounds(5),
      isOpen: false,
      elapsedMs: 0,
      expected: [],
    },
    {
      because: 'after those, all when a decision is open',
      repetition: 6,
      records: rounds(5),
      isOpen: true,
      elapsedMs: 0,
      expected: both,
    },
    {
      because: 'the budget ends it though a decision is open',
      repetition: 6,
      records: rounds(5),
      isOpen: true,
      elapsedMs: 3_600_000,
      expected: [],
    },
    { because: 'the budget ends it', repetition: 2, records: rounds(1), elapsedMs: 3_600_000, expected: [] },
    {
      because: 'what is on disk is not measured again',
      repetition: 1,
      records: [aRun(both[0]!, 1)],
      elapsedMs: 0,
      expected: [both[1]],
    },
    {
      because: 'what was aborted is',
      repetition: 1,
      records: [aRun(both[0]!, 1, 'aborted')],
      elapsedMs: 0,
      expected: both,
    },
    {
      because: 'what failed for a service that went away is tried again',
      repetition: 2,
      records: [aRun(both[0]!, 1, 'failed', 'verify', 'SERVICE_DIED')],
      elapsedMs: 0,
      expected: both,
    },
    {
      because: 'what failed for the load agent is tried again',
      repetition: 2,
      records: [aRun(both[0]!, 1, 'failed', 'start', 'AGENT_FAILED')],
      elapsedMs: 0,
      expected: both,
    },
    {
      because: 'what did not build is not tried again',
      repetition: 2,
      records: [aRun(both[0]!, 1, 'failed', 'build')],
      elapsedMs: 0,
      expected: [both[1]],
    },
    {
      because: 'what died under load is',
      repetition: 2,
      records: [aRun(both[0]!, 1, 'failed', 'load')],
      elapsedMs: 0,
      expected: both,
    },
  ])('$because', ({ repetition, records, elapsedMs, expected, ...asked }) => {
    const known = { records, calibrations: [] }
    const isOpen = () => 'isOpen' in asked && asked.isOpen === true
    expect(entriesToRun(made, block(repetition), { known, elapsedMs, isOpen }).sort()).toEqual(expected)
  })

  it('asks about the scenario of the block, with what is known by then', () => {
    const asked: unknown[] = []
    const known = { records: rounds(5), calibrations: [] }
    const isOpen: IsOpen = (...question) => asked.push(question) > 0
    entriesToRun(made, block(6), { known, elapsedMs: 0, isOpen })
    expect(asked).toEqual([['predict', known]])
  })

  it('foresees that a block which began within the budget is finished after it', () => {
    const long = plan({ budgetMs: 300_000 }).estimateMs
    expect(long.most).toBeGreaterThan(300_000)
    expect(plan({ budgetMs: 1e9 }).estimateMs.most).toBeGreaterThan(long.most)
    expect(plan({ budgetMs: 300_000, repetitions: 1 }).estimateMs.most).toBeLessThan(long.most)
  })

  it('foresees the time left from what repetitions took', () => {
    expect(leftMs(made, [], 0)).toBeNull()
    expect(leftMs(made, rounds(1), 60_000)).toBe(4 * 2 * 30_000)
    expect(leftMs(made, rounds(5), 60_000)).toBe(0)
    expect(leftMs(made, rounds(1), 3_600_000)).toBe(0)
  })

  it('foresees the rest of a block that has begun, above the fewest repetitions and after the budget', () => {
    const begun = [...rounds(5), aRun(both[0]!, 6)]
    expect(leftMs(made, begun, 60_000)).toBe(30_000)
    expect(leftMs(made, begun, 3_600_000)).toBe(30_000)
    expect(leftMs(made, rounds(6), 60_000)).toBe(0)
  })

  it('foresees no more time for what did not build', () => {
    expect(leftMs(made, [aRun(both[0]!, 1, 'failed', 'build'), aRun(both[1]!, 1)], 60_000)).toBe(4 * 30_000)
  })
})
