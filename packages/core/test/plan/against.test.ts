import type { Plan, ScenarioSpec, TargetSpec } from '@bakeoff/model'
import { describe, expect, it } from 'vitest'
import { type Catalogue, type OtherCommit, parseMatrix, planMatrix, replayPlan, shownEntries } from '../../src/index.js'
import { aPlanRequest } from '../builders.js'
import { aScenarioSpec, aService } from '../specs.js'

const PROFILE = '{ budget: 60m, repetitions: { min: 8, max: 8 }, warmUp: { min: 2s, max: 4s }, window: 5s }'
const matrix = parseMatrix('matrix.yaml', `profiles: { default: ${PROFILE}, quick: ${PROFILE} }`, [])

const aScenario = (root: string, changes: Partial<ScenarioSpec> = {}): ScenarioSpec =>
  aScenarioSpec('predict', {
    services: [{ ...aService, name: 'db', build: `${root}/compose/db` }],
    workDigest: 'work',
    ...changes,
  })

function aTarget(root: string, name: string, env: Record<string, string> = {}): TargetSpec {
  return {
    name,
    folder: `${root}/targets/${name}`,
    language: name,
    stack: [],
    summary: name,
    scenarios: ['predict'],
    requires: [],
    readyTimeoutMs: 30_000,
    variants: [
      {
        name: 'default',
        summary: '',
        replicas: 1,
        proxy: null,
        command: null,
        env,
        scenarios: ['predict'],
        role: 'contender',
        alternative: false,
        standIn: null,
      },
    ],
    yaml: '',
    dockerfile: 'FROM bakeoff/base',
  }
}

const THERE = '/project/.bakeoff/against/0123456789abcdef'
const other = (changes: Partial<OtherCommit> = {}): OtherCommit => ({
  ref: 'main',
  commit: '0123456789abcdef',
  root: THERE,
  targets: [aTarget(THERE, 'go'), aTarget(THERE, 'rust')],
  scenarios: [aScenario(THERE)],
  broken: [],
  unchanged: new Set(['targets/go', 'targets/rust', 'compose/db']),
  shared: [],
  ...changes,
})

function planned(
  against: OtherCommit | null,
  targets = [aTarget('/project', 'go'), aTarget('/project', 'rust')],
): Plan {
  const catalogue: Catalogue = {
    matrix,
    scenarios: [aScenario('/project')],
    targets,
    claims: [],
    broken: [],
  }
  return planMatrix(aPlanRequest(catalogue, { seed: 7, against, root: '/project' }))
}

const partner = (plan: Plan, target = 'go') => plan.entries.find(({ id }) => id === `predict/${target}/default.against`)

