import { describe, expect, it } from 'vitest'
import { buildImages, requestsOf, runPlan } from '../src/index.js'
import { anEntry, aPlan, aRun, aScenario, aService, fakePorts, imageOf, materials } from './builders.js'
import type { Faults } from './fakes.js'

const BAD = imageOf('bad')
const none = { records: [], calibrations: [] }
const two = () => aPlan([anEntry('bad'), anEntry('good')])

async function run(faults: Faults, plan = two(), controller = new AbortController()) {
  const ports = fakePorts(faults)
  const ended = await runPlan(aRun(plan, ports, { signal: controller.signal }), none)
  return { ended, ports, outcome: (target: string) => ports.sink.records.find(({ entry }) => entry.includes(target))! }
}

describe('runPlan, when one target goes wrong', () => {
  it.each<{ because: string; faults: Faults; outcome: object }>([
    {
      because: 'its image does not build',
      faults: { build: [BAD] },
      outcome: { kind: 'failed', stage: 'build', error: { code: 'BUILD_FAILED', logTail: ['error: no such crate'] } },
    },
    {
      because: 'what it requires cannot be reached',
      faults: { unsupported: [BAD] },
      outcome: { kind: 'unsupported', reason: 'hex cannot be reached' },
    },
    {
      because: 'it does not start',
      faults: { start: [BAD] },
      outcome: { kind: 'failed', stage: 'start', error: { code: 'START_FAILED' } },
    },
    {
      because: 'it is never ready',
      faults: { neverReady: [BAD] },
      outcome: { kind: 'failed', stage: 'ready', error: { code: 'NOT_READY', logTail: ['last words of target'] } },
    },
    {
      because: 'it ends before it is ready',
      faults: { diesEarly: [BAD] },
      outcome: {
        kind: 'failed',
        stage: 'ready',
        error: { code: 'NOT_READY', message: 'predict/bad/default: target ended with exit code 1 before it was ready' },
      },
    },
    {
      because: 'it answers wrongly',
      faults: { wrongAnswers: [BAD] },
      outcome: { kind: 'failed', stage: 'verify', error: { code: 'WRONG_ANSWERS' } },
    },
    {
      because: 'it dies while it is verified, and its connections break',
      faults: { diesInVerify: { [BAD]: 'no answers' } },
      outcome: {
        kind: 'failed',
        stage: 'verify',
        error: {
          code: 'TARGET_DIED',
          message: 'predict/bad/default: target ended with exit code 137 while it was verified',
        },
      },
    },
    {
      because: 'it dies while it is verified, and nothing more is heard of it',
      faults: { diesInVerify: { [BAD]: 'silence' } },
      outcome: { kind: 'failed', stage: 'verify', error: { code: 'TARGET_DIED' } },
    },
    {
      because: 'it dies while it warms up',
      faults: { diesSettling: { [BAD]: 0 } },
      outcome: { kind: 'failed', stage: 'warm-up', error: { code: 'TARGET_DIED' } },
    },
    {
      because: 'it dies under load',
      faults: { diesInLoad: { [BAD]: 1 } },
      outcome: { kind: 'failed', stage: 'load', error: { code: 'TARGET_DIED' } },
    },
    {
      because: 'the agent crashes',
      faults: { agentCrashes: { [BAD]: 1 } },
      outcome: { kind: 'failed', stage: 'load', error: { code: 'AGENT_FAILED' } },
    },
  ])('records that $because, leaves nothing, and measures the next', async ({ faults, outcome: expected }) => {
    const { ended, ports, outcome } = await run(faults)
    expect(outcome('bad').outcome).toMatchObject(expected)
    expect(outcome('good').outcome).toEqual({ kind: 'measured' })
    expect(ports.host.left).toEqual([])
    expect(ended.status).toBe('partial')
  })

  it('keeps the load that was complete, and the one in which it died', async () => {
    const { outcome } = await run({ diesInLoad: { [BAD]: 1 } })
    expect(outcome('bad').loads.map(({ loadId, deaths }) => ({ loadId, deaths }))).toEqual([
      { loadId: 'closed-64', deaths: 0 },
      { loadId: 'closed-1', deaths: 1 },
    ])
  })

  it('has no figures of a load in which it died before the window was opened', async () => {
    const { outcome } = await run({ diesSettling: { [BAD]: 1 } })
    expect(outcome('bad').loads.map(({ loadId }) => loadId)).toEqual(['closed-64'])
    expect(outcome('bad').outcome).toMatchObject({ kind: 'failed', stage: 'load', error: { code: 'TARGET_DIED' } })
  })

  it('knows of a death that is told when the load has ended', async () => {
    const { outcome } = await run({ diesAtEnd: { [BAD]: 1 } })
    expect(outcome('bad').loads.map(({ deaths }) => deaths)).toEqual([0, 1])
    expect(outcome('bad').outcome).toMatchObject({ kind: 'failed', stage: 'load', error: { code: 'TARGET_DIED' } })
  })

  it('keeps the answers that differ', async () => {
    const { outcome } = await run({ wrongAnswers: [BAD] })
    expect(outcome('bad').verification?.golden).toMatchObject({
      total: 3,
      right: 2,
      differences: [{ actual: 'Iris-Virginica' }],
    })
  })

  it('does not try again what cannot succeed, and repeats what may', async () => {
    const plan = aPlan([anEntry('bad'), anEntry('good')], { repetitions: 3 })
    const never = await run({ neverReady: [BAD] }, plan)
    expect(never.ports.sink.records.map(({ entry }) => entry.split('/')[1])).toEqual(['bad', 'good', 'good', 'good'])
    const dies = await run({ diesInLoad: { [BAD]: 1 } }, plan)
    expect(dies.ports.sink.records.filter(({ entry }) => entry.includes('bad'))).toHaveLength(3)
  })
})

