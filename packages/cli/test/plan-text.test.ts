/** What `npm run plan`, `npm run list` and the start of a run say of roles, of the targets that are shipped. */
import { shownEntries } from '@bakeoff/core'
import { competes, type PlannedSite } from '@bakeoff/model'
import { describe, expect, it } from 'vitest'
import { listText, narrowed } from '../src/commands/list.js'
import { leftOutText, planText } from '../src/commands/plan.js'
import { toPlanOptions } from '../src/commands/shared/planning.js'
import { createPaint } from '../src/paint.js'
import { makePlan } from '../src/planning.js'
import { findProject, readCatalogue } from '../src/project.js'
import type { Machine } from '../src/workbench.js'

const plain = createPaint(false).colours
const project = findProject({ BAKEOFF_ROOT: new URL('../../..', import.meta.url).pathname })
const catalogue = readCatalogue(project)
const cpus = [0, 1, 2, 3].map((id) => ({ id, core: id, package: 0, l3: 0, kind: 'performance' }))
const facts = { cpus: 4, memoryBytes: 16 * 1024 ** 3, sameKernel: true, reducedTruth: false, name: 'Docker Engine' }
const machine = { host: { cpus }, engine: { facts, holes: [] } } as unknown as Machine
const planned = (flags: { all?: boolean; claims?: boolean }, profile = 'default') =>
  makePlan({ project, catalogue, machine }, toPlanOptions({ ...flags, profile }), new Date(0))

/** Java came last, and not to all scenarios yet. */
const IN_JAVA = ['predict', 'ranknet', 'embed']

describe('what is shipped', () => {
  it('has a contender in every language of every scenario, or what stands in for one', () => {
    const plan = planned({})
    for (const { id } of plan.scenarios) {
      const own = plan.entries.filter(({ scenario }) => scenario === id)
      const languages = ['elixir', 'go', 'node', 'python', 'rust', ...(IN_JAVA.includes(id) ? ['java'] : [])]
      expect(new Set(own.map(({ language }) => language)), id).toEqual(new Set(languages))
      expect(own.map(({ role }) => role)).toEqual(own.map(() => 'contender'))
    }
  })

  it('ranks no stand-in', () =>
    expect(planned({ all: true }).entries.filter((entry) => entry.standIn && competes(entry))).toEqual([]))

  it('takes less time by default than with everything', () =>
    expect(planned({}, 'quick').estimateMs.most).toBeLessThan(planned({ all: true }, 'quick').estimateMs.most))

  it('measures every subject of every claim with --claims', () => {
    const entries = planned({ claims: true }).entries.map(({ id }) => id)
    const subjects = catalogue.claims.flatMap(({ scenario, subjects: own }) =>
      own.map(({ target, variant }) => `${scenario}/${target}/${variant}`),
    )
    expect(entries).toEqual(expect.arrayContaining(subjects))
  })
})

describe('planText', () => {
  it('shows what requests look like where something is filled in', () => {
    const plan = planned({})
    const [{ id }] = plan.scenarios as [(typeof plan.scenarios)[number]]
    const text = planText(plan, new Set(), new Map([[id, ['create: POST /orders {"n":1}, gives {{id}}']]]))
    expect(text).toContain('\n  > create: POST /orders {"n":1}, gives {{id}}\n')
    expect(planText(plan)).not.toContain('  > ')
  })

  it('names every entry once, those that are left out with why and the command', () => {
    const text = planText(planned({}))
    for (const { id } of shownEntries(planned({ all: true }).entries)) {
      const [scenario, ...rest] = id.split('/')
      const part = text.split(/^(?=\S+: )/m).find((each) => each.startsWith(`${scenario}: `))!
      expect(part.split('\n').filter((line) => line.includes(` ${rest.join('/')} `))).toHaveLength(1)
    }
    expect(text).toMatch(/\.again +\w+ +once more, to see how much equals differ$/m)
    expect(text).toMatch(/– python-flask\/as-published +left out, as published: npm run matrix -- --claims/)
    expect(text).toMatch(/– python-onnx-embed\/unbatched +left out, experiment: npm run matrix -- --all/)
    expect(text).toMatch(/elixir-openai\/default +elixir +stand-in/)
  })

  it('says how often entries are measured, and what ends the run', () => {
    expect(planText(planned({}))).toMatch(
      /\n5 to 15 repetitions, more than 5 where a decision is open; no block begins after 1 h 30 min: .* to .*, builds aside$/,
    )
    const same = { ...planned({}), estimateMs: { least: 900_000, most: 900_400 } }
    expect(planText(same)).toMatch(/: about 15 min, builds aside$/)
    expect(planText(planned({}, 'brief'))).toMatch(/\n3 repetitions; no block begins after .*: .*, builds aside$/)
  })
})

