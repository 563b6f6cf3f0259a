import { describe, expect, it } from 'vitest'
import { conditionsOf, otherConditions } from '../src/index.js'
import { anEntry, aPlan, aScenario, aSite } from './builders.js'
import { sampleResults } from './fixtures-results.js'

const GIB = 1024 ** 3
const scenario = aScenario()
const plan = aPlan([scenario], [anEntry('predict', 'go')])
const here = conditionsOf(plan)
const results = sampleResults()

describe('a baseline can be judged against', () => {
  it.each([
    { because: 'it is of the same plan', baseline: here },
    { because: 'memory differs by what a kernel keeps', baseline: memory(7.98), now: memory(8.02) },
    { because: 'one of the two does not know its processor', baseline: host({ cpuModel: null }) },
    { because: 'it has scenarios that this run does not have', baseline: scenarios(aScenario({ id: 'embed' })) },
    { because: 'it is of before requests had a digest', baseline: scenarios({ ...scenario, workDigest: undefined }) },
  ])('when $because', ({ baseline, now = here }) => expect(otherConditions(baseline, now)).toEqual([]))

  it('when it is the results of a run of the same setting', () => expect(otherConditions(results, results)).toEqual([]))
})

const site = aSite()
/** A fleet of two, with all roles on each host. */
const fleet = aSite({
  network: 'bridge',
  benches: ['bench-1', 'db-1'].map((host) => ({ id: host, target: host, services: host, agents: [host] })),
})
const onSite = (machines: typeof site) => ({ ...here, site: machines })
const onTheSame = (bench: Partial<(typeof site.benches)[number]>) =>
  onSite({ ...site, benches: [{ ...site.benches[0]!, ...bench }] })

describe('of several machines', () => {
  it.each([
    { because: 'the machines are the same', baseline: onSite(site), now: onSite(site) },
    { because: 'each bench of a fleet is one machine, as every run was before', baseline: here, now: onSite(fleet) },
    {
      because: 'a fleet has another number of hosts',
      baseline: onSite({ ...fleet, benches: fleet.benches.slice(1) }),
      now: onSite(fleet),
    },
  ])('a baseline can be judged against when $because', ({ baseline, now }) =>
    expect(otherConditions(baseline, now)).toEqual([]),
  )

  it.each([
    {
      because: 'kind of network',
      baseline: here,
      now: onSite(site),
      says: [
        'kind of network: bridge there, overlay here',
        'machines of a bench: target and services on one host, an agent beside the target there, services on a host of their own, 2 agents on hosts of their own here',
      ],
    },
    {
      because: 'number of load agents',
      baseline: onTheSame({ agents: ['load-1'] }),
      now: onSite(site),
      says: [
        'machines of a bench: services on a host of their own, 1 agent on a host of its own there, services on a host of their own, 2 agents on hosts of their own here',
      ],
    },
    {
      because: 'class of the machine of the services',
      baseline: onSite({
        ...site,
        hosts: site.hosts.map((each) =>
          each.name === 'db-1' ? { ...each, facts: { ...each.facts, cpuModel: 'Old' } } : each,
        ),
      }),
      now: onSite(site),
      says: ['machine of services: Old, 4 CPUs there, Test CPU, 4 CPUs here'],
    },
  ])('a baseline is refused because of another $because', ({ baseline, now, says }) =>
    expect(otherConditions(baseline, now)).toEqual(says),
  )
})

describe('a baseline is refused', () => {
  it.each([
    { baseline: host({ cpuModel: 'Another CPU' }), says: /^processor: Another CPU there, .* here$/ },
    { baseline: host({ architecture: 'arm64' }), says: /^architecture: arm64 there/ },
    { baseline: host({ cpus: [] }), says: /^logical CPUs: 0 there, \d+ here$/ },
    { baseline: memory(16), now: memory(8), says: /^memory: 16 GiB there, 8 GiB here$/ },
    { baseline: { ...here, engine: { name: 'podman' as const, version: '5' } }, says: /^engine: podman 5 there/ },
    { baseline: { ...here, run: { ...here.run, profile: 'quick' } }, says: /^profile: quick there/ },
    { baseline: { ...here, run: { ...here.run, windowMs: 1 } }, says: /^window: 1 ms there/ },
    { baseline: scenarios({ ...scenario, workDigest: 'other' }), says: /^requests and answers of predict$/ },
    {
      baseline: scenarios({ ...scenario, targetCaps: { ...scenario.targetCaps, memoryBytes: GIB } }),
      says: /^caps of the target in predict: .* and 1 GiB there/,
    },
  ])('because of another $says', ({ baseline, now = here, says }) =>
    expect(otherConditions(baseline, now)).toEqual([expect.stringMatching(says)]),
  )

  it('because of the same rate over other connections, and not because of a rate that it does not have', () => {
    const offered = (perSecond: number, connections: number) =>
      ({ kind: 'rate', perSecond, connections, arrivals: 'exponential' }) as const
    const [there, now] = [
      scenarios({ ...scenario, loads: [offered(200, 256), offered(300, 256)] }),
      scenarios({ ...scenario, loads: [offered(200, 32), offered(400, 32)] }),
    ]
    expect(otherConditions(there, now)).toEqual(['load rate-200 of predict: connections 256 there, 32 here'])
  })

  it('because another load warms targets up', () => {
    const closed = { kind: 'closed', connections: 64 } as const
    const rate = { kind: 'rate', perSecond: 200, connections: 256, arrivals: 'exponential' } as const
    expect(
      otherConditions(scenarios({ ...scenario, loads: [closed, rate] }), scenarios({ ...scenario, loads: [rate] })),
    ).toEqual(['load that warms targets up in predict: closed-64 there, rate-200 here'])
  })

  it('because of other caps of a service', () => {
    const service = (cpus: number) => ({ name: 'postgres', caps: { ...scenario.targetCaps, cpus } })
    expect(
      otherConditions(
        scenarios({ ...scenario, services: [service(2)] }),
        scenarios({ ...scenario, services: [service(1)] }),
      ),
    ).toEqual([expect.stringMatching(/^caps of postgres in predict: 2 cores.* there, 1 core and .* here$/)])
  })
})

function host(changes: Partial<typeof here.host>): typeof here {
  return { ...here, host: { ...here.host, ...changes } }
}

function memory(gib: number): typeof here {
  return host({ memoryBytes: gib * GIB })
}

function scenarios(...own: (typeof here.scenarios)[number][]): typeof here {
  return { ...here, scenarios: own }
}
