import type { LoadSpec, PlannedScenario, RepetitionRecord } from '@bakeoff/model'
import { describe, expect, it } from 'vitest'
import { requestsOf, runPlan } from '../src/index.js'
import { anEntry, aPlan, aRun, aScenario, fakePorts, imageOf, materials } from './builders.js'
import type { Faults } from './fakes.js'

const GOOD = imageOf('good')
const none = { records: [], calibrations: [] }

interface Wanted {
  readonly faults?: Faults
  readonly scenario?: Partial<PlannedScenario>
  readonly repetitions?: number
  readonly secondInstrument?: boolean
  readonly method?: string
  readonly controller?: AbortController
}

async function run({
  faults = {},
  scenario = {},
  repetitions = 1,
  secondInstrument = true,
  method = 'GET',
  controller = new AbortController(),
}: Wanted = {}) {
  const ports = fakePorts(faults)
  const plan = aPlan([anEntry('good')], { scenario: aScenario(scenario), repetitions, secondInstrument })
  const corpus = materials.corpora.get('predict')!
  const requests = corpus.requests.map((request) => ({ ...request, method }))
  const corpora = new Map([['predict', { ...corpus, requests }]])
  const ended = await runPlan(
    aRun(plan, ports, { materials: { ...materials, corpora }, signal: controller.signal }),
    none,
  )
  const { records } = ports.sink
  return { plan, ended, ports, records, first: records[0] as RepetitionRecord }
}

describe('the second instrument', () => {
  it('repeats the main load on the same target and the cores of the agent, for as long', async () => {
    const { first, ports } = await run()
    expect(ports.second.orders).toEqual([
      {
        image: GOOD,
        cpuset: [0],
        order: {
          origin: expect.stringMatching(/^http:\/\/fake-\d+:8080$/),
          requests: materials.corpora.get('predict')!.requests,
          statuses: [200],
          connections: 64,
          cores: 1,
          seconds: 2,
          requestTimeoutMs: 10_000,
          seed: 1,
        },
      },
    ])
    expect(first.secondInstrument).toMatchObject({
      kind: 'measured',
      tool: 'wrk',
      loadId: 'closed-64',
      perSecond: 20_500,
    })
    expect(first.loads.map(({ loadId }) => loadId)).toEqual(['closed-64', 'closed-1'])
    expect(ports.host.started.at(-1)).toBe('wrk bakeoff/wrk')
    expect(ports.host.left).toEqual([])
  })

  it('is named with its image among those that ran, where it measured', async () => {
    const { records } = await run({ repetitions: 2 })
    expect(records.map(({ images }) => images?.['bakeoff/wrk'])).toEqual(['sha256:bakeoff/wrk', undefined])
  })

  it('comes once per entry and run, with the first repetition', async () => {
    const { records, ports } = await run({ repetitions: 3 })
    expect(records.map(({ secondInstrument }) => secondInstrument?.kind ?? null)).toEqual(['measured', null, null])
    expect(ports.second.orders).toHaveLength(1)
  })

  it('comes with the first repetition that gets through its loads', async () => {
    let warmUps = 0
    const dyingFirst: Faults = {
      atLoad: (_, index) => {
        if (index === 0) warmUps++
      },
      // Read at each load. The first warm-up of all is the null server's.
      get diesInLoad() {
        return warmUps === 2 ? { [GOOD]: 1 } : {}
      },
    }
    const { records } = await run({ repetitions: 3, faults: dyingFirst })
    expect(records.map(({ outcome }) => outcome.kind)).toEqual(['failed', 'measured', 'measured'])
    expect(records.map(({ secondInstrument }) => secondInstrument?.kind ?? null)).toEqual([null, 'measured', null])
  })

  it('does not come again when a run that has its figures is resumed', async () => {
    const { plan, records, ended } = await run({ repetitions: 2 })
    const ports = fakePorts()
    const before = { records: records.slice(0, 1), calibrations: ended.calibrations }
    await runPlan(aRun(plan, ports), before)
    expect(ports.sink.records.map(({ secondInstrument }) => secondInstrument)).toEqual([null])
  })

  it('is neither built nor started when the profile does without it', async () => {
    const { plan, first, ports } = await run({ secondInstrument: false })
    expect(first.secondInstrument).toBeNull()
    expect(ports.second.orders).toEqual([])
    expect(requestsOf(plan, materials).map(({ name }) => name)).not.toContain('bakeoff/wrk')
  })

  const batch: LoadSpec = { kind: 'batch', tasks: 100, concurrency: 10 }
  const rate: LoadSpec = { kind: 'rate', perSecond: 100, connections: 8, arrivals: 'constant' }
  it.each([
    { because: 'streams', wanted: { scenario: { stream: true } }, loadId: 'closed-64', reason: /streams/ },
    { because: 'a batch', wanted: { scenario: { loads: [batch] } }, loadId: 'batch-100x10', reason: /batch/ },
    {
      because: 'no closed load',
      wanted: { scenario: { loads: [rate] } },
      loadId: 'rate-100',
      reason: /no closed load/,
    },
    { because: 'a HEAD request', wanted: { method: 'HEAD' }, loadId: 'closed-64', reason: /HEAD/ },
  ])('says that it cannot do $because', async ({ wanted, loadId, reason }) => {
    const { first, ports } = await run(wanted)
    expect(first.outcome).toEqual({ kind: 'measured' })
    expect(first.secondInstrument).toEqual({
      kind: 'unsupported',
      tool: 'wrk',
      loadId,
      reason: expect.stringMatching(reason),
    })
    expect(ports.second.orders).toEqual([])
    expect(ports.host.started.some((name) => name.startsWith('wrk'))).toBe(false)
  })
})

