import type { HostsSpec, PlannedHost } from '@bakeoff/model'
import { expect, it } from 'vitest'
import { aSite } from '../../core/test/builders.js'
import { plannedSiteOf } from '../src/site-facts.js'

const [template] = aSite().hosts as [PlannedHost, ...PlannedHost[]]
const cpus = [0, 1, 2, 3].map((id) => ({ id, core: id, package: 0, l3: 0, kind: 'performance' as const }))

function aProbedHost(name: string, { uplinkMtu = null as number | null, allowedCpus = [0, 1, 2, 3] } = {}) {
  const facts = { ...template.facts, hostname: name, cpus, uplink: 'eth0', uplinkMtu, allowedCpus }
  return {
    spec: {
      name,
      way: { kind: 'ssh' as const, destination: `bench@${name}`, port: null },
      docker: `ssh://bench@${name}`,
      address: '10.0.0.1',
      socket: '/var/run/docker.sock',
    },
    engine: { facts: template.engine },
    probe: { facts: async () => facts },
  }
}

const APART: HostsSpec['benches'] = [{ id: 'bench-1', target: 'a', services: 'b', agents: ['b'] }]
const FLEET: HostsSpec['benches'] = ['a', 'b'].map((id) => ({ id, target: id, services: id, agents: [id] }))
const specOf = (benches: HostsSpec['benches']): HostsSpec => ({
  file: 'hosts.yaml',
  hosts: [],
  benches,
  tolerance: null,
})

it.each([
  { because: 'the smallest uplink, less what the overlay adds', benches: APART, mtus: [9000, 1500], expected: 1450 },
  { because: 'Ethernet where an uplink is not known', benches: APART, mtus: [9000, null], expected: 1450 },
  { because: "the engine's own where no bench has a second host", benches: FLEET, mtus: [9000, 1500], expected: null },
])('takes as the MTU of the network: $because', async ({ benches, mtus, expected }) => {
  const hosts = ['a', 'b'].map((name, index) => aProbedHost(name, { uplinkMtu: mtus[index] ?? null }))
  const site = await plannedSiteOf(specOf(benches), hosts)
  expect([site.mtu, site.network]).toEqual([expected, expected === null ? 'bridge' : 'overlay'])
})

it('plans with the processors of each engine, and keeps nothing of a probe that is no fact of a machine', async () => {
  const site = await plannedSiteOf(specOf(APART), [aProbedHost('a', { allowedCpus: [1, 2] }), aProbedHost('b')])
  expect(site.hosts.map(({ name, facts }) => [name, facts.cpus.map(({ id }) => id)])).toEqual([
    ['a', [1, 2]],
    ['b', [0, 1, 2, 3]],
  ])
  expect(Object.keys(site.hosts[0]?.facts ?? {})).not.toContain('allowedCpus')
})

it('keeps how alike the benches must be', async () => {
  const site = await plannedSiteOf({ ...specOf(FLEET), tolerance: 0.02 }, [aProbedHost('a'), aProbedHost('b')])
  expect(site.tolerance).toBe(0.02)
})