describe('what runPlan tells of a repetition', () => {
  const told = ({ ports }: Awaited<ReturnType<typeof run>>, target: string) =>
    ports.sink.events.find((event) => event.kind === 'repetition' && event.entry.includes(target))

  it('says which of its figures do not count, and why', async () => {
    const silent = await run({ silent: [BAD] })
    expect(told(silent, 'bad')).toMatchObject({
      outcome: 'measured',
      figures: ['closed-64', 'closed-1'].map((loadId) => ({
        loadId,
        throughput: 0,
        invalid: 'there was no right answer at all',
      })),
    })
    expect(told(silent, 'good')).toMatchObject({ figures: [{ invalid: null }, { invalid: null }] })
  })

  it('has no p99 of fewer answers than one needs', async () => {
    expect(told(await run({}), 'good')).toMatchObject({ figures: [{ p99Ms: null }, { p99Ms: null }] }) // of 100
  })

  it('has the reason of a failure', async () => {
    const failed = await run({ neverReady: [BAD] })
    expect(told(failed, 'bad')).toMatchObject({
      outcome: 'failed',
      message: expect.stringMatching(/^ready: predict\/bad\/default did not answer 200 on GET \/health within 5 s: /),
    })
  })
})

describe('runPlan, when a service goes away', () => {
  const scenario = aScenario({ services: [aService('postgres')] })
  const plan = aPlan([anEntry('bad'), anEntry('good')], { scenario })
  const service = 'postgres'

  it.each([
    { because: 'it ends while golden answers are asked', faults: { service, at: 'verify' }, stage: 'verify' },
    {
      because: 'it is frozen while golden answers are asked',
      faults: { service, at: 'verify', paused: true },
      stage: 'verify',
    },
    { because: 'it ends before the target is ready', faults: { service, at: 'ready' }, stage: 'ready' },
    { because: 'it hangs before the target is ready', faults: { service, at: 'ready', hangs: true }, stage: 'ready' },
    { because: 'it ends in the warm-up', faults: { service, at: 0, settling: true }, stage: 'warm-up' },
    { because: 'it ends under load', faults: { service, at: 1 }, stage: 'load' },
    { because: 'it is frozen under load', faults: { service, at: 1, paused: true }, stage: 'load' },
    { because: 'its end is told when the load has ended', faults: { service, at: 1, late: true }, stage: 'load' },
    { because: 'the target ends with it', faults: { service, at: 1, takesTarget: true, late: true }, stage: 'load' },
    {
      because: 'it hangs while golden answers are asked',
      faults: { service, at: 'verify', hangs: true },
      stage: 'verify',
    },
    { because: 'it hangs in the warm-up', faults: { service, at: 0, settling: true, hangs: true }, stage: 'load' },
    { because: 'it hangs under load', faults: { service, at: 1, hangs: true }, stage: 'load' },
  ] as const)('blames the service and not the target when $because', async ({ faults, stage }) => {
    const { ended, ports, outcome } = await run({ serviceEnds: { ...faults, times: 2 } }, plan)
    const how =
      'paused' in faults
        ? 'was paused'
        : 'hangs' in faults
          ? 'did not pass its health check any more'
          : 'ended with exit code 137'
    expect(outcome('bad').outcome).toMatchObject({
      kind: 'failed',
      stage,
      error: {
        code: 'SERVICE_DIED',
        message: `postgres ${how} while predict/bad/default was measured`,
        logTail: ['last words of postgres'],
      },
    })
    expect(outcome('bad').verification?.golden.differences ?? []).toEqual([])
    expect(outcome('good').outcome).toEqual({ kind: 'measured' })
    expect(ports.host.left).toEqual([])
    expect(ended).toMatchObject({ status: 'partial', reason: 'not measured: predict/bad/default' })
  })

  it('keeps the loads that were complete, and marks the one in which it went', async () => {
    const { outcome } = await run({ serviceEnds: { service, at: 1, takesTarget: true, late: true, times: 2 } }, plan)
    expect(outcome('bad').loads.map(({ loadId, serviceDeaths }) => ({ loadId, serviceDeaths }))).toEqual([
      { loadId: 'closed-64', serviceDeaths: [] },
      { loadId: 'closed-1', serviceDeaths: [{ service, exitCode: 137, oomKilled: false, paused: false }] },
    ])
  })

  it('ends a search for capacity in the probe in which it went', async () => {
    const loads = [
      { kind: 'closed', connections: 10 },
      { kind: 'capacity', connections: 32, p99Ms: 50, errors: 0.001, arrivals: 'constant' },
    ] as const
    const searching = aPlan([anEntry('bad')], { scenario: aScenario({ ...scenario, loads: [...loads] }) })
    const { outcome } = await run({ serviceEnds: { service, at: 2, times: 2 } }, searching)
    expect(outcome('bad').outcome).toMatchObject({ kind: 'failed', stage: 'load', error: { code: 'SERVICE_DIED' } })
    expect(outcome('bad').loads.at(-1)).toMatchObject({ loadId: 'capacity', serviceDeaths: [{ service }] })
    expect(outcome('bad').loads.at(-1)?.capacity?.probes).toHaveLength(2)
  })

  it.each([
    {
      because: 'it has no health check and ended with 0',
      changes: { healthcheck: null },
      exitCode: 0,
      kind: 'measured',
    },
    { because: 'it has no health check and failed', changes: { healthcheck: null }, exitCode: 1, kind: 'failed' },
    { because: 'it has a health check and ended with 0', changes: {}, exitCode: 0, kind: 'failed' },
  ])('is $kind when $because', async ({ changes, exitCode, kind }) => {
    const oneShot = aScenario({ services: [aService(service, changes)] })
    const { outcome } = await run(
      { serviceEnds: { service, at: 1, exitCode, times: 2 } },
      aPlan([anEntry('bad')], { scenario: oneShot }),
    )
    expect(outcome('bad').outcome.kind).toBe(kind)
  })

  it('measures the target again in the next block, though it failed before its load', async () => {
    const three = aPlan([anEntry('bad')], { scenario, repetitions: 3 })
    const { ended, ports } = await run({ serviceEnds: { service, at: 'verify', times: 2 } }, three)
    expect(ports.sink.records.map(({ outcome }) => outcome.kind)).toEqual(['failed', 'measured', 'measured'])
    expect(ended.status).toBe('complete')
  })

  it('measures that repetition again when the run goes on, and only that', async () => {
    const first = await run({ serviceEnds: { service, at: 1, times: 2 } }, plan)
    const ports = fakePorts()
    const before = { records: first.ports.sink.records, calibrations: first.ended.calibrations }
    const ended = await runPlan(aRun(plan, ports), before)
    expect(ports.sink.records.map(({ entry, outcome }) => [entry, outcome.kind])).toEqual([
      ['predict/bad/default', 'measured'],
    ])
    expect(ended.status).toBe('complete')
  })
})

