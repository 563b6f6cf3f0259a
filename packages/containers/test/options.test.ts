import { plainContainer } from '@bakeoff/runner'
import type { ContainerRequest } from '@bakeoff/runner/ports'
import { describe, expect, it } from 'vitest'
import { probeCommand } from '../src/session/container.js'
import { type Surroundings, toCreateOptions } from '../src/session/options.js'

const request: ContainerRequest = {
  ...plainContainer('target', 'bakeoff/target/x', { cpus: 2, cpuset: [2, 3], quotaCpus: null, memoryBytes: 256 << 20 }),
  environment: { PORT: '8080', EMPTY: '' },
}
const around: Surroundings = {
  uniqueName: 'bakeoff-s-1-target',
  networkId: 'net',
  labels: { 'bakeoff.session': 's' },
  imageUser: '',
  imageVolumes: [],
  openFiles: 65_536,
  ownResolver: true,
}

it('caps and hardens every container', () => {
  expect(toCreateOptions(request, around)).toEqual({
    name: 'bakeoff-s-1-target',
    Image: 'bakeoff/target/x',
    Hostname: 'target',
    Labels: { 'bakeoff.session': 's' },
    Env: ['PORT=8080', 'EMPTY='],
    User: '10001:10001',
    Healthcheck: { Test: ['NONE'] },
    HostConfig: {
      AutoRemove: false,
      NetworkMode: 'net',
      Dns: ['127.0.0.1'],
      CpusetCpus: '2,3',
      Memory: 256 << 20,
      MemorySwap: 256 << 20,
      PidsLimit: 2048,
      Init: true,
      ReadonlyRootfs: true,
      Tmpfs: { '/tmp': 'rw,mode=1777,size=134217728' },
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges'],
      Ulimits: [{ Name: 'nofile', Soft: 65_536, Hard: 65_536 }],
      LogConfig: { Type: 'json-file', Config: { 'max-size': '1m', 'max-file': '2' } },
      RestartPolicy: { Name: 'no' },
    },
    NetworkingConfig: { EndpointsConfig: { net: { Aliases: ['target'] } } },
  })
})

it('has a volume for files that are put in before the start, and no memory in its place', () => {
  const files = { folder: '/etc/bakeoff/tls', texts: { 'ca.pem': 'PEM' } }
  const options = toCreateOptions({ ...request, files }, { ...around, imageVolumes: ['/etc/bakeoff/tls', '/data'] })
  expect(options.Volumes).toEqual({ '/etc/bakeoff/tls': {} })
  expect(Object.keys(options.HostConfig?.Tmpfs ?? {})).toEqual(['/data', '/tmp'])
})

