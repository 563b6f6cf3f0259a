import { loadIdOf, type Plan, type ScenarioSpec } from '@bakeoff/model'
import { describe, expect, it } from 'vitest'
import { type Catalogue, type PlanRequest, parseMatrix, planMatrix, windowRulesOf } from '../../src/index.js'
import { levelWindowMs } from '../../src/plan/service-levels.js'
import { aPlanRequest } from '../builders.js'
import { aScenarioSpec } from '../specs.js'

const matrix = parseMatrix(
  'matrix.yaml',
  `profiles:
  default: { budget: 60m, repetitions: { min: 5, max: 8 }, warmUp: { min: 2s, max: 10s }, window: 5s, curve: 6 }
  quick: { budget: 5m, repetitions: { min: 1, max: 1 }, warmUp: { min: 1s, max: 2s }, window: 2s, onlyMainLoad: true }
`,
  [],
)

const asked = { perSecond: 200, p95Ms: null, p99Ms: 30, errors: null }

/** The plan of two scenarios that one target serves. */
function plan(changes: Partial<PlanRequest> = {}, own: Partial<ScenarioSpec> = {}) {
  const scenarios = [
    aScenarioSpec('predict', {
      loads: [
        { kind: 'closed', connections: 1 },
        { kind: 'closed', connections: 64 },
        { kind: 'open', fraction: 0.5, connections: 32, arrivals: 'constant' },
      ],
      connections: 32,
      arrivals: 'constant',
      ...own,
    }),
    aScenarioSpec('embed', { loads: [{ kind: 'closed', connections: 32 }] }),
  ]
  const catalogue: Catalogue = { broken: [], matrix, scenarios, claims: [], targets: [aTarget()] }
  return planMatrix(aPlanRequest(catalogue, changes))
}

function aTarget(): Catalogue['targets'][number] {
  const scenarios = ['predict', 'embed']
  const variant = { name: 'default', summary: '', env: {}, replicas: 1, proxy: null, command: null, scenarios }
  return {
    name: 'go',
    folder: '/p/targets/go',
    language: 'go',
    stack: ['x'],
    summary: 'go',
    scenarios,
    requires: [],
    readyTimeoutMs: 1000,
    variants: [{ ...variant, role: 'contender', alternative: false, standIn: null }],
    yaml: '',
    dockerfile: '',
  }
}

const loadsOf = ({ scenarios }: Plan) => Object.fromEntries(scenarios.map(({ id, loads }) => [id, loads.map(loadIdOf)]))
const predictOf = ({ scenarios }: Plan) => scenarios.find(({ id }) => id === 'predict')!

