import { BakeoffError, type PlannedBench, type RepetitionRecord } from '@bakeoff/model'
import { describe, expect, it } from 'vitest'
import { buildImages, requestsOf, runPlan } from '../src/index.js'
import { openTestbed } from '../src/testbed.js'
import { anEntry, aPlan, aRun, aScenario, aService, fakePorts, imageOf, materials, onSite } from './builders.js'
import type { Faults } from './fakes.js'

const BENCH: PlannedBench = { id: 'bench-1', target: 'big', services: 'db', agents: ['load-1'] }
const OTHER: PlannedBench = { id: 'bench-2', target: 'big-2', services: 'db-2', agents: ['load-2'] }
/** An entry behind a proxy, with two services, so that every kind of container is started. */
const PLAN = aPlan([anEntry('good', { replicas: 2, proxy: 'caddy' })], {
  scenario: aScenario({ services: [aService('postgres'), aService('upstream')] }),
  secondInstrument: true,
})
const none = { records: [], calibrations: [] }

async function run(plan: typeof PLAN, faults: Faults = {}) {
  const ports = fakePorts(faults)
  await runPlan(aRun(plan, ports), none)
  const [record] = ports.sink.records as [RepetitionRecord]
  const calibrations: object[] = JSON.parse(ports.sink.calibration ?? '[]')
  return { ...ports.host.requests, record, calibrations, ports }
}

describe('without several machines', () => {
  it('says nothing of hosts, benches and agents, in requests and records', async () => {
    const { images, networks, containers, record, calibrations } = await run(PLAN)
    for (const request of images) expect(request).not.toHaveProperty('hosts')
    for (const asked of networks) expect(asked).toHaveLength(1)
    for (const request of containers) {
      expect(request).not.toHaveProperty('host')
      expect(request).not.toHaveProperty('peers')
    }
    for (const calibration of calibrations) expect(calibration).not.toHaveProperty('bench')
    expect(record).not.toHaveProperty('bench')
    const keys = record.loads.flatMap(({ samples }) => Object.keys(samples))
    expect([...new Set(keys)]).toEqual(['target', 'services', 'agent', 'host'])
  })

  it('asks for the same as on a bench, but for where', async () => {
    const [here, there] = [await run(PLAN), await run(onSite(PLAN, [BENCH]))]
    const images = there.images.map(({ hosts: _, ...request }) => request)
    const containers = there.containers.map(({ host: _, peers: __, ...request }) => request)
    expect(JSON.stringify({ images, containers })).toBe(
      JSON.stringify({ images: here.images, containers: here.containers }),
    )
  })
})

