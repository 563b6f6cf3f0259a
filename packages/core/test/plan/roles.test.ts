/** Who takes part in a run: by role, by claim, by name, or one of each language. */
import { readFileSync } from 'node:fs'
import type { ClaimSpec, EngineFacts, HostFacts, Plan, Role } from '@bakeoff/model'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Catalogue,
  type PlanRequest,
  parseMatrix,
  parseScenario,
  parseTarget,
  planMatrix,
  type Selection,
  select,
  shownEntries,
} from '../../src/index.js'
import { aClaim, aPlanRequest } from '../builders.js'

const matrix = parseMatrix(
  'matrix.yaml',
  `profiles:
  default: { budget: 60m, repetitions: { min: 5, max: 8 }, warmUp: { min: 2s, max: 10s }, window: 5s }
  quick: { budget: 5m, repetitions: { min: 1, max: 1 }, warmUp: { min: 1s, max: 2s }, window: 1s, onlyMainLoad: true }
`,
  [],
)

const aScenario = (id: string, load: string) =>
  parseScenario({
    id,
    file: `compose/${id}.yaml`,
    yaml: `services:
  target: { image: "\${TARGET_IMAGE}", cpus: 1, mem_limit: 512m }
x-scenario:
  summary: s
  requests: requests.ndjson
  expect: { golden: golden.ndjson, compare: exact }
  load: ${load}
`,
    resolve: (path) => `/p/compose/${path}`,
    read: (path) =>
      path === 'golden.ndjson'
        ? '{"status":200,"body":"x"}\n'
        : path === 'requests.ndjson'
          ? '{"method":"POST","path":"/x","body":"{}"}\n'
          : null,
    buildable: () => true,
  })

const aTarget = (name: string, scenarios: string, rest = '') =>
  parseTarget({
    name,
    folder: `/p/targets/${name}`,
    file: `targets/${name}/target.yaml`,
    yaml: `language: go\nstack: [x]\nsummary: s\nscenarios: [${scenarios}]\n${rest}`,
    dockerfile: 'FROM bakeoff/base',
  })

const aSubject = (target: string, variant: string, load: Record<string, number>) => ({
  id: `${target}-${variant}`,
  target,
  variant,
  says: `their ${target}`,
  figures: {},
  load,
})
const claim = (scenario: string, ...subjects: ClaimSpec['subjects']) =>
  aClaim({ id: `about-${scenario}`, title: `About ${scenario}`, scenario, subjects, comparisons: [], statements: [] })

const catalogue: Catalogue = {
  broken: [],
  matrix,
  scenarios: [
    aScenario('batch', '{ batch: [{ tasks: 100, concurrency: 10 }] }'),
    aScenario('chat', '{ closed: [1, 32] }'),
    aScenario('predict', '{ closed: [1, 64] }'),
  ],
  targets: [
    aTarget(
      'flask',
      'predict, chat',
      'variants:\n  dev: { summary: s, role: as-published }\n  gunicorn: { summary: s }\n  threads: { summary: s, role: experiment }\n',
    ),
    aTarget('go', 'predict, batch'),
    aTarget('own', 'chat, batch', 'standIn: { for: [Req], because: hex }\n'),
  ],
  claims: [
    claim(
      'predict',
      aSubject('flask', 'dev', { requests: 1000, connections: 10 }),
      aSubject('go', 'default', { requests: 1000, connections: 10 }),
    ),
    claim(
      'batch',
      aSubject('go', 'default', { tasks: 1800, concurrency: 200 }),
      aSubject('own', 'default', { users: 7 }),
    ),
  ],
}

const host = { cpus: [0, 1, 2, 3].map((id) => ({ id, core: id, package: 0, l3: 0, kind: 'performance' })) }
const engine = { cpus: 4, memoryBytes: 16 * 1024 ** 3, sameKernel: true, reducedTruth: false, name: 'docker' }
const request = (selection: Partial<Selection>, changes: Partial<PlanRequest> = {}) =>
  aPlanRequest(catalogue, {
    selection: { scenarios: null, targets: null, ...selection },
    host: host as HostFacts,
    engine: engine as EngineFacts,
    ...changes,
  })
const planned = (selection: Partial<Selection>, profile = 'default'): Plan =>
  planMatrix(request(selection, { profile }))
const idsOf = (plan: Plan) => shownEntries(plan.entries).map(({ id }) => id)
const loadsOf = (plan: Plan, scenario: string) => plan.scenarios.find(({ id }) => id === scenario)?.loads