describe('--slo', () => {
  it('offers its rate to every target of the chosen scenarios, as each scenario offers rates', () => {
    const { scenarios } = plan({ levels: [asked] })
    expect(Object.fromEntries(scenarios.map(({ id, loads }) => [id, loads.at(-1)]))).toEqual({
      predict: { kind: 'rate', perSecond: 200, connections: 32, arrivals: 'constant' },
      embed: { kind: 'rate', perSecond: 200, connections: 1, arrivals: 'exponential' },
    })
    expect(scenarios.map(({ levels }) => levels)).toEqual([
      [{ ...asked, errors: 0.001 }],
      [{ ...asked, errors: 0.001 }],
    ])
  })

  it('adds no load where the scenario has it, and takes its errors from the scenario where it does not say', () => {
    const rate = { kind: 'rate', perSecond: 200, connections: 8, arrivals: 'constant' } as const
    const { loads, levels } = predictOf(
      plan(
        { levels: [asked] },
        { loads: [{ kind: 'closed', connections: 1 }, rate], slo: { p99Ms: 50, errors: 0.01 } },
      ),
    )
    expect(loads).toEqual([{ kind: 'closed', connections: 1 }, rate])
    expect(levels).toEqual([{ ...asked, errors: 0.01 }])
  })

  it('is asked in a smoke run too, where the rate of a file is not', () => {
    const file = { levels: [{ ...asked, perSecond: 300, errors: 0 }] }
    expect(loadsOf(plan({ profile: 'quick', levels: [asked] }, file)).predict).toEqual(['closed-64', 'rate-200'])
    expect(loadsOf(plan({}, file)).predict).toContain('rate-300')
    expect(predictOf(plan({}, file)).levels).toEqual([{ ...asked, perSecond: 300, errors: 0 }])
  })

  it('takes the place of what a file asks for at the same rate', () =>
    expect(predictOf(plan({ levels: [asked] }, { levels: [{ ...asked, p99Ms: 99, errors: 0 }] })).levels).toEqual([
      { ...asked, errors: 0.001 },
    ]))

  it('makes windows long enough to know its percentile, also where arrivals are few by chance', () => {
    expect(levelWindowMs({ ...asked, errors: 0 })).toBe(5491)
    expect(levelWindowMs({ ...asked, p99Ms: null, p95Ms: 10, errors: 0 })).toBe(1220)
    expect(levelWindowMs({ ...asked, p99Ms: null, errors: 0 })).toBe(0)
    const made = plan({ levels: [asked], profile: 'quick' })
    const of = (loadId: string) => windowRulesOf(made.rules, predictOf(made), loadId)
    expect(of('rate-200').leastMs).toBe(5491)
    expect(of('closed-64').leastMs).toBe(2000)
  })

  it('says what cannot be answered: at a rate with too few answers, and with too few repetitions', () => {
    const slow = { ...asked, perSecond: 20 }
    const warned = plan({ levels: [slow], profile: 'quick' }).warnings.filter(({ what }) => what.startsWith('Too few'))
    expect(warned.map(({ todo }) => todo)).toEqual([
      'Take 5 at least: --repetitions 5.',
      'Measure longer: --window 55s.',
      'Measure longer: --window 55s.',
    ])
    expect(plan({ levels: [slow], windowMs: 55_000 }).warnings.map(({ what }) => what)).not.toContainEqual(
      expect.stringMatching(/^Too few/),
    )
  })
})

describe('--window', () => {
  it('takes the place of the profile’s window', () =>
    expect(plan({ windowMs: 10_000 }).rules).toMatchObject({ windowMs: 10_000, minRepetitions: 5 }))

  it.each([
    { windowMs: 999, says: /--window 999 ms is too short/ },
    { windowMs: 600_001, says: /--window 10 min is too long/ },
  ])('of $windowMs ms is refused', ({ windowMs, says }) => expect(() => plan({ windowMs })).toThrow(says))
})

describe('--load', () => {
  it('takes only the named loads of each scenario, and measures no curve', () => {
    const made = plan({ loads: ['closed-1', 'closed-32'] })
    expect(loadsOf(made)).toEqual({ predict: ['closed-1'], embed: ['closed-32'] })
    expect(made.rules.curveRates).toBe(0)
  })

  it('takes what a smoke run would leave out', () =>
    expect(loadsOf(plan({ profile: 'quick', loads: ['closed-1', 'closed-32'] })).predict).toEqual(['closed-1']))

  it('leaves what the command line adds', () =>
    expect(loadsOf(plan({ loads: ['closed-1', 'closed-32'], rates: [50], levels: [asked] }))).toEqual({
      predict: ['closed-1', 'rate-50', 'rate-200'],
      embed: ['closed-32', 'rate-50', 'rate-200'],
    }))

  it.each([
    { loads: ['closed-65'], says: /there is no load "closed-65"/, hint: /closed-64/ },
    { loads: ['nothing'], says: /there is no load "nothing"/, hint: /closed-32, closed-1, closed-64, open-0\.5/ },
    { loads: ['closed-64'], says: /embed has no load closed-64/, hint: /It has: closed-32.*--scenario/ },
    {
      loads: ['open-0.5', 'closed-32'],
      says: /predict with open-0\.5.*without a closed load/,
      hint: /closed load too/,
    },
  ])('$loads is refused', ({ loads, says, hint }) => {
    const refusal = () => plan({ loads })
    expect(refusal).toThrow(says)
    expect(refusal).toThrow(expect.objectContaining({ hint: expect.stringMatching(hint) }))
  })
})
