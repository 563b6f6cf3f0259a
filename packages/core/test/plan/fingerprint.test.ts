import type { EngineFacts, HostFacts, PlannedHost, PlannedSite, StoredFingerprint } from '@bakeoff/model'
import { describe, expect, it } from 'vitest'
import { benchesThatAreLeft, compareFingerprints, type Fingerprint, fingerprintOnDisk } from '../../src/plan/index.js'
import { anEntry, aPlan, aRepetitionRecord, aScenario, aSite, GIB } from '../builders.js'

const entry = anEntry('predict', 'go')
const plan = aPlan([aScenario()], [entry])
const id = (letter: string) => `sha256:${letter.repeat(64)}`

const before: Fingerprint = {
  host: { ...plan.host, machineId: 'm1' },
  engine: { ...plan.engine, id: 'e1' },
  site: null,
  git: { commit: 'c'.repeat(40), dirty: false },
  code: 'k1',
  planDigest: 'p1',
  profile: { name: 'default', budgetMs: 1000, warmUp: { minMs: 1 } },
  work: { predict: 'w1' },
  baseId: id('b'),
  images: { 'bakeoff/target/go': { ids: [id('a')] }, 'bakeoff/load-agent': { ids: [id('d')] } },
}
const onHost = (changes: Partial<HostFacts>): Fingerprint => ({ ...before, host: { ...before.host, ...changes } })
const onEngine = (changes: Partial<EngineFacts>): Fingerprint => ({
  ...before,
  engine: { ...before.engine, ...changes },
})
const withImage = (name: string, now: Fingerprint['images'][string]): Fingerprint => ({
  ...before,
  images: { ...before.images, [name]: now },
})