describe('who takes part', () => {
  it.each([
    {
      because: 'nothing is asked for: the contenders, and what stands in for one',
      selection: {},
      ids: [
        'batch/go/default',
        'batch/own/default',
        'chat/flask/gunicorn',
        'chat/own/default',
        'predict/flask/gunicorn',
        'predict/go/default',
      ],
    },
    {
      because: 'claims: what is as published, and every subject of one',
      selection: { claims: true },
      ids: ['batch/go/default', 'batch/own/default', 'chat/flask/dev', 'predict/flask/dev', 'predict/go/default'],
    },
    {
      because: 'a target by its name: all of its variants, whatever their role',
      selection: { scenarios: ['predict'], targets: ['flask'] },
      ids: ['predict/flask/dev', 'predict/flask/gunicorn', 'predict/flask/threads'],
    },
    {
      because: 'a variant by its name',
      selection: { targets: ['flask/threads'] },
      ids: ['chat/flask/threads', 'predict/flask/threads'],
    },
    {
      because: 'a target by its name at the loads of the sources',
      selection: { scenarios: ['predict'], targets: ['flask/gunicorn'], claims: true },
      ids: ['predict/flask/gunicorn'],
    },
  ])('$because', ({ selection, ids }) => expect(idsOf(planned(selection))).toEqual(ids))

  it('is everything with --all, and nothing is left out', () => {
    const plan = planned({ all: true })
    expect(idsOf(plan)).toHaveLength(10)
    expect(plan.leftOut).toEqual([])
  })

  it('names who is left out, why, and the command that measures it', () => {
    expect(planned({ scenarios: ['predict'] }).leftOut).toEqual([
      { entry: 'predict/flask/dev', why: 'as published', command: 'npm run matrix -- --claims' },
      { entry: 'predict/flask/threads', why: 'experiment', command: 'npm run matrix -- --all' },
    ])
    expect(planned({ scenarios: ['chat'], claims: true }).leftOut).toEqual([
      { entry: 'chat/flask/gunicorn', why: 'no claim is about it', command: 'npm run matrix' },
      { entry: 'chat/flask/threads', why: 'experiment', command: 'npm run matrix -- --all' },
      { entry: 'chat/own/default', why: 'no claim is about it', command: 'npm run matrix' },
    ])
  })

  it('names them too in scenarios of which nothing takes part', () => {
    const targets = [...catalogue.targets, aTarget('old', 'chat', 'role: as-published\n')]
    const [chat, predict] = ['chat', 'predict'].map((id) => catalogue.scenarios.find((one) => one.id === id)!)
    const few = {
      ...catalogue,
      scenarios: [chat!, predict!],
      targets: targets.filter(({ name }) => name === 'go' || name === 'old'),
    }
    const plan = planMatrix(request({}, { catalogue: few }))
    expect(plan.scenarios.map(({ id }) => id)).toEqual(['predict'])
    expect(plan.leftOut).toEqual([
      { entry: 'chat/old/default', why: 'as published', command: 'npm run matrix -- --claims' },
    ])
  })

  it('is who matrix.yaml names, whatever their role', () => {
    const named = { ...catalogue, matrix: { ...matrix, targets: ['flask/threads', 'own'] } }
    const entries = select(named, { scenarios: ['chat'], targets: null })[0]!.entries
    expect(entries.map(({ target, variant }) => `${target.name}/${variant.name}`)).toEqual([
      'flask/threads',
      'own/default',
    ])
  })

  it('leaves out nothing of what was named', () => expect(planned({ targets: ['flask/gunicorn'] }).leftOut).toEqual([]))

  it('says which role each entry has', () => {
    expect(
      shownEntries(planned({ all: true, scenarios: ['chat'] }).entries).map(({ id, role, standIn }) => [
        id,
        role,
        standIn,
      ]),
    ).toEqual([
      ['chat/flask/dev', 'as-published', null],
      ['chat/flask/gunicorn', 'contender', null],
      ['chat/flask/threads', 'experiment', null],
      ['chat/own/default', 'contender', { for: ['Req'], because: 'hex' }],
    ])
  })

  it('ends with what to do where no claim is about what was asked for', () => {
    const [predict] = catalogue.scenarios.filter(({ id }) => id === 'predict')
    const without = { ...catalogue, scenarios: [predict!], targets: [aTarget('go', 'predict')], claims: [] }
    expect(() => select(without, { scenarios: null, targets: null, claims: true })).toThrowError(
      expect.objectContaining({ code: 'BAD_SPEC', hint: expect.stringContaining('leave --claims out') }),
    )
  })

  it('takes or names every entry of a scenario exactly once, and the named command measures it', () => {
    const roles: Role[] = ['contender', 'as-published', 'experiment']
    const variant = fc.record({
      role: fc.constantFrom(...roles),
      standsIn: fc.boolean(),
      isSubject: fc.boolean(),
    })
    fc.assert(
      fc.property(
        fc.array(fc.array(variant, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 4 }),
        fc.boolean(),
        (made, claims) => {
          const targets = made.map((variants, index) => ({
            ...aTarget(`t${index}`, 'predict'),
            variants: variants.map(({ role, standsIn }, at) => ({
              ...aTarget('x', 'predict').variants[0]!,
              name: `v${at}`,
              role,
              standIn: standsIn && role !== 'as-published' ? { for: ['Req'], because: 'hex' } : null,
            })),
          }))
          const subjects = made.flatMap((variants, index) =>
            variants.flatMap(({ isSubject }, at) => (isSubject ? [aSubject(`t${index}`, `v${at}`, {})] : [])),
          )
          const whole = { ...catalogue, targets, claims: [claim('predict', ...subjects)] }
          const chosen = (flags: Partial<Selection>) => {
            try {
              return select(whole, { scenarios: ['predict'], targets: null, ...flags })[0]!
            } catch {
              return null // nobody has the role: said with the command line's hint
            }
          }
          const asked = chosen({ claims })
          if (asked === null) return
          const ids = asked.entries.map(({ target, variant: { name } }) => `predict/${target.name}/${name}`)
          const left = asked.leftOut.map(({ entry }) => entry)
          const all = made.flatMap((variants, index) => variants.map((_, at) => `predict/t${index}/v${at}`))
          expect([...ids, ...left].sort()).toEqual(all.sort())
          for (const { entry, command } of asked.leftOut) {
            const [, options] = /^npm run matrix(?: -- (--claims|--all))?$/.exec(command) ?? expect.fail(command)
            const measured = chosen({ claims: options === '--claims', all: options === '--all' })
            expect(
              measured?.entries.map(({ target, variant: { name } }) => `predict/${target.name}/${name}`),
            ).toContain(entry)
          }
        },
      ),
    )
  })
})

