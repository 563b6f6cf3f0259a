import { BakeoffError, type EngineFacts, type HostFacts, type HostSpec } from '@bakeoff/model'
import { describe, expect, it } from 'vitest'
import { rolesOn } from '../src/doctor/look-at-hosts.js'
import {
  examineBetween,
  examineHost,
  type HostFindings,
  type ProbeFacts,
  type SeenHost,
  type SwarmState,
} from '../src/index.js'

const GIB = 1024 ** 3

const facts: HostFacts = {
  hostname: 'machine-1',
  os: 'Debian GNU/Linux 13',
  kernel: '6.12.4',
  architecture: 'amd64',
  cpuModel: 'Fast 9',
  cpus: Array.from({ length: 8 }, (_, id) => ({ id, core: id >> 1, package: 0, l3: 0, kind: 'performance' as const })),
  memoryBytes: 16 * GIB,
  diskFreeBytes: 100 * GIB,
  governor: 'performance',
  autogroup: false,
  cpuPressure: 0,
  virtualisation: null,
  nodeVersion: 'v20.20.2',
}

const engine: EngineFacts = {
  id: 'AAAA',
  name: 'Docker Engine',
  version: '29.0.0',
  apiVersion: '1.52',
  endpoint: 'unix:///tmp/x/engine.sock',
  foundBy: 'host bench-1',
  cgroupVersion: '2',
  cgroupDriver: 'systemd',
  storageDriver: 'overlay2',
  rootless: false,
  reducedTruth: false,
  operatingSystem: 'Debian',
  architecture: 'x86_64',
  cpus: 8,
  memoryBytes: 16 * GIB,
  sameKernel: false,
}

const spec: HostSpec = {
  name: 'bench-1',
  way: { kind: 'ssh', destination: 'bench@10.0.0.11', port: null },
  docker: 'ssh://bench@10.0.0.11',
  address: '10.10.0.11',
  socket: '/var/run/docker.sock',
}

const managers = [{ node: 'n1', address: '10.10.0.11:2377' }]
const node = (id: string, isReady = true) => ({ id, hostname: id, address: '', isReady })
const manager: SwarmState = {
  kind: 'manager',
  node: 'n1',
  address: '10.10.0.11',
  managers,
  cluster: 'c',
  formedByBakeoff: true,
  nodes: [node('n1'), node('n2')],
}
const worker: SwarmState = { kind: 'worker', node: 'n2', address: '10.10.0.12', managers }

const probeFacts = { ...facts, uplink: 'eth0', uplinkMtu: 1500, allowedCpus: [0, 1, 2, 3, 4, 5, 6, 7] }
const clock = { offsetMs: 0, wallOffsetMs: -3, errorMs: 0.2 }
const asked = (more: Partial<ProbeFacts> = {}, wallOffsetMs = -3) =>
  ({ kind: 'asked', facts: { ...probeFacts, ...more }, clock: { ...clock, wallOffsetMs } }) as const

const fine: SeenHost = {
  spec,
  engine,
  holes: [],
  facts,
  hasLiveRestore: false,
  swarm: manager,
  probe: asked(),
  roles: 1,
}
const second: SeenHost = {
  ...fine,
  spec: { ...spec, name: 'load-1', address: '10.10.0.12' },
  engine: { ...engine, id: 'BBBB' },
  swarm: worker,
}