describe('on a bench of several machines', () => {
  it.each([
    { name: 'agent', host: 'load-1', peers: undefined },
    { name: 'postgres', host: 'db', peers: [] },
    { name: 'upstream', host: 'db', peers: ['postgres'] },
    { name: 'target-1', host: 'big', peers: ['postgres', 'upstream'] },
    { name: 'target-2', host: 'big', peers: ['postgres', 'upstream', 'target-1'] },
    { name: 'proxy', host: 'big', peers: ['postgres', 'upstream', 'target-1', 'target-2'] },
    { name: 'wrk', host: 'load-1', peers: undefined },
    { name: 'target', host: 'big', peers: undefined }, // the null server
  ])('starts $name on $host, with the addresses of $peers', async ({ name, host, peers }) => {
    const { containers } = await run(onSite(PLAN, [BENCH]))
    const request = containers.find((one) => one.name === name)
    expect(request?.host).toBe(host)
    expect(request?.peers && Object.keys(request.peers)).toEqual(peers)
    for (const address of Object.values(request?.peers ?? {})) expect(address).toMatch(/^fake-\d+$/)
  })

  it('joins all of its hosts by each network, and no other', async () => {
    const { networks } = await run(onSite(PLAN, [BENCH, OTHER]))
    const joined = (name: string) => networks.filter(([of]) => of === name).map(([, hosts]) => hosts)
    const both = [
      ['big', 'db', 'load-1'],
      ['big-2', 'db-2', 'load-2'],
    ]
    expect(joined('boundary')).toEqual(both)
    expect(joined('canary')).toEqual(expect.arrayContaining(both))
    expect(both).toContainEqual(joined('predict/good/default')[0])
  })

  it('names the bench in records and calibrations, and has readings of each machine', async () => {
    const { record, calibrations } = await run(onSite(PLAN, [BENCH]))
    expect(record.bench).toBe('bench-1')
    expect(calibrations).toEqual([...calibrations].map(() => expect.objectContaining({ bench: 'bench-1' })))
    expect(record.loads[0]?.samples).toMatchObject({
      clockErrorMs: 0.2,
      machines: { db: { clockErrorMs: 0.3 }, 'load-1': { clockErrorMs: 0.3 } },
    })
  })

  it.each([
    { image: 'bakeoff/load-agent', hosts: ['load-1', 'load-2'] },
    { image: 'bakeoff/null-server', hosts: ['big', 'big-2'] },
    { image: 'bakeoff/caddy', hosts: ['big', 'big-2'] },
    { image: 'bakeoff/postgres', hosts: ['db', 'db-2'] },
    { image: 'bakeoff/wrk', hosts: ['load-1', 'load-2'] },
    { image: imageOf('good'), hosts: ['big', 'big-2'] },
  ])('wants $image on $hosts', ({ image, hosts }) => {
    const requests = requestsOf(onSite(PLAN, [BENCH, OTHER]), materials)
    expect(requests.find(({ name }) => name === image)?.hosts).toEqual(hosts)
  })

  it('wants an image on every host that starts it', () => {
    const both = aService('good', { image: imageOf('good') })
    const plan = aPlan([anEntry('good')], { scenario: aScenario({ services: [both] }) })
    const requests = requestsOf(onSite(plan, [BENCH]), materials)
    expect(requests.find(({ name }) => name === imageOf('good'))?.hosts).toEqual(['db', 'big'])
  })

  it.each([
    {
      because: 'its agent ends',
      faults: { agentCrashes: { [imageOf('good')]: 0, 'bakeoff/caddy': 0 } },
      says: 'the load agent on load-1 ended with exit code 139',
    },
    {
      because: 'its agent says nothing',
      faults: { hangs: { testbed: 'predict/good/default', at: 'verify' } } as const,
      says: 'the load agent on load-1 did not compare the answers within',
    },
    {
      because: 'a service ends',
      faults: { serviceEnds: { service: 'postgres', at: 0, times: 2 } } as const,
      says: 'postgres on db ended with exit code 137',
    },
    {
      because: 'the target ends',
      faults: { diesInLoad: { 'bakeoff/caddy': 0 } },
      says: 'proxy on big ended with exit code 137',
    },
  ])('names the host where $because', async ({ faults, says }) => {
    const { record } = await run(onSite(PLAN, [BENCH]), faults)
    expect(record.outcome).toMatchObject({ kind: 'failed', error: { message: expect.stringContaining(says) } })
  })
})

describe('a run on another bench', () => {
  it('starts there, with the same images and the same authority', async () => {
    const plan = onSite(PLAN, [BENCH, OTHER])
    const ports = fakePorts()
    const images = await buildImages(requestsOf(plan, materials), ports, new AbortController().signal)
    const first = aRun(plan, ports, { images })
    const second = first.onBench(OTHER)
    expect(second.images).toBe(first.images)
    expect(second.authority).toBe(first.authority)
    await using _testbed = await openTestbed(second, 'predict/good/default', aScenario())
    expect(ports.host.requests.containers.map(({ host }) => host)).toEqual(['load-2'])
  })
})

