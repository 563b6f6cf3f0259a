import { BakeoffError, type PlannedScenario } from '@bakeoff/model'
import { describe, expect, it } from 'vitest'
import { buildImages, requestsOf } from '../src/index.js'
import { openTestbed } from '../src/testbed.js'
import { anEntry, aPlan, aRun, aScenario, aService, fakePorts, materials } from './builders.js'
import type { Faults } from './fakes.js'

const SCENARIO = aScenario({ services: [aService('postgres')] })
const PLAN = aPlan([anEntry('good')], { scenario: SCENARIO })

async function aTestbed() {
  const ports = fakePorts()
  const images = await buildImages(requestsOf(PLAN, materials), ports, new AbortController().signal)
  const testbed = await openTestbed(aRun(PLAN, ports, { images }), 'predict/good/default', SCENARIO)
  const container = (name: string) => [...ports.host.running].find((one) => one.name === name)!
  return { ports, testbed, container }
}

describe('a testbed', () => {
  it.each([
    {
      because: 'its agent ends',
      lose: 'end',
      code: 'AGENT_FAILED',
      message: 'the load agent ended with exit code 139',
    },
    {
      because: 'the engine is lost',
      lose: 'lose',
      code: 'ENGINE_LOST',
      message: 'the engine does not answer any more',
    },
  ] as const)('ends what is asked of others when $because', async ({ lose, code, message }) => {
    const { testbed, container } = await aTestbed()
    const asked = testbed.unlessLost(new Promise(() => {}))
    if (lose === 'end') container('agent').end(139)
    else container('agent').lose()
    await expect(asked).rejects.toMatchObject({ code, message })
  })

  it('gives the outcome of what is done before it is lost, also when that failed', async () => {
    const { testbed } = await aTestbed()
    expect(await testbed.unlessLost(Promise.resolve(7))).toBe(7)
    await expect(testbed.unlessLost(Promise.reject(new Error('no')))).rejects.toThrow('no')
  })

  it('removes what it holds before what was there earlier, and leaves nothing', async () => {
    const { testbed, ports } = await aTestbed()
    const left: string[][] = []
    testbed.hold({ [Symbol.asyncDispose]: async () => void left.push(ports.host.left) })
    await testbed[Symbol.asyncDispose]()
    expect(left).toEqual([['agent', 'postgres', 'network of predict/good/default']])
    expect(ports.host.left).toEqual([])
  })

  it('that cannot be opened leaves nothing either', async () => {
    const ports = fakePorts({ unhealthy: ['postgres'] })
    const images = await buildImages(requestsOf(PLAN, materials), ports, new AbortController().signal)
    const needed: PlannedScenario = {
      ...SCENARIO,
      targetDependsOn: [{ service: 'postgres', condition: 'service_healthy' }],
    }
    const opening = openTestbed(aRun(PLAN, ports, { images }), 'predict/good/default', needed)
    await expect(opening).rejects.toMatchObject({ code: 'SERVICE_DIED' })
    expect(ports.host.left).toEqual([])
  })
})

describe('a service that others wait to end', () => {
  const services = [aService('migration', { healthcheck: null }), aService('postgres')]
  const needed = aScenario({
    services,
    targetDependsOn: [{ service: 'migration', condition: 'service_completed_successfully' }],
  })
  const open = async (faults: Faults) => {
    const plan = aPlan([anEntry('good')], { scenario: needed })
    const ports = fakePorts(faults)
    const images = await buildImages(requestsOf(plan, materials), ports, new AbortController().signal)
    return { ports, opening: openTestbed(aRun(plan, ports, { images }), 'predict/good/default', needed) }
  }

  it('has ended with 0 when the testbed is open', async () => {
    const { opening } = await open({ endsAtOnce: { migration: 0 } })
    expect((await opening).serviceWatch.deaths).toEqual([])
  })

  it.each([
    { because: 'it fails', faults: { endsAtOnce: { migration: 3 } }, says: 'migration ended with exit code 3, and' },
    { because: 'it does not end', faults: {}, says: 'migration has not ended within 10 min, and others wait' },
  ])('is blamed, and nothing is left, when $because', async ({ faults, says }) => {
    const { opening, ports } = await open(faults)
    await expect(opening).rejects.toMatchObject({ code: 'SERVICE_DIED', message: expect.stringContaining(says) })
    expect(ports.host.left).toEqual([])
  })
})

describe('a run', () => {
  it('tells events with their kind and time first, by the clock of the machine', async () => {
    const ports = fakePorts()
    ports.clock.set(1000)
    aRun(PLAN, ports).emit({ kind: 'note', level: 'info', message: 'hello' })
    expect(JSON.stringify(ports.sink.events)).toBe(
      '[{"kind":"note","at":"2026-01-01T00:00:01.000Z","level":"info","message":"hello"}]',
    )
  })

  it('asks once for an image, and says why one could not be had whenever it is needed', async () => {
    const { images } = aRun(PLAN, fakePorts())
    const wanted = ['a', 'b', 'c'].map((name) => ({ name, folder: null, requires: [] }))
    const why = new BakeoffError('BUILD_FAILED', 'no such crate')
    images.add(new Map([['b', { error: why }]]))
    expect(images.missing(wanted).map(({ name }) => name)).toEqual(['a', 'c'])
    expect(() => images.need('b')).toThrow(why)
    expect(() => images.of('b')).toThrow(why)
    expect(() => images.of('a')).toThrow('a was not asked for')
  })
})