describe('what a request may change', () => {
  it.each([
    { because: 'the image says who it runs as', imageUser: 'app', user: null, expected: 'app' },
    { because: 'the scenario says otherwise', imageUser: 'app', user: '999', expected: '999' },
    { because: 'an image without a user would be root', imageUser: '', user: null, expected: '10001:10001' },
  ])('user: $because', ({ imageUser, user, expected }) =>
    expect(toCreateOptions({ ...request, user }, { ...around, imageUser }).User).toBe(expected),
  )

  it.each([
    { entry: '/run', expected: { '/run': 'rw,mode=1777,size=134217728' } },
    { entry: '/run:size=16m', expected: { '/run': 'rw,mode=1777,size=16m' } },
    { entry: '/run:mode=0700,uid=5', expected: { '/run': 'rw,size=134217728,mode=0700,uid=5' } },
    { entry: '/tmp:size=1g', expected: { '/tmp': 'rw,mode=1777,size=1g' } },
  ])('tmpfs $entry', ({ entry, expected }) =>
    expect(toCreateOptions({ ...request, tmpfs: [entry] }, around).HostConfig?.Tmpfs).toMatchObject(expected),
  )

  it.each([
    { because: 'as who the container runs as', with: {}, expected: 'rw,mode=1777,size=134217728,uid=10001,gid=10001' },
    { because: 'with a user only', with: { user: '999' }, expected: 'rw,mode=1777,size=134217728,uid=999,gid=999' },
    { because: 'of a user who has a name only', with: { user: 'postgres' }, expected: 'rw,mode=1777,size=134217728' },
    {
      because: 'that the scenario gives itself',
      with: { tmpfs: ['/var/lib/data/:size=1g'] },
      expected: 'rw,mode=1777,size=1g',
    },
  ])('memory in place of a volume of the image, $because', ({ with: changes, expected }) => {
    const options = toCreateOptions({ ...request, ...changes }, { ...around, imageVolumes: ['/var/lib/data', '/tmp'] })
    const paths = Object.entries(options.HostConfig?.Tmpfs ?? {}).map(([path, given]) => [
      path.replace(/\/$/, ''),
      given,
    ])
    expect(paths).toHaveLength(2)
    expect(Object.fromEntries(paths)).toMatchObject({
      '/var/lib/data': expected,
      '/tmp': 'rw,mode=1777,size=134217728',
    })
  })

  it('asks no resolver of the machine, where the engine has one of its own', () => {
    expect(toCreateOptions(request, around).HostConfig?.Dns).toEqual(['127.0.0.1'])
    expect(toCreateOptions(request, { ...around, ownResolver: false }).HostConfig).not.toHaveProperty('Dns')
  })

  it('takes a fraction of cores as a quota, on no core in particular', () => {
    const options = toCreateOptions(
      { ...request, caps: { cpus: 0.5, cpuset: [], quotaCpus: 0.5, memoryBytes: 1e8 } },
      around,
    )
    expect(options.HostConfig).toMatchObject({ NanoCpus: 500_000_000 })
    expect(options.HostConfig).not.toHaveProperty('CpusetCpus')
  })

  it('leaves open files to the engine where it refused a limit of ours', () => {
    expect(toCreateOptions(request, { ...around, openFiles: null }).HostConfig).not.toHaveProperty('Ulimits')
  })

  it('tells the addresses of containers on other machines, whose names no engine resolves', () => {
    expect(toCreateOptions(request, around).HostConfig).not.toHaveProperty('ExtraHosts')
    const peers = { postgres: '10.0.1.2', 'target-2': '10.0.1.3' }
    expect(toCreateOptions({ ...request, peers }, around).HostConfig).toMatchObject({
      ExtraHosts: ['postgres:10.0.1.2', 'target-2:10.0.1.3'],
    })
  })

  it('asks for an address where one was chosen', () => {
    expect(toCreateOptions(request, { ...around, address: '10.0.1.100' }).NetworkingConfig).toEqual({
      EndpointsConfig: { net: { Aliases: ['target'], IPAMConfig: { IPv4Address: '10.0.1.100' } } },
    })
  })

  it('replaces the command, adds names and shared memory, and keeps stdin open', () => {
    const options = toCreateOptions(
      { ...request, command: ['a', 'b'], aliases: ['db'], shmBytes: 1 << 20, interactive: true },
      around,
    )
    expect(options).toMatchObject({
      Cmd: ['a', 'b'],
      OpenStdin: true,
      StdinOnce: true,
      HostConfig: { ShmSize: 1 << 20 },
      NetworkingConfig: { EndpointsConfig: { net: { Aliases: ['target', 'db'] } } },
    })
  })
})

it.each([
  { test: ['CMD', 'pg_isready', '-q'], expected: ['pg_isready', '-q'] },
  { test: ['CMD-SHELL', 'test -f /x || exit 1'], expected: ['/bin/sh', '-c', 'test -f /x || exit 1'] },
  { test: ['NONE'], expected: null },
  { test: [], expected: null },
])('health check $test', ({ test, expected }) => expect(probeCommand(test)).toEqual(expected))
