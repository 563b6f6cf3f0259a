import type { Plan, RunEvent } from '@bakeoff/model'
import { BakeoffError } from '@bakeoff/model'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  buildImages,
  type ImageEvent,
  type ImageRequest,
  type Materials,
  type Ports,
  type Run,
  runPlan,
} from '../src/index.js'
import { anEntry, aPlan, aRun, aScenario, aService, fakePorts, materials as ofPredict } from './builders.js'
import type { Faults } from './fakes.js'

/** Which targets a scenario has, and which services. */
interface Made {
  readonly id: string
  readonly targets: readonly string[]
  readonly services?: readonly string[]
}

const THREE: readonly Made[] = [
  { id: 'predict', targets: ['a', 'b'] },
  { id: 'chat', targets: ['c', 'd'], services: ['upstream'] },
  { id: 'ranknet', targets: ['e', 'f'], services: ['postgres'] },
]
const OWN = ['bakeoff/load-agent', 'bakeoff/null-server']
const none = { records: [], calibrations: [] }

function planOf(made: readonly Made[], repetitions = 1): Plan {
  const scenarios = made.map(({ id, services = [] }) =>
    aScenario({ id, services: services.map((name) => aService(name)) }),
  )
  const entries = made.flatMap(({ id, targets }) =>
    targets.map((target) => anEntry(target, { id: `${id}/${target}/default`, scenario: id })),
  )
  const rounds = Array.from({ length: repetitions }, (_, index) => index + 1)
  return {
    ...aPlan(entries, { repetitions }),
    scenarios,
    blocks: rounds.flatMap((repetition) =>
      made.map(({ id }) => ({
        id: `${id}#${repetition}`,
        scenario: id,
        repetition,
        order: entries.filter(({ scenario }) => scenario === id).map((entry) => entry.id),
      })),
    ),
  }
}

function materialsOf({ scenarios }: Plan): Materials {
  const corpus = ofPredict.corpora.get('predict')!
  return { ...ofPredict, corpora: new Map(scenarios.map(({ id }) => [id, corpus])) }
}

function runOf(plan: Plan, ports: Ports, signal = new AbortController().signal): Run {
  return aRun(plan, ports, { materials: materialsOf(plan), signal })
}

/** What a run did in its order: `stage chat#1 building`, `image bakeoff/caddy`, `start target chat/c/default`. */
async function run(plan: Plan, faults: Faults = {}, before: Parameters<typeof runPlan>[1] = none) {
  const log: string[] = []
  const controller = new AbortController()
  const ports = fakePorts({
    ...faults,
    atImage: (name) => {
      log.push(`image ${name}`)
      faults.atImage?.(name)
    },
    atStart: (request, testbed) => {
      log.push(`start ${request.name} ${testbed}`)
      faults.atStart?.(request, testbed)
    },
  })
  const note = ports.sink.event.bind(ports.sink)
  ports.sink.event = (event: RunEvent) => {
    if (event.kind === 'stage') log.push(`stage ${event.scenario}#${event.repetition} ${event.state}`)
    note(event)
  }
  const ended = await runPlan(runOf(plan, ports, controller.signal), before)
  return { ended, ports, log, controller, images: imagesOf(log) }
}

const imagesOf = (log: readonly string[]) =>
  log.filter((line) => line.startsWith('image ')).map((line) => line.replace('image ', ''))
const stagesOf = (log: readonly string[]) =>
  log.filter((line) => line.startsWith('stage ')).map((line) => line.replace('stage ', ''))