describe('what is told of one host', () => {
  const check = (findings: HostFindings) => examineHost(findings, 'overlay', { all: false }).checks

  it('is all well with a machine that is fine', () => {
    expect(check(fine).map(({ id }) => id)).toEqual(
      ['way', 'engine', 'cgroup', 'cores', 'memory', 'disk', 'governor', 'kernel', 'probe', 'clock', 'address'].concat([
        'live-restore',
        'swarm',
      ]),
    )
    expect(check(fine).filter(({ state }) => state !== 'ok')).toEqual([])
  })

  it('is more where doctor asks, and nothing of a swarm where each bench is one machine', () => {
    const ids = examineHost(fine, 'bridge', { all: true }).checks.map(({ id }) => id)
    expect(ids).toEqual(expect.arrayContaining(['isolation', 'holes', 'pressure', 'autogroup']))
    expect(ids).not.toContain('swarm')
    expect(ids).not.toContain('address')
  })

  it('leaves out what only a probe can tell, and says how to bring it', () => {
    const checks = check({ ...fine, probe: { kind: 'no-image' } })
    expect(checks.map(({ id }) => id)).not.toContain('governor')
    expect(checks.find(({ id }) => id === 'probe')).toMatchObject({ state: 'warn', todo: 'npm run hosts -- prepare' })
  })

  it('is only why, where the host cannot be reached', () => {
    const problem = new BakeoffError('NO_ENGINE', 'its host key is not known here', { hint: 'Connect once' })
    expect(check({ spec, problem })).toEqual([
      {
        id: 'way',
        title: 'Way',
        state: 'bad',
        found: 'ssh://bench@10.0.0.11: its host key is not known here',
        todo: 'Connect once',
      },
    ])
  })

  it.each<{ id: string; state: 'ok' | 'warn' | 'bad'; with: Partial<SeenHost>; found: string }>([
    { id: 'way', state: 'ok', with: {}, found: 'ssh://bench@10.0.0.11' },
    { id: 'engine', state: 'ok', with: {}, found: 'Docker Engine 29.0.0 (API 1.52)' },
    { id: 'kernel', state: 'ok', with: {}, found: '6.12.4, Debian GNU/Linux 13' },
    { id: 'cores', state: 'ok', with: {}, found: '8 (4 physical), Fast 9' },
    { id: 'cores', state: 'warn', with: { engine: { ...engine, cpus: 1 } }, found: '1' },
    { id: 'cores', state: 'bad', with: { engine: { ...engine, cpus: 1 }, roles: 3 }, found: '1' },
    { id: 'memory', state: 'warn', with: { engine: { ...engine, memoryBytes: 2 * GIB } }, found: '2 GiB' },
    {
      id: 'probe',
      state: 'warn',
      with: { probe: { kind: 'failed', error: new BakeoffError('ENGINE_HELD', 'another run holds it') } },
      found: 'another run holds it',
    },
    {
      id: 'probe',
      state: 'bad',
      with: { probe: { kind: 'failed', error: new BakeoffError('START_FAILED', 'no such socket') } },
      found: 'no such socket',
    },
    { id: 'clock', state: 'ok', with: {}, found: "3.0 ms ahead of this machine's, ±0.2 ms" },
    { id: 'clock', state: 'warn', with: { probe: asked({}, 60_000) }, found: "60000.0 ms behind this machine's" },
    { id: 'address', state: 'ok', with: {}, found: '10.10.0.11 on eth0, MTU 1500' },
    { id: 'address', state: 'ok', with: { probe: { kind: 'no-image' } }, found: 'the probe will tell' },
    { id: 'address', state: 'bad', with: { probe: asked({ uplink: null }) }, found: 'on no interface' },
    { id: 'address', state: 'bad', with: { spec: { ...spec, address: null } }, found: 'none is given' },
    { id: 'live-restore', state: 'bad', with: { hasLiveRestore: true }, found: 'excludes Swarm' },
    { id: 'swarm', state: 'ok', with: {}, found: 'manager of one that Bakeoff formed' },
    { id: 'swarm', state: 'ok', with: { swarm: { ...manager, formedByBakeoff: false } }, found: 'did not form' },
    { id: 'swarm', state: 'warn', with: { swarm: { kind: 'none' } }, found: 'none yet' },
    { id: 'swarm', state: 'warn', with: { swarm: { ...worker, address: '10.0.0.1' } }, found: 'not over 10.10.0.11' },
    {
      id: 'swarm',
      state: 'bad',
      with: { swarm: { kind: 'none' }, engine: { ...engine, rootless: true } },
      found: 'rootless',
    },
    { id: 'swarm', state: 'bad', with: { engine: { ...engine, reducedTruth: true } }, found: 'Podman' },
    {
      id: 'swarm',
      state: 'bad',
      with: { swarm: { kind: 'broken', problem: 'it is pending', managers } },
      found: 'it is pending',
    },
  ])('says $state to $id: $found', ({ id, state, with: different, found }) => {
    const line = check({ ...fine, ...different }).find((one) => one.id === id)
    expect(line).toMatchObject({ state, found: expect.stringContaining(found) })
    if (state === 'bad' && id !== 'probe') expect(line?.todo).not.toBeNull()
  })
})

describe('what is told of what joins the hosts', () => {
  it.each<{ id: string; state: 'ok' | 'warn' | 'bad'; hosts: HostFindings[]; found: string }>([
    { id: 'machines', state: 'ok', hosts: [fine, second], found: '2 engines of their own' },
    {
      id: 'machines',
      state: 'bad',
      hosts: [fine, { ...second, engine }],
      found: 'bench-1 and load-1 are the same engine',
    },
    { id: 'one-swarm', state: 'ok', hosts: [fine, second], found: 'the swarm of bench-1' },
    {
      id: 'one-swarm',
      state: 'warn',
      hosts: [fine, second].map((host) => ({ ...host, swarm: { kind: 'none' } as const })),
      found: 'not formed yet',
    },
    {
      id: 'one-swarm',
      state: 'warn',
      hosts: [fine, { ...second, swarm: { kind: 'none' } }],
      found: 'load-1 is not in the swarm of bench-1 yet',
    },
    {
      id: 'one-swarm',
      state: 'bad',
      hosts: [{ ...fine, swarm: { ...manager, nodes: [node('n1'), node('n2', false)] } }, second],
      found: 'load-1 is in the swarm of bench-1, which hears nothing from there',
    },
    { id: 'ports', state: 'ok', hosts: [fine, second], found: 'between 10.10.0.11 and 10.10.0.12: 2377/tcp' },
    { id: 'mtu', state: 'ok', hosts: [fine, second], found: '1450 inside of the overlay' },
    { id: 'mtu', state: 'warn', hosts: [fine, { ...second, probe: asked({ uplinkMtu: 9000 }) }], found: '9000' },
    { id: 'mtu', state: 'ok', hosts: [{ ...fine, probe: { kind: 'no-image' } }, second], found: 'will tell' },
  ])('says $state to $id: $found', ({ id, state, hosts, found }) => {
    const line = examineBetween(hosts, 'overlay').find((one) => one.id === id)
    expect(line).toMatchObject({ state, found: expect.stringContaining(found) })
    expect(line?.todo !== null).toBe(state !== 'ok')
  })

  it('is only that they are different machines, where each bench is one of them', () => {
    expect(examineBetween([fine, second], 'bridge').map(({ id }) => id)).toEqual(['machines'])
  })

  it('says nothing of hosts that cannot be reached', () => {
    const unseen = { spec, problem: new BakeoffError('NO_ENGINE', 'gone') }
    expect(examineBetween([unseen, second], 'bridge')[0]?.found).toBe('one engine')
  })
})

it.each([
  { name: 'a', roles: 1 },
  { name: 'b', roles: 2 },
  { name: 'c', roles: 0 },
])('counts the roles of $name: $roles', ({ name, roles }) => {
  const benches = [
    { id: 'bench-1', target: 'a', services: 'b', agents: ['b'] },
    { id: 'bench-2', target: 'd', services: 'e', agents: ['e'] },
  ]
  expect(rolesOn(name, benches)).toBe(roles)
})