describe('an entry of another commit', () => {
  it('is there for each entry but the twin, in every block beside its partner, each first in half of the blocks', () => {
    const plan = planned(other())
    expect(plan.entries.filter(({ ofRef }) => ofRef).map(({ ofRef }) => ofRef?.of)).toEqual(
      shownEntries(plan.entries).map(({ id }) => id),
    )
    for (const name of ['go', 'rust']) {
      const id = `predict/${name}/default`
      const steps = plan.blocks.map(({ order }) => order.indexOf(`${id}.against`) - order.indexOf(id))
      expect(steps.map(Math.abs)).toEqual(steps.map(() => 1))
      expect(steps.filter((step) => step > 0)).toHaveLength(steps.length / 2)
    }
    expect(new Set(plan.blocks.map(({ order }) => order.join())).size).toBeGreaterThan(2)
  })

  it('has the same image under the same name where nothing of it changed', () =>
    expect(partner(planned(other()))).toMatchObject({
      image: 'bakeoff/target/go',
      folder: 'targets/go',
      ofRef: { isSame: true, services: null },
    }))

  it('has an image of its own, built from the files of that commit, where they differ', () =>
    expect(partner(planned(other({ unchanged: new Set(['compose/db']) })))).toMatchObject({
      image: 'bakeoff/against/01234567/target/go',
      folder: '.bakeoff/against/0123456789abcdef/targets/go',
      ofRef: { isSame: false, services: null },
    }))

  it.each([
    { because: 'by the same name', image: 'orders:1', isSame: true },
    { because: 'by another name', image: 'orders:2', isSame: false },
  ])('has the image that is there $because', ({ image, isSame }) => {
    const asItIs = (root: string, image: string): TargetSpec => ({
      ...aTarget(root, 'go'),
      image,
      imageFrom: { kind: 'as-it-is' },
      dockerfile: '',
    })
    const plan = planned(other({ targets: [asItIs(THERE, image)] }), [asItIs('/project', 'orders:1')])
    expect(partner(plan)).toMatchObject({ image, imageFrom: { kind: 'as-it-is' }, ofRef: { isSame } })
  })

  const built = (root: string, stage: string | null = null): TargetSpec => ({
    ...aTarget(root, 'go'),
    imageFrom: { kind: 'build', context: `${root}/services/orders`, dockerfile: 'Dockerfile', stage },
  })
  const unchanged = new Set(['services/orders', 'compose/db'])

  it('has the same image of a folder elsewhere where nothing in that changed', () => {
    const plan = planned(other({ targets: [built(THERE)], unchanged }), [built('/project')])
    expect(partner(plan)).toMatchObject({
      image: 'bakeoff/target/go',
      imageFrom: { context: 'services/orders' },
      ofRef: { isSame: true },
    })
  })

  it.each([
    { because: 'its files differ', there: built(THERE), changed: new Set(['compose/db', 'targets/go']) },
    { because: 'it is another stage', there: built(THERE, 'runtime'), changed: unchanged },
  ])('has an image of its own of a folder elsewhere where $because', ({ there, changed }) => {
    const plan = planned(other({ targets: [there], unchanged: changed }), [built('/project')])
    expect(partner(plan)).toMatchObject({
      image: 'bakeoff/against/01234567/target/go',
      imageFrom: { context: '.bakeoff/against/0123456789abcdef/services/orders' },
      ofRef: { isSame: false },
    })
  })

  it('is reached as that commit says', () => {
    const reach = { port: 3000, health: { path: '/healthz', status: 200 }, tls: true }
    expect(partner(planned(other({ targets: [{ ...aTarget(THERE, 'go'), reach }] })))).toMatchObject({
      reach,
      ofRef: { isSame: false },
    })
  })

  it('has the settings of that commit', () =>
    expect(partner(planned(other({ targets: [aTarget(THERE, 'go', { FAST: '1' })] })))).toMatchObject({
      environment: { FAST: '1' },
      ofRef: { isSame: false },
    }))

  it('has the services of that commit, within the caps of today', () => {
    const db = {
      ...aService,
      name: 'db',
      build: `${THERE}/compose/db`,
      memoryBytes: 1024 ** 3,
      environment: { NEW: '1' },
    }
    const plan = planned(
      other({ scenarios: [aScenario(THERE, { services: [db] })], unchanged: new Set(['targets/go']) }),
    )
    const [today] = plan.scenarios[0]?.services ?? []
    expect(partner(plan)?.ofRef).toMatchObject({
      isSame: false,
      services: [
        {
          name: 'db',
          build: '.bakeoff/against/0123456789abcdef/compose/db',
          image: 'bakeoff/against/01234567/db',
          caps: today?.caps,
          environment: { NEW: '1' },
        },
      ],
    })
  })

  it.each([
    {
      because: 'the target is not there',
      changes: { targets: [aTarget(THERE, 'rust')] },
      why: 'main has no target go',
    },
    {
      because: 'its file cannot be used',
      changes: {
        targets: [aTarget(THERE, 'rust')],
        broken: [
          { kind: 'target', name: 'go', file: 'f', message: 'targets/go/target.yaml: no port', hint: '' } as const,
        ],
      },
      why: 'in main its file cannot be used: targets/go/target.yaml: no port',
    },
    {
      because: 'it did not serve the scenario',
      changes: {
        targets: [
          aTarget(THERE, 'rust'),
          { ...aTarget(THERE, 'go'), variants: [{ ...aTarget(THERE, 'go').variants[0]!, scenarios: ['embed'] }] },
        ],
      },
      why: 'in main it does not serve predict',
    },
    {
      because: 'it runs on services of its own there',
      changes: {
        targets: [
          aTarget(THERE, 'rust'),
          { ...aTarget(THERE, 'go'), variants: [{ ...aTarget(THERE, 'go').variants[0]!, services: { db: './own' } }] },
        ],
      },
      why: 'it runs on services of its own, and only those of a scenario are taken from another commit',
    },
  ])('is left out and named when $because', ({ changes, why }) => {
    const plan = planned(other(changes))
    expect(plan.against?.leftOut).toEqual([{ entry: 'predict/go/default', why }])
    expect(plan.warnings.map((warning) => warning.what)).toContain('predict/go/default is not compared with main')
    expect(partner(plan)).toBeUndefined()
    expect(partner(plan, 'rust')).toBeDefined()
  })

  it('is refused with every reason when no entry has one', () =>
    expect(() => planned(other({ targets: [] }))).toThrowError(
      expect.objectContaining({
        code: 'BAD_SPEC',
        message: expect.stringContaining('predict/rust/default: main has no'),
      }),
    ))

  it('is warned of where its work or what both are built with differs', () => {
    const { warnings } = planned(
      other({ scenarios: [aScenario(THERE, { workDigest: 'other work' })], shared: ['compose/toolchains'] }),
    )
    expect(warnings.map(({ what }) => what)).toEqual(
      expect.arrayContaining(['predict has other requests or answers in main', 'compose/toolchains differ in main']),
    )
  })

  it('comes along when its partner alone is measured again', () => {
    const first = planned(other())
    const again = replayPlan({
      ...first,
      first,
      cells: ['predict/go/default'],
      git: { commit: null, dirty: null },
      warnings: [],
    })
    expect(again.entries.map(({ id }) => id)).toEqual(['predict/go/default', 'predict/go/default.against'])
    expect(again.against).toEqual(first.against)
  })

  it('is no part of a plan without one', () => {
    const plan = planned(null)
    expect(plan.entries.some(({ ofRef }) => ofRef)).toBe(false)
    expect('against' in plan).toBe(false)
  })
})