describe('the images of a run', () => {
  it('are built block by block, each once, before the block that needs them is measured', async () => {
    const { log } = await run(planOf(THREE))
    const until = (stage: string) => imagesOf(log.slice(0, log.indexOf(`stage ${stage} measuring`)))
    const predict = [...OWN, 'bakeoff/target/a', 'bakeoff/target/b']
    const chat = ['bakeoff/upstream', 'bakeoff/target/c', 'bakeoff/target/d']
    const ranknet = ['bakeoff/postgres', 'bakeoff/target/e', 'bakeoff/target/f']
    expect(until('predict#1')).toEqual(predict)
    expect(until('chat#1')).toEqual([...predict, ...chat])
    expect(until('ranknet#1')).toEqual([...predict, ...chat, ...ranknet])
  })

  it('of the proxy and of the second instrument come with the first block that needs them', async () => {
    const plan = planOf(THREE)
    const entries = plan.entries.map((entry) =>
      entry.scenario === 'ranknet' ? { ...entry, proxy: 'caddy' as const } : entry,
    )
    const scenarios = plan.scenarios.map((one) => (one.id === 'predict' ? { ...one, stream: true } : one))
    const rules = { ...plan.rules, secondInstrument: true }
    const { log } = await run({ ...plan, entries, scenarios, rules })
    const first = (image: string) => log.slice(0, log.indexOf(`image ${image}`)).findLast((line) => /^stage/.test(line))
    expect(first('bakeoff/wrk'), 'wrk does not know streams').toBe('stage chat#1 building')
    expect(first('bakeoff/caddy')).toBe('stage ranknet#1 building')
  })

  it('are never built while something is measured, and nothing is measured before its own are there', async () => {
    const target = fc.constantFrom('a', 'b', 'c', 'd', 'e')
    const services = fc.uniqueArray(fc.constantFrom('postgres', 'upstream'), { maxLength: 2 })
    const scenario = fc.record({ targets: fc.uniqueArray(target, { minLength: 1, maxLength: 3 }), services })
    const cases = fc.record({
      made: fc.array(scenario, { minLength: 1, maxLength: 4 }),
      repetitions: fc.integer({ min: 1, max: 3 }),
      broken: fc.uniqueArray(target, { maxLength: 2 }),
    })
    await fc.assert(
      fc.asyncProperty(cases, async ({ made, repetitions, broken }) => {
        const plan = planOf(
          made.map((one, index) => ({ id: `s${index}`, ...one })),
          repetitions,
        )
        const { log, images } = await run(plan, { build: broken.map((name) => `bakeoff/target/${name}`) })
        let state = 'over'
        for (const line of log) {
          if (line.startsWith('stage ')) state = line.split(' ')[2] as string
          if (line.startsWith('image ')) expect(state, line).toBe('building')
          if (line.startsWith('start ')) expect(state, line).toBe('measuring')
        }
        expect(new Set(images).size, 'each once').toBe(images.length)
        const order = ['building', 'measuring', 'over']
        expect(stagesOf(log).map((stage) => stage.split(' ')[1])).toEqual(
          Array.from({ length: stagesOf(log).length }, (_, index) => order[index % 3]),
        )
      }),
      { numRuns: 25 },
    )
  })
})

describe('a build that fails in the third scenario', () => {
  it('fails its own entry, and stops nothing before it, beside it or after it', async () => {
    const after = { id: 'embed', targets: ['g'] }
    const { ended, ports } = await run(planOf([...THREE, after]), { build: ['bakeoff/target/e'] })
    const outcomes = Object.fromEntries(ports.sink.records.map(({ entry, outcome }) => [entry.split('/')[1], outcome]))
    expect(outcomes.e).toMatchObject({ kind: 'failed', stage: 'build', error: { code: 'BUILD_FAILED' } })
    for (const name of ['a', 'b', 'c', 'd', 'f', 'g']) expect(outcomes[name], name).toEqual({ kind: 'measured' })
    expect(ended).toMatchObject({ status: 'partial', reason: 'not measured: ranknet/e/default' })
  })

  it('of a service fails the entries of its scenario', async () => {
    const { ports } = await run(planOf(THREE), { build: ['bakeoff/postgres'] })
    expect(ports.sink.records.map(({ entry, outcome }) => `${entry.split('/')[0]} ${outcome.kind}`)).toEqual([
      'predict measured',
      'predict measured',
      'chat measured',
      'chat measured',
      'ranknet failed',
      'ranknet failed',
    ])
  })

  it('is not tried again in the next repetition', async () => {
    const { images } = await run(planOf(THREE, 3), { build: ['bakeoff/target/e'] })
    expect(images.filter((name) => name === 'bakeoff/target/e')).toHaveLength(1)
  })

  it('because the engine is lost ends the run with what was measured, and the rest is measured when it goes on', async () => {
    const plan = planOf(THREE)
    const lost = await run(plan, {
      atImage: (name) => {
        if (name === 'bakeoff/target/e') throw new BakeoffError('ENGINE_LOST', 'the engine does not answer any more')
      },
    })
    expect(lost.ended).toMatchObject({ status: 'aborted', reason: 'the engine does not answer any more' })
    expect(lost.ports.sink.records.map(({ outcome }) => outcome.kind)).toEqual([
      ...Array(4).fill('measured'),
      ...Array(2).fill('aborted'),
    ])
    const { records, calibrations } = lost.ended
    const again = await run(plan, {}, { records, calibrations })
    expect(again.ended.status).toBe('complete')
    expect(stagesOf(again.log)).toEqual(['ranknet#1 building', 'ranknet#1 measuring', 'ranknet#1 over'])
  })
})