describe('a profile without alternatives', () => {
  const oneOfEach = { alternatives: false }
  const aPython = (name: string, rest = '') => {
    const target = aTarget(name, 'predict', rest)
    return { ...target, language: 'python' }
  }
  const alternative = 'alternative: true\n'
  const chosen = (targets: Catalogue['targets'], flags: Partial<Selection> = {}, profile = oneOfEach) => {
    const { entries, leftOut } = select(
      { ...catalogue, targets, claims: [claim('predict', aSubject('granian', 'default', {}))] },
      { scenarios: ['predict'], targets: null, ...flags },
      profile,
    )[0]!
    return { taken: entries.map(({ target }) => target.name), leftOut }
  }
  const both = [aPython('fastapi'), aPython('granian', alternative), aTarget('go', 'predict')]

  it('takes one contender of each language, and says of the others why and how', () =>
    expect(chosen(both)).toEqual({
      taken: ['fastapi', 'go'],
      leftOut: [
        {
          entry: 'predict/granian/default',
          why: 'another of its language stands for it',
          command: 'npm run matrix',
        },
      ],
    }))

  it.each([
    { because: 'the profile takes alternatives', flags: {}, profile: { alternatives: true } },
    { because: 'everything is asked for', flags: { all: true }, profile: oneOfEach },
    { because: 'they are named', flags: { targets: ['fastapi', 'granian', 'go'] }, profile: oneOfEach },
  ])('has them all the same where $because', ({ flags, profile }) =>
    expect(chosen(both, flags, profile)).toEqual({ taken: ['fastapi', 'granian', 'go'], leftOut: [] }),
  )

  it('has the subjects of claims, whatever stands for them', () =>
    expect(chosen(both, { claims: true }).taken).toEqual(['granian']))

  it.each([
    { because: 'nothing else of the language serves the scenario', others: [] },
    { because: 'the other is an alternative too', others: [aPython('flask', alternative)] },
    { because: 'the other is an experiment', others: [aPython('flask', 'role: experiment\n')] },
  ])('keeps an alternative where $because', ({ others }) =>
    expect(chosen([aPython('granian', alternative), ...others]).taken).toContain('granian'),
  )

  it('is quick, and no other profile of the project', () => {
    const text = readFileSync(new URL('../../../../matrix.yaml', import.meta.url), 'utf8')
    const { profiles } = parseMatrix('matrix.yaml', text.replace(/^order: .*$/m, ''), [])
    expect(
      Object.values(profiles)
        .filter(({ alternatives }) => !alternatives)
        .map(({ name }) => name),
    ).toEqual(['quick'])
  })

  it('is read from the target or one of its variants', () => {
    const [first, second] = aTarget(
      'x',
      'predict',
      'variants:\n  a: { summary: s, alternative: true }\n  b: { summary: s }\n',
    ).variants
    expect([first!.alternative, second!.alternative]).toEqual([true, false])
    const [narrowed] = aTarget(
      'x',
      'predict',
      'alternative: true\nvariants:\n  a: { summary: s, alternative: false }\n',
    ).variants
    expect(narrowed!.alternative).toBe(false)
  })
})