describe('what must be the same when a run goes on', () => {
  it.each([
    { what: 'machine', now: onHost({ machineId: 'm2' }), was: 'm1', is: 'm2' },
    { what: 'processor', now: onHost({ cpuModel: 'Other CPU' }), was: 'Test CPU', is: 'Other CPU' },
    { what: 'cores', now: onHost({ cpus: before.host.cpus.slice(2) }), was: '4 (0, 1, 2, 3)', is: '2 (2, 3)' },
    {
      what: 'cores',
      now: onHost({ cpus: before.host.cpus.map((cpu) => ({ ...cpu, core: cpu.id % 2 })) }),
      was: '4 (0, 1, 2, 3)',
      is: '4 (0, 1, 2 of core 0, 3 of core 1)',
    },
    { what: 'memory', now: onHost({ memoryBytes: 8 * GIB }), was: '16 GiB', is: '8 GiB' },
    { what: 'kernel', now: onHost({ kernel: '6.13.0' }), was: '6.12.0', is: '6.13.0' },
    { what: 'CPU governor', now: onHost({ governor: 'powersave' }), was: 'performance', is: 'powersave' },
    { what: 'engine', now: onEngine({ name: 'Podman' }), was: 'Docker Engine', is: 'Podman' },
    { what: 'engine version', now: onEngine({ version: '29.0.0' }), was: '28.0.0', is: '29.0.0' },
    { what: 'engine id', now: onEngine({ id: 'e2' }), was: 'e1', is: 'e2' },
    { what: 'cgroup version', now: onEngine({ cgroupVersion: '1' }), was: '2', is: '1' },
    { what: 'storage driver', now: onEngine({ storageDriver: 'vfs' }), was: 'overlay2', is: 'vfs' },
    { what: 'cores of the engine', now: onEngine({ sameKernel: false, cpus: 2 }), was: '4', is: '2' },
    { what: 'Node', now: onHost({ nodeVersion: 'v24.1.0' }), was: 'v20.20.2', is: 'v24.1.0' },
    {
      what: 'code that measures',
      now: { ...before, code: 'k2', git: { commit: 'e'.repeat(40), dirty: true } },
      was: 'k1 (commit cccccccccc)',
      is: 'k2 (commit eeeeeeeeee with changes)',
    },
    { what: 'plan.json', now: { ...before, planDigest: 'p2' }, was: 'p1', is: 'p2' },
    {
      what: 'budgetMs of the profile in matrix.yaml',
      now: { ...before, profile: { ...before.profile, budgetMs: 2000 } },
      was: '1000',
      is: '2000',
    },
    {
      what: 'warmUp of the profile in matrix.yaml',
      now: { ...before, profile: { ...before.profile, warmUp: { minMs: 2 } } },
      was: '{"minMs":1}',
      is: '{"minMs":2}',
    },
    { what: 'profile in matrix.yaml', now: { ...before, profile: null }, was: 'default', is: 'gone' },
    { what: 'requests and answers of predict', now: { ...before, work: { predict: 'w2' } }, was: 'w1', is: 'w2' },
    { what: 'requests and answers of predict', now: { ...before, work: {} }, was: 'w1', is: 'gone' },
    { what: 'base image', now: { ...before, baseId: id('f') }, was: 'bbbbbbbbbbbb', is: 'ffffffffffff' },
    {
      what: 'image bakeoff/load-agent',
      now: withImage('bakeoff/load-agent', { ids: [id('f')] }),
      was: 'dddddddddddd',
      is: 'ffffffffffff',
    },
    {
      what: 'image bakeoff/target/go',
      now: withImage('bakeoff/target/go', { ids: [], why: 'gone from this engine' }),
      was: 'aaaaaaaaaaaa',
      is: 'gone from this engine',
    },
  ])('$what: $was and not $is', ({ what, now, was, is }) => {
    expect(compareFingerprints(before, now).differences.map(({ of: _, ...rest }) => rest)).toEqual([{ what, was, is }])
  })

  it.each([
    { because: 'nothing has changed', now: before },
    { because: 'the machine has another name', now: onHost({ hostname: 'other' }) },
    { because: 'the same engine is reached by another way', now: onEngine({ endpoint: 'tcp://127.0.0.1:2375' }) },
    { because: 'a boot took a little memory', now: onHost({ memoryBytes: 16 * GIB - 40_000_000 }) },
    { because: 'less of the disk is free', now: onHost({ diskFreeBytes: 1, cpuPressure: 0.4 }) },
    {
      because: 'an image is there that could not be built before',
      now: withImage('bakeoff/target/other', { ids: [id('9')] }),
    },
  ])('goes on when $because', ({ now }) => {
    expect(compareFingerprints(before, now)).toEqual({ differences: [], unchecked: [], notes: [] })
  })

  it('names all differences, not the first alone', () => {
    const now = { ...onHost({ kernel: '7', cpuModel: 'x' }), baseId: id('0'), work: {} }
    expect(compareFingerprints(before, now).differences.map(({ what }) => what)).toEqual([
      'processor',
      'kernel',
      'requests and answers of predict',
      'base image',
    ])
  })

  it('notes another commit whose measuring code is the same, and goes on', () => {
    const now = { ...before, git: { commit: 'e'.repeat(40), dirty: false } }
    expect(compareFingerprints(before, now)).toEqual({
      differences: [],
      unchecked: [],
      notes: ['the commit is eeeeeeeeee and was cccccccccc; the code that measures is the same in both'],
    })
  })

  it('tells an engine without an id by its endpoint', () => {
    const podman = onEngine({ id: null })
    const elsewhere = onEngine({ id: null, endpoint: 'unix:///other.sock' })
    expect(compareFingerprints(podman, podman).differences).toEqual([])
    expect(compareFingerprints(podman, elsewhere).differences).toMatchObject([{ what: 'engine endpoint' }])
  })
})