describe('a run that is stopped between two scenarios', () => {
  it('goes on with the next, and builds nothing that is measured already', async () => {
    const plan = planOf(THREE)
    const controller = new AbortController()
    const ports = fakePorts()
    const note = ports.sink.event.bind(ports.sink)
    ports.sink.event = (event: RunEvent) => {
      note(event)
      if (event.kind === 'stage' && event.scenario === 'predict' && event.state === 'over')
        controller.abort(new Error('interrupted'))
    }
    const { records, calibrations } = await runPlan(runOf(plan, ports, controller.signal), none)
    expect(records.map(({ outcome }) => outcome.kind)).toEqual([
      ...Array(2).fill('measured'),
      ...Array(4).fill('aborted'),
    ])
    const { ended, log, images } = await run(plan, {}, { records, calibrations })
    expect(ended.status).toBe('complete')
    expect(stagesOf(log)[0]).toBe('chat#1 building')
    expect(images).toEqual(expect.arrayContaining([...OWN, 'bakeoff/target/c', 'bakeoff/target/f']))
    expect(images.filter((name) => /target\/[ab]$/.test(name))).toEqual([])
  })

  it('may be stopped while the next one is built', async () => {
    const plan = planOf(THREE)
    const controller = new AbortController()
    const ports = fakePorts({
      atImage: (name) => {
        if (name !== 'bakeoff/target/c') return
        controller.abort(new Error('interrupted'))
        throw controller.signal.reason
      },
    })
    const { status, records } = await runPlan(runOf(plan, ports, controller.signal), none)
    expect(status).toBe('aborted')
    expect(records.map(({ outcome }) => outcome.kind)).toEqual([
      ...Array(2).fill('measured'),
      ...Array(4).fill('aborted'),
    ])
    expect(ports.host.left).toEqual([])
  })
})

describe('stages', () => {
  it('are told with their place among those of their repetition', async () => {
    const { ports } = await run(planOf(THREE, 2))
    const told = ports.sink.events.flatMap((event) => (event.kind === 'stage' ? [event] : []))
    expect(told.filter(({ state }) => state === 'measuring')).toMatchObject([
      { scenario: 'predict', repetition: 1, number: 1, of: 3 },
      { scenario: 'chat', repetition: 1, number: 2, of: 3 },
      { scenario: 'ranknet', repetition: 1, number: 3, of: 3 },
      { scenario: 'predict', repetition: 2, number: 1, of: 3 },
      { scenario: 'chat', repetition: 2, number: 2, of: 3 },
      { scenario: 'ranknet', repetition: 2, number: 3, of: 3 },
    ])
  })

  it('are told only of blocks that have something to do', async () => {
    const { log } = await run(planOf(THREE, 2), { build: ['bakeoff/target/c', 'bakeoff/target/d'] })
    expect(stagesOf(log).filter((stage) => stage.endsWith('over'))).toEqual(
      ['predict#1', 'chat#1', 'ranknet#1', 'predict#2', 'ranknet#2'].map((id) => `${id} over`),
    )
  })
})

