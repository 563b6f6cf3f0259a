import { describe, expect, it } from 'vitest'
import { uncappedProblem } from '../src/engine/caps.js'
import { type EngineAnswers, toEngineFacts } from '../src/engine/facts.js'

const found = { endpoint: 'unix:///var/run/docker.sock', foundBy: 'the system socket', tls: null }
const here = { platform: 'linux' as const, kernel: '6.1.0-13-amd64', memoryBytes: 16_000_000_000, cgroupMounted: true }
const version = { Version: '29.0.0', ApiVersion: '1.52', Arch: 'amd64', KernelVersion: here.kernel }
const info = { CgroupVersion: '2', CgroupDriver: 'systemd', NCPU: 4, MemTotal: here.memoryBytes }

/** What the engine says: as usual, but for what is given. */
const answers = (said: Partial<EngineAnswers>): EngineAnswers => ({
  version: said.version ?? version,
  info: said.info ?? info,
  podman: said.podman ?? null,
})
const factsOf = (said: Partial<EngineAnswers>) => toEngineFacts(answers(said), found, here)

describe('the facts of an engine', () => {
  it.each([
    { because: 'same socket host, kernel and memory', found, version, info, here, sameKernel: true },
    {
      because: 'another kernel: a virtual machine',
      found,
      version: { ...version, KernelVersion: '6.12.5-linuxkit' },
      info,
      here,
      sameKernel: false,
    },
    {
      because: 'another memory total: a virtual machine with the same kernel',
      found,
      version,
      info: { ...info, MemTotal: 8_000_000_000 },
      here,
      sameKernel: false,
    },
    {
      because: 'an engine over the network',
      found: { ...found, endpoint: 'tcp://10.0.0.1:2376' },
      version,
      info,
      here,
      sameKernel: false,
    },
    {
      because: 'no cgroup hierarchy to read',
      found,
      version,
      info,
      here: { ...here, cgroupMounted: false },
      sameKernel: false,
    },
    { because: 'not Linux', found, version, info, here: { ...here, platform: 'darwin' as const }, sameKernel: false },
    {
      because: 'an engine that does not say its memory',
      found,
      version,
      info: { CgroupVersion: '2' },
      here,
      sameKernel: false,
    },
  ])('call its kernel ours: $sameKernel for $because', (given) => {
    expect(toEngineFacts(answers(given), given.found, given.here).sameKernel).toBe(given.sameKernel)
  })

  it('hold no credentials of an address', () => {
    const withPassword = { ...found, endpoint: 'tcp://me:p/w@rd@10.0.0.1:2375?token=secret' }
    expect(toEngineFacts(answers({}), withPassword, here).endpoint).toBe('tcp://***@10.0.0.1:2375')
  })

  it('have the id of the engine, which is the same by every way to it; Podman has none', () => {
    expect(factsOf({ info: { ...info, ID: 'ABCD:EFGH' } }).id).toBe('ABCD:EFGH')
    expect(factsOf({}).id).toBeNull()
  })

  const podmanOf = (rootless: boolean, cgroupControllers: readonly string[]) => ({
    host: { cgroupControllers, security: { rootless } },
  })
  const all = { CPUSet: true, MemoryLimit: true }
  it.each([
    { because: 'an engine that holds all', info: { ...info, ...all }, podman: null, uncapped: [], rootless: false },
    { because: 'an engine that does not say', info, podman: null, uncapped: [], rootless: false },
    {
      because: 'rootless Docker on cgroup 1',
      info: { ...info, CgroupVersion: '1', CgroupDriver: 'none', SecurityOptions: ['name=rootless'] },
      podman: null,
      uncapped: ['cores', 'memory'],
      rootless: true,
    },
    {
      because: 'rootless Docker on cgroup 2 where systemd hands on memory and pids only',
      info: { ...info, CPUSet: false, MemoryLimit: true, SecurityOptions: ['name=seccomp', 'name=rootless'] },
      podman: null,
      uncapped: ['cores'],
      rootless: true,
    },
    {
      because: 'rootless Podman on cgroup 1, whose Docker API says that it can',
      info: { ...info, ...all, SecurityOptions: ['name=seccomp,profile=default'] },
      podman: podmanOf(true, []),
      uncapped: ['cores', 'memory'],
      rootless: true,
    },
    {
      because: 'rootless Podman on cgroup 2 where all is handed on',
      info: { ...info, ...all },
      podman: podmanOf(true, ['cpuset', 'cpu', 'io', 'memory', 'pids']),
      uncapped: [],
      rootless: true,
    },
    {
      because: 'Podman that runs as root',
      info: { ...info, ...all },
      podman: podmanOf(false, ['cpuset', 'cpu', 'memory']),
      uncapped: [],
      rootless: false,
    },
  ])('tell what is not held, and whether it runs as root: $because', ({ info: said, podman, uncapped, rootless }) => {
    const components = podman === null ? version : { ...version, Components: [{ Name: 'Podman Engine' }] }
    const facts = factsOf({ version: components, info: said, podman })
    expect(facts).toMatchObject({ uncapped, rootless })
    const problem = uncappedProblem(facts)
    if (uncapped.length === 0) expect(problem).toBeNull()
    else expect(problem?.message).toContain(`without root, cannot limit ${uncapped.join(' and ')}`)
  })

  it('mark Podman, whose figures are less truthful', () => {
    const podman = { ...version, Components: [{ Name: 'Podman Engine' }, { Name: 'Conmon' }] }
    expect(factsOf({ version: podman })).toMatchObject({ name: 'Podman', reducedTruth: true })
    expect(factsOf({ version: { ...version, Components: [{ Name: 'Engine' }] } })).toMatchObject({
      reducedTruth: false,
    })
  })

  it('name Docker Desktop and editions of the engine', () => {
    expect(factsOf({ info: { ...info, OperatingSystem: 'Docker Desktop' } }).name).toBe('Docker Desktop')
    expect(factsOf({ version: { ...version, Platform: { Name: 'Docker Engine - Community' } } }).name).toBe(
      'Docker Engine - Community',
    )
  })
})