describe('the second instrument, when something goes wrong', () => {
  it.each([
    { because: 'its image does not build', faults: { build: ['bakeoff/wrk'] }, reason: /bakeoff\/wrk did not build/ },
    { because: 'its image cannot be had here', faults: { unsupported: ['bakeoff/wrk'] }, reason: /cannot be reached/ },
    { because: 'it does not start', faults: { start: ['bakeoff/wrk'] }, reason: /wrk did not start/ },
    {
      because: 'it gives no figures',
      faults: { secondInstrument: { [GOOD]: 'no-figures' as const } },
      reason: /^no figures: it ended; its last words: last words of wrk$/,
    },
    {
      because: 'the target ends under it',
      faults: { secondInstrument: { [GOOD]: 'target-dies' as const } },
      reason: /^target ended with exit code 137 under wrk$/,
    },
  ])('leaves the repetition measured when $because', async ({ faults, reason }) => {
    const { ended, first, ports } = await run({ faults })
    expect(first.outcome).toEqual({ kind: 'measured' })
    expect(first.loads).toHaveLength(2)
    expect(first.secondInstrument).toEqual({
      kind: 'failed',
      tool: 'wrk',
      loadId: 'closed-64',
      reason: expect.stringMatching(reason),
    })
    expect(ended.status).toBe('complete')
    expect(ports.host.left).toEqual([])
  })

  it('ends with the run, and leaves nothing, when it is interrupted', async () => {
    const controller = new AbortController()
    const faults = { atSecondInstrument: () => controller.abort(new Error('interrupted')) }
    const { ended, first, ports } = await run({ faults, controller })
    expect(ended).toMatchObject({ status: 'aborted', reason: 'interrupted' })
    expect(first).toMatchObject({ outcome: { kind: 'aborted', reason: 'interrupted' }, secondInstrument: null })
    expect(first.loads).toHaveLength(2)
    expect(ports.host.left).toEqual([])
  })

  it('ends with the run when the engine is lost', async () => {
    const { ended, first } = await run({ faults: { secondInstrument: { [GOOD]: 'engine-lost' } } })
    expect(ended.status).toBe('aborted')
    expect(first.outcome).toMatchObject({ kind: 'aborted', reason: 'the engine does not answer any more' })
  })
})