describe('the budget', () => {
  /** Every build takes ten hours of a budget of one. */
  const slow = () => {
    const clock: { advance: (ms: number) => void } = { advance: () => {} }
    return { clock, faults: { atImage: () => clock.advance(36_000_000) } satisfies Faults }
  }

  it('is of measuring: what is built meanwhile takes nothing of it', async () => {
    const plan = planOf(THREE, 3)
    const { clock, faults } = slow()
    const ports = fakePorts(faults)
    clock.advance = (ms) => ports.clock.advance(ms)
    const ended = await runPlan(runOf(plan, ports), none)
    expect(ended.status).toBe('complete')
    expect(ports.sink.records).toHaveLength(18)
    const left = ports.sink.events.flatMap((event) => (event.kind === 'repetition' ? [event.leftMs] : []))
    expect(left.at(-2), 'one repetition is left').toBeGreaterThan(0)
    expect(left.at(-1)).toBe(0)
  })

  it('has spent what was measured before the run went on, and nothing else', async () => {
    const plan = planOf(THREE, 2)
    const first = await run(planOf(THREE, 1))
    const { clock, faults } = slow()
    const ports = fakePorts(faults)
    clock.advance = (ms) => ports.clock.advance(ms)
    const before = { records: first.ended.records, calibrations: first.ended.calibrations }
    await runPlan(runOf(plan, ports), before)
    expect(ports.sink.records, 'the second repetition').toHaveLength(6)
    const tired = before.records.map((one, index) =>
      index === 0 ? { ...one, startedAt: '2025-12-31T22:00:00.000Z' } : one,
    )
    const spent = await run(plan, {}, { ...before, records: tired })
    expect(spent.ports.sink.records).toEqual([])
  })
})

describe('buildImages tells of', () => {
  const stateOf = async (events: readonly ImageEvent[], cached: boolean) => {
    const ports = fakePorts()
    const ensure = ports.host.ensureImage.bind(ports.host)
    const host = Object.assign(ports.host, {
      ensureImage: async (request: ImageRequest, _: AbortSignal, tell?: (event: ImageEvent) => void) => {
        for (const event of events) tell?.(event)
        return { ...(await ensure(request)), cached }
      },
    })
    await buildImages([{ name: 'x', folder: '/x', requires: [] }], { ...ports, host }, new AbortController().signal)
    return ports.sink.events.flatMap((event) =>
      event.kind === 'image'
        ? [
            {
              image: event.image,
              state: event.state,
              step: event.step ?? null,
              expectedSeconds: event.expectedSeconds ?? null,
            },
          ]
        : [],
    )
  }
  const quiet = { image: 'x', step: null, expectedSeconds: null }

  it('a build with its steps and how long it is expected to take', async () => {
    const events = [
      { state: 'building', image: 'x', expectedSeconds: 90 },
      { state: 'step', image: 'x', number: 2, of: 7 },
      { state: 'log', image: 'x', line: 'compiling' },
    ] as const
    expect(await stateOf(events, false)).toEqual([
      { ...quiet, state: 'building', expectedSeconds: 90 },
      { ...quiet, state: 'building', step: { number: 2, of: 7 } },
      { state: 'built', ...quiet },
    ])
  })

  it('an image that it stands on, under that one’s name', async () => {
    const events = [
      { state: 'building', image: 'toolchain', expectedSeconds: null },
      { state: 'built', image: 'toolchain', seconds: 5 },
      { state: 'pulled', image: 'debian', seconds: 5 },
    ] as const
    expect(await stateOf(events, false)).toEqual([
      { ...quiet, image: 'toolchain', state: 'building' },
      { ...quiet, image: 'toolchain', state: 'built' },
      { ...quiet, image: 'debian', state: 'pulled' },
      { ...quiet, state: 'built' },
    ])
  })

  it.each([
    { because: 'what is there', events: [], cached: true, states: ['cached'] },
    {
      because: 'what was pulled instead of built',
      events: [{ state: 'pulled', image: 'x', seconds: 3 }] as const,
      cached: true,
      states: ['pulled'],
    },
  ])('$because', async ({ events, cached, states }) => {
    expect((await stateOf(events, cached)).map(({ state }) => state)).toEqual(states)
  })
})