describe('runPlan, when it is stopped', () => {
  it.each([0, 1])(
    'in load %i: what was measured is kept, the rest is recorded as aborted, nothing is left',
    async (index) => {
      const controller = new AbortController()
      const stop = (image: string, at: number) => {
        if (image === BAD && at === index) controller.abort(new Error('interrupted'))
      }
      const { ended, ports, outcome } = await run({ atLoad: stop }, two(), controller)
      expect(ended).toMatchObject({ status: 'aborted', reason: 'interrupted' })
      expect(outcome('bad').outcome).toEqual({ kind: 'aborted', reason: 'interrupted' })
      expect(outcome('bad').loads).toHaveLength(index)
      expect(outcome('good').outcome).toEqual({ kind: 'aborted', reason: 'interrupted' })
      expect(ports.host.left).toEqual([])
    },
  )

  it('before anything began', async () => {
    const controller = new AbortController()
    controller.abort(new Error('interrupted'))
    const { ended, ports } = await run({}, two(), controller)
    expect(ended.status).toBe('aborted')
    expect(ports.sink.records.map(({ outcome }) => outcome.kind)).toEqual(['aborted', 'aborted'])
    expect(ports.host.left).toEqual([])
  })

  it('because the engine is lost', async () => {
    const { ended, ports } = await run({ engineLost: { [BAD]: 1 } })
    expect(ended).toMatchObject({ status: 'aborted', reason: 'the engine does not answer any more' })
    expect(ports.sink.records.map(({ outcome }) => outcome.kind)).toEqual(['aborted', 'aborted'])
  })

  it('because the load agent cannot be built: nothing is measured, and the last event says why', async () => {
    const ports = fakePorts({ build: [materials.agentImage.name] })
    const running = runPlan(aRun(two(), ports), none)
    await expect(running).rejects.toMatchObject({ code: 'BUILD_FAILED' })
    expect(ports.sink.events.at(-1)).toMatchObject({
      kind: 'run-ended',
      status: 'aborted',
      reason: expect.stringContaining(materials.agentImage.name),
    })
    expect(ports.sink.records.map(({ outcome }) => outcome.kind)).toEqual(['aborted', 'aborted'])
    expect(ports.host.left).toEqual([])
  })
})