describe('the loads of claims', () => {
  it('take the place of those of the scenario', () => {
    const plan = planned({ claims: true })
    expect(loadsOf(plan, 'predict')).toEqual([{ kind: 'closed', connections: 10 }])
    expect(loadsOf(plan, 'batch')).toEqual([{ kind: 'batch', tasks: 1800, concurrency: 200 }])
  })

  it('are the scenario’s own where no claim has one', () =>
    expect(loadsOf(planned({ claims: true }), 'chat')).toEqual(loadsOf(planned({}), 'chat')))

  it('come beside those of the scenario with --all', () =>
    expect(loadsOf(planned({ claims: true, all: true }), 'predict')).toEqual([
      { kind: 'closed', connections: 1 },
      { kind: 'closed', connections: 64 },
      { kind: 'closed', connections: 10 },
    ]))

  it('are all kept by a smoke run, which has only the main one of the scenario', () => {
    expect(loadsOf(planned({ claims: true, all: true }, 'quick'), 'predict')).toEqual([
      { kind: 'closed', connections: 64 },
      { kind: 'closed', connections: 10 },
    ])
    expect(loadsOf(planned({ claims: true }, 'quick'), 'predict')).toEqual([{ kind: 'closed', connections: 10 }])
  })

  it.each([
    {
      because: 'a number of requests',
      scenario: 'predict',
      what: '1,000 requests over 10 connections: a window lasts as long as the profile says, and not until a number of requests is answered',
    },
    {
      because: 'users where the target does tasks itself',
      scenario: 'batch',
      what: '7 users: this scenario has loads of tasks only, so it is not measured',
    },
    {
      because: 'caps and machine',
      scenario: 'predict',
      what: 'The load is that of the source; caps, machine and load generator are those of this run',
    },
  ])('warn once of what they cannot say: $because', ({ scenario, what }) => {
    const warnings = planned({ claims: true }).warnings.filter((each) => each.where === scenario)
    expect(warnings.filter((each) => each.what === what)).toHaveLength(1)
    expect(planned({}).warnings.filter((each) => each.what === what)).toEqual([])
  })

  it.each([
    { load: { perSecond: 50 }, expected: [{ kind: 'rate', perSecond: 50, connections: 256, arrivals: 'exponential' }] },
    { load: { concurrency: 12 }, expected: [{ kind: 'closed', connections: 12 }] },
    { load: { users: 10 }, expected: [{ kind: 'closed', connections: 10 }] },
    {
      load: { connections: 2.5 },
      expected: [
        { kind: 'closed', connections: 1 },
        { kind: 'closed', connections: 64 },
      ],
    },
    {
      load: { connections: 20_000 },
      expected: [
        { kind: 'closed', connections: 1 },
        { kind: 'closed', connections: 64 },
      ],
    },
    {
      load: { tasks: 5, concurrency: 2 },
      expected: [
        { kind: 'closed', connections: 1 },
        { kind: 'closed', connections: 64 },
      ],
    },
    {
      load: {},
      expected: [
        { kind: 'closed', connections: 1 },
        { kind: 'closed', connections: 64 },
      ],
    },
  ])('$load', ({ load, expected }) => {
    const own = { ...catalogue, claims: [claim('predict', aSubject('go', 'default', load as Record<string, number>))] }
    const plan = planMatrix(request({ scenarios: ['predict'], claims: true }, { catalogue: own }))
    expect(loadsOf(plan, 'predict')).toEqual(expected)
  })
})