describe('on a bench with two load agents', () => {
  const TWO: PlannedBench = { ...BENCH, agents: ['load-1', 'load-2'] }
  const scenario = aScenario({ agents: [[0], [1, 2]] })
  const plan = onSite(aPlan([anEntry('good')], { scenario, secondInstrument: true }), [TWO])

  it.each([
    { name: 'agent-1', host: 'load-1', cpuset: [0], cores: '1' },
    { name: 'agent-2', host: 'load-2', cpuset: [1, 2], cores: '2' },
    { name: 'wrk', host: 'load-1', cpuset: [0], cores: undefined },
  ])('starts $name on its host and cores', async ({ name, host, cpuset, cores }) => {
    const { containers } = await run(plan)
    const request = containers.find((one) => one.name === name)
    expect(request?.host).toBe(host)
    expect(request?.caps).toMatchObject({ cpuset, cpus: cpuset.length })
    expect(request?.environment.CORES).toBe(cores)
  })

  it('has readings of each, and tells what both use', async () => {
    const { record, ports } = await run(plan)
    const [load] = record.loads
    expect(Object.keys(load?.samples.agents ?? {})).toEqual(['agent-1', 'agent-2'])
    expect(load?.samples.agent).toEqual(load?.samples.agents?.['agent-1'])
    const slice = ports.sink.events.find((event) => event.kind === 'slice')
    expect(slice?.use.agent?.memoryBytes).toBe(2000)
  })

  it('has calibrations of both, with the way to the target', async () => {
    const { calibrations } = await run(plan)
    const link = { roundTripUs: 180, bytesPerSecond: 1.1e8, mtu: 1450 }
    expect(calibrations[0]).toMatchObject({ agentCores: 3, link })
  })

  it('measures no way where an agent is on the machine of the target', async () => {
    const { calibrations } = await run(onSite(plan, [{ ...TWO, agents: ['big', 'load-2'] }]))
    expect(calibrations[0]).not.toHaveProperty('link')
  })

  it('fails a load in which the second one ends, by its host', async () => {
    let ending = 2 // the repetition is tried twice
    const end = (image: string) => {
      if (image !== imageOf('good') || ending-- <= 0) return
      const agent = [...ports.host.running].find(({ name }) => name === 'agent-2')
      agent?.end(137)
    }
    const ports = fakePorts({ atLoad: end })
    await runPlan(aRun(plan, ports), none)
    const message = expect.stringContaining('the load agent on load-2 ended with exit code 137')
    expect(ports.sink.records[0]?.outcome).toMatchObject({ kind: 'failed', error: { code: 'AGENT_FAILED', message } })
    expect(ports.host.left).toEqual([])
  })
})

describe('machines that do not reach one another any more', () => {
  const cutOff = () => {
    throw new BakeoffError('ENGINE_LOST', 'db and big do not reach each other any more')
  }
  const plan = onSite(aPlan([anEntry('good')]), [BENCH])
  const aborted = { kind: 'aborted', reason: 'db and big do not reach each other any more' }

  it.each([
    { because: 'it gives no answer under load', faults: { silent: [imageOf('good')] } },
    { because: 'it is never ready', faults: { neverReady: [imageOf('good')] } },
    { because: 'its answers are wrong', faults: { wrongAnswers: [imageOf('good')] } },
  ])('are asked before the target is blamed, when $because', async ({ faults }) => {
    const { record } = await run(plan, { ...faults, atCheck: cutOff })
    expect(record).toMatchObject({ bench: BENCH.id, outcome: aborted, loads: [] })
  })

  it('are not asked when all answers are right', async () => {
    const { record } = await run(plan, { atCheck: cutOff })
    expect(record.outcome).toEqual({ kind: 'measured' })
  })
})

describe('a machine without an agent that is lost under load', () => {
  it('ends the run at once', async () => {
    const plan = onSite(aPlan([anEntry('good')]), [BENCH])
    const { record, ports } = await run(plan, { machineLost: { [imageOf('good')]: 0 } })
    expect(record.outcome).toEqual({ kind: 'aborted', reason: 'the probe on db is gone' })
    expect(ports.host.left).toEqual([])
  })
})