describe('runPlan, when all is well', () => {
  it('calibrates first, then measures every load of every entry', async () => {
    const { ended, ports } = await run({})
    expect(ended.status).toBe('complete')
    // The first agent tries to reach the engine's machine.
    expect(ports.host.started.slice(1, 3)).toEqual(['agent bakeoff/load-agent', 'target bakeoff/null-server'])
    expect(ended.calibrations.map(({ connections }) => connections)).toEqual([1, 64])
    expect(ports.sink.records.map(({ loads }) => loads.map(({ loadId }) => loadId))).toEqual([
      ['closed-64', 'closed-1'],
      ['closed-64', 'closed-1'],
    ])
    expect(ports.sink.records[0]).toMatchObject({
      coldStart: { startCallMs: 20, readyMs: 150 },
      idleMemoryBytes: 1000,
      info: { language: 'fake' },
      warmUp: { steady: true, why: 'steady', durationMs: expect.any(Number) },
    })
  })

  it('goes on where a run stopped', async () => {
    const plan = two()
    const first = await run({}, plan)
    const ports = fakePorts()
    const [done] = first.ports.sink.records
    await runPlan(aRun(plan, ports), { records: [done!], calibrations: first.ended.calibrations })
    expect(ports.sink.records.map(({ entry }) => entry)).toEqual(['predict/good/default'])
    expect(ports.host.started.some((name) => name.includes('null-server'))).toBe(false)
  })

  it('runs the images that it is given, and builds none', async () => {
    const plan = two()
    const first = await run({}, plan)
    const images = await buildImages(requestsOf(plan, materials), first.ports, new AbortController().signal)
    const ports = fakePorts()
    const before = { ...none, images: async () => images }
    const ended = await runPlan(aRun(plan, ports), before)
    expect(ended.status).toBe('complete')
    expect(ports.sink.events.filter(({ kind }) => kind === 'image')).toEqual([])
  })

  it('counts what a run has spent of its budget before it goes on', async () => {
    const plan = aPlan([anEntry('good')], { repetitions: 3 })
    const first = await run({}, plan)
    const [one] = first.ports.sink.records
    const spent = { ...one!, startedAt: '2026-01-01T00:00:00.000Z', endedAt: '2026-01-01T02:00:00.000Z' }
    const ports = fakePorts()
    const before = { records: [spent], calibrations: first.ended.calibrations }
    const ended = await runPlan(aRun(plan, ports), before)
    expect(ports.sink.records).toEqual([])
    expect(ended).toMatchObject({ status: 'partial', reason: expect.stringMatching(/^the budget of/) })
  })

  it('runs the images that were built, also when their names are given to others meanwhile, and says which', async () => {
    const scenario = aScenario({ services: [aService('postgres')] })
    const plan = aPlan([anEntry('good', { proxy: 'caddy' })], { scenario })
    const ports = fakePorts()
    const builtAs = ports.host.ensureImage.bind(ports.host)
    ports.host.ensureImage = async (request) => {
      const facts = await builtAs(request)
      ports.host.tags.set(request.name, 'sha256:another')
      return facts
    }
    const { records, calibrations } = await runPlan(aRun(plan, ports), none)
    expect(ports.host.started.filter((started) => started.includes('another'))).toEqual([])
    expect(records[0]).toMatchObject({
      image: { id: 'sha256:bakeoff/target/good' },
      images: {
        'bakeoff/target/good': 'sha256:bakeoff/target/good',
        'bakeoff/load-agent': 'sha256:bakeoff/load-agent',
        'bakeoff/caddy': 'sha256:bakeoff/caddy',
        'bakeoff/postgres': 'sha256:bakeoff/postgres',
      },
    })
    expect(calibrations[0]?.images).toEqual({
      'bakeoff/load-agent': 'sha256:bakeoff/load-agent',
      'bakeoff/null-server': 'sha256:bakeoff/null-server',
    })
  })

  it('starts services before the target, and fails every entry when one never gets healthy', async () => {
    const scenario = aScenario({
      services: [aService('postgres')],
      targetDependsOn: [{ service: 'postgres', condition: 'service_healthy' }],
    })
    const fine = await run({}, aPlan([anEntry('good')], { scenario }))
    expect(fine.ports.host.started.slice(-3).map((name) => name.split(' ')[0])).toEqual(['agent', 'postgres', 'target'])
    const ill = await run({ unhealthy: ['postgres'] }, aPlan([anEntry('good')], { scenario }))
    expect(ill.outcome('good').outcome).toMatchObject({
      kind: 'failed',
      stage: 'start',
      error: { code: 'SERVICE_DIED', message: 'postgres did not become healthy' },
    })
    expect(ill.ports.host.left).toEqual([])
  })

  it('divides memory among replicas and puts the proxy inside the same cap', async () => {
    const ports = fakePorts()
    const seen: { name: string; memory: number; cores: string | undefined }[] = []
    const start = ports.host.start.bind(ports.host)
    ports.host.start = async (network, request) => {
      if (request.name !== 'agent' && !request.image.includes('null'))
        seen.push({ name: request.name, memory: request.caps.memoryBytes, cores: request.environment.CORES })
      return start(network, request)
    }
    const entry = anEntry('good', {
      replicas: 2,
      proxy: 'caddy',
      caps: { cpus: 2, cpuset: [1, 2], quotaCpus: null, memoryBytes: 512 * 1024 ** 2 },
    })
    await runPlan(aRun(aPlan([entry]), ports), none)
    const mebibytes = seen.map(({ memory }) => memory / 1024 ** 2)
    expect(seen.map(({ name }) => name)).toEqual(['target-1', 'target-2', 'proxy'])
    expect(mebibytes).toEqual([224, 224, 64])
    expect(seen[0]?.cores).toBe('1')
  })

  it('asks each replica whether it is ready, and not only the proxy, for which one replica is enough', async () => {
    const { outcome } = await run({ neverReady: [BAD] }, aPlan([anEntry('bad', { replicas: 2, proxy: 'caddy' })]))
    expect(outcome('bad').outcome).toMatchObject({ kind: 'failed', stage: 'ready', error: { code: 'NOT_READY' } })
  })

  it('offers open loads as fractions of the best closed throughput', async () => {
    const loads = [
      { kind: 'closed', connections: 4 },
      { kind: 'open', fraction: 0.5, connections: 256, arrivals: 'exponential' },
    ] as const
    const { outcome } = await run({}, aPlan([anEntry('good')], { scenario: aScenario({ loads: [...loads] }) }))
    expect(outcome('good').loads.map(({ measurement }) => measurement.offeredPerSecond)).toEqual([null, 2000])
  })

  it('takes the rate of an open load from all repetitions so far, not from one window', async () => {
    const loads = [
      { kind: 'closed', connections: 4 },
      { kind: 'open', fraction: 0.5, connections: 256, arrivals: 'exponential' },
    ] as const
    // 4000/s by and large, and one repetition that the machine disturbed
    const ports = fakePorts({ throughput: () => (ports.sink.records.length === 1 ? 2000 : 4000) })
    const plan = aPlan([anEntry('good')], { scenario: aScenario({ loads: [...loads] }), repetitions: 3 })
    await runPlan(aRun(plan, ports), none)
    expect(ports.sink.records.map((one) => one.loads.at(-1)?.measurement.offeredPerSecond)).toEqual([2000, 1500, 2000])
  })

  it('searches the capacity under the slo', async () => {
    const loads = [
      { kind: 'closed', connections: 10 },
      { kind: 'capacity', connections: 256, p99Ms: 50, errors: 0.001, arrivals: 'exponential' },
    ] as const
    const p99Ms = (perSecond: number) => (perSecond > 6500 ? 200 : 5)
    const { outcome } = await run({ p99Ms }, aPlan([anEntry('good')], { scenario: aScenario({ loads: [...loads] }) }))
    const found = outcome('good').loads.at(-1)?.capacity
    expect(found?.perSecond).toBeLessThanOrEqual(6500)
    expect(found?.perSecond).toBeGreaterThan(6000)
    expect(found?.probes.some(({ ok }) => !ok)).toBe(true)
  })

  it("searches the capacity with the scenario's arrivals", async () => {
    const loads = [
      { kind: 'closed', connections: 10 },
      { kind: 'capacity', connections: 32, p99Ms: 50, errors: 0.001, arrivals: 'constant' },
    ] as const
    const { ports } = await run({}, aPlan([anEntry('good')], { scenario: aScenario({ loads: [...loads] }) }))
    expect(ports.host.orders.at(-1)).toMatchObject({ kind: 'open', connections: 32, arrivals: 'constant' })
  })
})
