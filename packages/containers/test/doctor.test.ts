import { BakeoffError, type EngineFacts, type HostFacts, type LogicalCpu } from '@bakeoff/model'
import { describe, expect, it } from 'vitest'
import { publishedHoles } from '../src/engine/holes.js'
import { type DoctorFindings, examine } from '../src/index.js'

const GIB = 1024 ** 3
const cpu = (id: number): LogicalCpu => ({ id, core: id >> 1, package: 0, l3: 0, kind: 'performance' })

const host: HostFacts = {
  hostname: 'bench',
  os: 'Linux 6.12',
  kernel: '6.12',
  architecture: 'x64',
  cpuModel: 'Fast 9',
  cpus: Array.from({ length: 8 }, (_, id) => cpu(id)),
  memoryBytes: 16 * GIB,
  diskFreeBytes: 100 * GIB,
  governor: 'performance',
  autogroup: false,
  cpuPressure: 0.01,
  virtualisation: null,
  nodeVersion: 'v20.20.2',
}

const engine: EngineFacts = {
  name: 'Docker Engine',
  version: '29.0.0',
  apiVersion: '1.52',
  endpoint: 'unix:///var/run/docker.sock',
  foundBy: 'the system socket',
  cgroupVersion: '2',
  cgroupDriver: 'systemd',
  storageDriver: 'overlay2',
  rootless: false,
  reducedTruth: false,
  operatingSystem: 'Debian',
  architecture: 'x86_64',
  cpus: 8,
  memoryBytes: 16 * GIB,
  sameKernel: true,
}

const fine: DoctorFindings = {
  host,
  engine,
  engineProblem: null,
  engineDiskFreeBytes: 50 * GIB,
  holes: [],
  base: { id: 'sha256:0123456789abcdef', bytes: 80 * 1024 ** 2, architecture: 'amd64', labels: {} },
  certificates: [],
  chromium: '/usr/bin/chromium',
}

const hole = {
  ...(publishedHoles.find(({ id }) => id === 'CVE-2024-29018') as (typeof publishedHoles)[number]),
  version: '20.10.24',
  packaged: null,
}

describe('doctor', () => {
  it('is content with a machine that is fine', () => {
    const checks = examine(fine)
    expect(checks.map(({ id }) => id)).toEqual([
      'engine',
      'cgroup',
      'isolation',
      'holes',
      'cores',
      'memory',
      'disk',
      'pressure',
      'autogroup',
      'governor',
      'base',
      'certificates',
      'chromium',
    ])
    expect(checks.filter(({ state }) => state !== 'ok')).toEqual([])
  })

  it.each([
    { id: 'engine', state: 'bad', with: { engine: null }, found: 'none' },
    {
      id: 'engine',
      state: 'bad',
      with: { engine: null, engineProblem: new BakeoffError('NO_ENGINE', 'It is frozen', { hint: 'Restart it' }) },
      found: 'It is frozen',
    },
    {
      id: 'engine',
      state: 'warn',
      with: { engine: { ...engine, name: 'Podman', reducedTruth: true } },
      found: 'Podman',
    },
    { id: 'engine', state: 'warn', with: { engine: { ...engine, rootless: true } }, found: 'rootless' },
    {
      id: 'cgroup',
      state: 'ok',
      with: { engine: { ...engine, cgroupVersion: '1' as const, cgroupDriver: 'cgroupfs' } },
      found: 'version 1, driver cgroupfs',
    },
    {
      id: 'cgroup',
      state: 'bad',
      with: { engine: { ...engine, rootless: true, uncapped: ['cores' as const] } },
      found: 'without root, cannot limit cores',
    },
    { id: 'cgroup', state: 'ok', with: { engine: { ...engine, sameKernel: false } }, found: 'another kernel' },
    { id: 'cgroup', state: 'warn', with: { engine: { ...engine, cgroupVersion: null } }, found: 'does not say' },
    { id: 'isolation', state: 'ok', with: {}, found: 'not this machine' },
    {
      id: 'isolation',
      state: 'warn',
      with: { engine: { ...engine, version: '20.10.24+dfsg1' } },
      found: 'no more fixes',
    },
    {
      id: 'isolation',
      state: 'warn',
      with: { engine: { ...engine, version: '19.03.8' } },
      found: 'are open to targets',
    },
    { id: 'isolation', state: 'warn', with: { engine: { ...engine, reducedTruth: true } }, found: 'Podman gives' },
    { id: 'isolation', state: 'warn', with: { engine: null }, found: 'unknown' },
    { id: 'holes', state: 'warn', with: { holes: [hole] }, found: 'CVE-2024-29018, fixed in engine 23.0.11' },
    { id: 'holes', state: 'ok', with: { engine: { ...engine, name: 'Podman' } }, found: 'Podman' },
    { id: 'cores', state: 'ok', with: {}, found: '8 (4 physical), Fast 9' },
    { id: 'cores', state: 'warn', with: { engine: { ...engine, cpus: 2 } }, found: '2' },
    { id: 'cores', state: 'bad', with: { engine: { ...engine, cpus: 1 } }, found: '1' },
    { id: 'memory', state: 'warn', with: { engine: { ...engine, memoryBytes: 4 * GIB } }, found: '4 GiB' },
    { id: 'memory', state: 'bad', with: { engine: { ...engine, memoryBytes: 2 * GIB } }, found: '2 GiB' },
    { id: 'disk', state: 'warn', with: { engineDiskFreeBytes: 10 * GIB }, found: '10 GiB free' },
    {
      id: 'disk',
      state: 'bad',
      with: { engineDiskFreeBytes: null, host: { ...host, diskFreeBytes: GIB } },
      found: '1 GiB free',
    },
    { id: 'pressure', state: 'warn', with: { host: { ...host, cpuPressure: 0.25 } }, found: '25 %' },
    { id: 'pressure', state: 'ok', with: { host: { ...host, cpuPressure: null } }, found: 'does not say' },
    { id: 'autogroup', state: 'warn', with: { host: { ...host, autogroup: true } }, found: 'on' },
    { id: 'governor', state: 'warn', with: { host: { ...host, governor: 'powersave' } }, found: 'powersave' },
    {
      id: 'governor',
      state: 'ok',
      with: { host: { ...host, governor: null, virtualisation: 'kvm' } },
      found: 'virtual machine',
    },
    { id: 'base', state: 'ok', with: {}, found: '0123456789ab, 80 MiB' },
    { id: 'base', state: 'warn', with: { base: null }, found: 'not there' },
    {
      id: 'certificates',
      state: 'ok',
      with: { certificates: [{ fileName: 'a.crt', pem: '', subject: 'CN=Company', fingerprint: 'AA', from: '/a' }] },
      found: 'CN=Company',
    },
    { id: 'chromium', state: 'ok', with: { chromium: null }, found: 'none' },
  ])('says $state to $id: $found', ({ id, state, with: different, found }) => {
    const check = examine({ ...fine, ...different }).find((one) => one.id === id)
    expect(check).toMatchObject({ state, found: expect.stringContaining(found) })
    if (state === 'bad') expect(check?.todo).not.toBeNull()
  })
})