describe('the machines of a run', () => {
  const site = aSite()
  const onSite = (changes: Partial<PlannedSite> = {}): Fingerprint => ({ ...before, site: { ...site, ...changes } })
  const withDb = (changes: Partial<PlannedHost>) =>
    onSite({ hosts: site.hosts.map((host) => (host.name === 'db-1' ? { ...host, ...changes } : host)) })
  const [{ facts, engine }] = site.hosts as [PlannedHost]

  it.each([
    { what: 'kind of network', now: onSite({ network: 'bridge' }), was: 'overlay', is: 'bridge' },
    { what: 'MTU of the network', now: onSite({ mtu: 1400 }), was: '1450', is: '1400' },
    {
      what: 'benches',
      now: onSite({ benches: site.benches.map((bench) => ({ ...bench, services: 'bench-1', agents: ['load-1'] })) }),
      was: 'target on bench-1, services on db-1, load agents on load-1 and load-2',
      is: 'target and services on bench-1, load agent on load-1',
    },
    { what: 'db-1: address', now: withDb({ address: '10.10.0.99' }), was: '10.10.0.11', is: '10.10.0.99' },
    { what: 'db-1: kernel', now: withDb({ facts: { ...facts, kernel: '7' } }), was: '6.12.0', is: '7' },
    { what: 'db-1: engine version', now: withDb({ engine: { ...engine, version: '29' } }), was: '28.0.0', is: '29' },
    {
      what: 'machines',
      now: before,
      was: 'target on bench-1, services on db-1, load agents on load-1 and load-2',
      is: 'this one',
    },
  ])('are others: $what', ({ what, now, was, is }) =>
    expect(compareFingerprints(onSite(), now).differences.map(({ of: _, ...rest }) => rest)).toEqual([
      { what, was, is },
    ]),
  )

  it('are several where there was one', () =>
    expect(compareFingerprints(before, onSite()).differences).toMatchObject([{ what: 'machines', was: 'this one' }]))

  it.each([
    { because: 'nothing has changed', now: onSite() },
    { because: 'the file has another name', now: onSite({ file: 'other.yaml' }) },
    { because: 'an engine is reached by another way', now: withDb({ docker: 'context:db-1' }) },
  ])('are the same when $because', ({ now }) =>
    expect(compareFingerprints(onSite(), now)).toEqual({ differences: [], unchecked: [], notes: [] }),
  )
})

describe('the machines of a fleet', () => {
  const alone = (name: string) => ({ id: name, target: name, services: name, agents: [name] })
  const onFleet = (...names: string[]): Fingerprint => {
    const [host] = aSite().hosts as [PlannedHost]
    const hosts = names.map((name) => ({ ...host, name }))
    return { ...before, site: { ...aSite(), network: 'bridge', mtu: null, hosts, benches: names.map(alone) } }
  }

  it('may be fewer when the run goes on, which is told', () => {
    const { differences, notes } = compareFingerprints(onFleet('n1', 'n2', 'n3'), onFleet('n1', 'n3'))
    expect({ differences, notes }).toEqual({ differences: [], notes: ['the run goes on without n2'] })
  })

  it('may not be others', () =>
    expect(compareFingerprints(onFleet('n1', 'n2'), onFleet('n1', 'n9')).differences).toMatchObject([
      { what: 'benches' },
    ]))

  it('keep the names of the plan, whatever a file without one of them calls the others', () => {
    const named = (id: string, host: string) => ({ ...alone(host), id })
    const site = { ...aSite(), benches: [named('bench-1', 'a'), named('bench-2', 'b')] }
    expect(benchesThatAreLeft(site, { ...site, benches: [named('bench-1', 'b')] })).toEqual([named('bench-2', 'b')])
  })
})

describe('a run of before fingerprints were kept', () => {
  const record = aRepetitionRecord(entry, 1, [])
  const image = { ...record.image!, name: 'bakeoff/target/go', id: id('a') }
  const onDisk = (stored: StoredFingerprint | null, ids: Record<string, string> = {}) =>
    fingerprintOnDisk({
      plan,
      stored,
      records: [{ ...record, image, images: ids }],
      calibrations: [],
      baseId: id('b'),
    })
  const now: Fingerprint = { ...before, git: { commit: plan.gitCommit, dirty: false }, work: onDisk(null).work }

  it('is compared by what its plan and records hold, and the rest is said to be unchecked', () => {
    const { differences, unchecked } = compareFingerprints(onDisk(null, { 'bakeoff/load-agent': id('d') }), now)
    expect(differences).toEqual([])
    expect(unchecked).toEqual(['machine', 'engine id', 'plan.json', 'profile in matrix.yaml'])
  })

  it('is refused for a commit that differs, and for images that differ or were mixed already', () => {
    const mixed = onDisk(null, { 'bakeoff/target/go': id('9') })
    const other = { ...now, git: { commit: 'e'.repeat(40), dirty: false } }
    expect(compareFingerprints(mixed, other).differences).toMatchObject([
      { what: 'commit', was: plan.gitCommit, is: 'e'.repeat(40) },
      { what: 'image bakeoff/target/go', was: 'aaaaaaaaaaaa and 999999999999', is: 'aaaaaaaaaaaa' },
    ])
    expect(compareFingerprints(mixed, other).unchecked).toContain('image bakeoff/load-agent')
  })
})