describe('planText of several machines', () => {
  const host = (name: string, address: string | null) => ({
    name,
    address,
    docker: `ssh://ada@${name}`,
    facts: { ...machine.host, cpuModel: 'Xeon', memoryBytes: 16 * 1024 ** 3 },
    engine: { ...machine.engine.facts, version: '28.0.0' },
  })
  const textOf = (site: PlannedSite) =>
    planText(
      makePlan(
        { project, catalogue, machine, site },
        toPlanOptions({ profile: 'quick', scenario: ['ranknet'] }),
        new Date(0),
      ),
    )

  it('names the hosts, and where each role is', () => {
    const hosts = [
      host('bench-1', '10.0.0.1'),
      host('db-1', '10.0.0.2'),
      host('load-1', '10.0.0.3'),
      host('load-2', '10.0.0.4'),
    ]
    const text = textOf({
      ...{ file: 'lab.yaml', network: 'overlay', mtu: 1450, hosts },
      benches: [{ id: 'bench-1', target: 'bench-1', services: 'db-1', agents: ['load-1', 'load-2'] }],
    })
    expect(text.split('\n').slice(0, 6)).toEqual([
      'lab.yaml: 4 machines over an overlay network, MTU 1450',
      '  bench-1  ssh://ada@bench-1  10.0.0.1, Xeon, 4 CPUs, 16 GiB, Docker Engine 28.0.0',
      '  db-1     ssh://ada@db-1     10.0.0.2, Xeon, 4 CPUs, 16 GiB, Docker Engine 28.0.0',
      '  load-1   ssh://ada@load-1   10.0.0.3, Xeon, 4 CPUs, 16 GiB, Docker Engine 28.0.0',
      '  load-2   ssh://ada@load-2   10.0.0.4, Xeon, 4 CPUs, 16 GiB, Docker Engine 28.0.0',
      '  bench bench-1: target on bench-1, services on db-1, load agents on load-1 and load-2',
    ])
    expect(text).toMatch(
      /\n {2}target on bench-1 core 1,2 with .*; postgres on db-1 core 1,2,3 with .*; agent 1 on load-1 core 1,2,3; agent 2 on load-2 core 1,2,3\n/,
    )
  })

  it('names the hosts of a fleet once, and no roles of each', () => {
    const names = ['n1', 'n2', 'n3']
    const text = textOf({
      ...{ file: 'lab.yaml', network: 'bridge', mtu: null, hosts: names.map((name) => host(name, null)) },
      benches: names.map((name) => ({ id: name, target: name, services: name, agents: [name] })),
    })
    expect(text).toMatch(/^lab\.yaml: 3 machines, each by itself\n {2}n1 {2}ssh:\/\/ada@n1 {2}Xeon, 4 CPUs/)
    expect(text).toContain('  bench n3: all on n3')
    expect(text).toMatch(/\n {2}target on core 1 with .*; postgres on core 2 with .*; agent on core 3\n/)
  })
})

describe('leftOutText', () => {
  it('counts them by what measures them', () => {
    const leftOut = [
      { entry: 'a/b/c', why: 'experiment', command: 'npm run matrix -- --all' },
      { entry: 'a/b/d', why: 'as published', command: 'npm run matrix -- --claims' },
      { entry: 'a/b/e', why: 'experiment', command: 'npm run matrix -- --all' },
    ]
    expect(leftOutText({ leftOut })).toBe(
      'Left out: 2 × experiment (npm run matrix -- --all), 1 × as published (npm run matrix -- --claims). npm run plan names them',
    )
  })

  it.each([[[]], [null], [undefined]])('is nothing where nobody is: %j', (leftOut) =>
    expect(leftOutText({ leftOut })).toBeNull(),
  )
})

it('list has the scenarios in the order in which they are measured', () => {
  const ids = catalogue.scenarios.map(({ id }) => id)
  const listed = listText(catalogue, plain)
    .split('\n')
    .flatMap((line) => ids.filter((id) => line.startsWith(`${id}: `)))
  expect(listed).toEqual([...catalogue.matrix.order])
})

it('list has one scenario and the targets that serve it where it is named, and knows what was meant', () => {
  const { scenarios, targets } = narrowed(catalogue, ['embed'])
  expect(scenarios.map(({ id }) => id)).toEqual(['embed'])
  expect(targets.length).toBeGreaterThan(3)
  expect(targets.every((target) => target.variants.some((variant) => variant.scenarios.includes('embed')))).toBe(true)
  expect(narrowed(catalogue, null)).toBe(catalogue)
  expect(() => narrowed(catalogue, ['embde'])).toThrow(expect.objectContaining({ hint: 'Did you mean "embed"?' }))
})

it('list shows roles and stand-ins, and does not say twice what a name says', () => {
  const text = listText(catalogue, plain)
  expect(text).toContain('tuned, default (experiment), minimal (experiment)')
  expect(text).toContain(', behind-caddy (experiment)')
  expect(text).toMatch(/ as-published, as-published-behind-caddy$/m)
  expect(text).toMatch(/elixir-openai +elixir +default \(stand-in\)/)
  expect(text).not.toContain('as-published (as published)')
})
