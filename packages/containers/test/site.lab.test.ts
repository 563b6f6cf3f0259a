/** One run on three engines: containers of all of them on one network, their images, their counters, and their end. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { HostSpec, ImageFacts, PlannedSite } from '@bakeoff/model'
import { plainContainer } from '@bakeoff/runner'
import { type ContainerRequest, type Network, type RunningContainer, steadyMs } from '@bakeoff/runner/ports'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  describeEngine,
  LEASE,
  newOwner,
  type OpenHosts,
  openHosts,
  openSession,
  openSite,
  prepareSwarm,
  probeImage,
  type Site,
  SiteImages,
  startProbes,
} from '../src/index.js'
import { buildDist, noImages } from './engine.js'
import { BASE, bring, clientOf, dockerOf, type Lab, labUnderTest } from './lab/lab.js'
import { buildProbe } from './probe-under-test.js'

const NAMES = ['h1', 'h2', 'h3']
const MTU = 1350
let lab: Lab
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bakeoff-site-'))
  const up = await labUnderTest({ hosts: 3, cores: [[0], [1], [0]] })
  lab = up.lab
  await buildDist() // the watchdog's program
  await buildProbe(up.here.client)
  await bring(lab, up.here, [BASE, `${probeImage}:latest`], ['h1']) // the others get them as a site gives them
  const hosts = lab.hosts.map(({ name, address }) => ({ name, address, client: clientOf(lab, name) }))
  await prepareSwarm(hosts, { say: () => undefined })
})
afterAll(async () => {
  await lab?.down()
  await rm(folder, { recursive: true, force: true })
})

function specOf(name: string): HostSpec {
  const { address, socket } = lab.host(name).facts
  return { name, way: { kind: 'unix', path: socket }, docker: `unix://${socket}`, address, socket }
}

/** Nothing is built: images are what the first host has under their names. */
function imagesOf(hosts: OpenHosts['hosts']): SiteImages {
  const engines = hosts.map(({ spec, engine }) => ({ name: spec.name, client: engine.client }))
  const { client } = engines[0] as { client: (typeof engines)[number]['client'] }
  const factsOf = async (name: string): Promise<ImageFacts> => {
    const { Id: id } = await client.images.inspect(name.includes(':') ? name : `${name}:latest`)
    return { name, id, key: id, bytes: null, architecture: null, cached: true, buildSeconds: null, baseId: null }
  }
  return new SiteImages({
    engines,
    maker: 'h1',
    images: {
      ensureImage: ({ name }) => factsOf(name),
      lookUpImage: ({ name }) => factsOf(name),
      findImage: (_, id) => factsOf(id),
    },
  })
}

/** A site of all hosts, with all that it stands on; ended in the order of a command. */
class OpenSite implements AsyncDisposable {
  readonly said: string[] = []
  site!: Site
  /** id of the base image */
  image = ''
  /** what is open, last opened last */
  readonly #held: AsyncDisposable[] = []

  static async open(): Promise<OpenSite> {
    const open = new OpenSite()
    try {
      await open.#open()
      return open
    } catch (error) {
      await open[Symbol.asyncDispose]()
      throw error
    }
  }

  async #open(): Promise<void> {
    const say = (line: string) => void this.said.push(line)
    const { hosts } = this.#hold(await openHosts(NAMES.map(specOf)))
    const images = imagesOf(hosts)
    const owner = await newOwner()
    const { signal } = new AbortController()
    const probed = this.#hold(await startProbes({ hosts }, { owner, images, say, signal }))
    const planned: PlannedSite = { file: 'lab.yaml', network: 'overlay', mtu: MTU, hosts: [], benches: [] }
    const options = { root: '/test', lockFolder: folder, owner, say, images }
    this.site = this.#hold(await openSite(planned, probed.hosts, options))
    this.image = (await this.site.ensureImage({ name: BASE, folder: null, requires: [], hosts: NAMES }, signal)).id
  }

  #hold<T extends AsyncDisposable>(thing: T): T {
    this.#held.push(thing)
    return thing
  }

  start(network: Network, name: string, changes: Partial<ContainerRequest>): Promise<RunningContainer> {
    const caps = { cpus: 1, cpuset: [], quotaCpus: null, memoryBytes: 128 * 1024 ** 2 }
    return this.site.start(network, {
      ...plainContainer(name, this.image, caps),
      command: ['bash', '-c', 'exec sleep 600'],
      ...changes,
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const thing of this.#held.splice(0).reverse()) await thing[Symbol.asyncDispose]()
  }
}

/** a TCP server on port 8080, in what the base image has */
const SERVING = [
  'bash',
  '-c',
  `exec perl -MIO::Socket::INET -e '$s = IO::Socket::INET->new(LocalPort => 8080, Listen => 5, ReuseAddr => 1); while ($c = $s->accept) { print $c "hello"; close $c }'`,
]

async function said(by: RunningContainer, script: string): Promise<string> {
  return (await by.run(['timeout', '3', 'bash', '-c', script], AbortSignal.timeout(20_000))).output
}

/** What became of a TCP connection from inside, within a second. */
async function connecting(from: RunningContainer, host: string, port: number): Promise<'answered' | 'nobody'> {
  const { exitCode, output } = await from.run(
    ['timeout', '1', 'bash', '-c', `(exec 3<>/dev/tcp/${host}/${port}) 2>&1`],
    AbortSignal.timeout(20_000),
  )
  return exitCode === 0 || /refused/i.test(output) ? 'answered' : 'nobody'
}

const leftOn = async (name: string) => [...(await lab.containersOf(name)), ...(await lab.networksOf(name))]

it('runs containers of one testbed on all hosts, each on its cores, which reach one another and nothing else', async () => {
  await using open = await OpenSite.open()
  await using network = await open.site.openNetwork('cell', NAMES)
  await using service = await open.start(network, 'postgres', { host: 'h2', command: SERVING })
  const caps = { cpus: 1, cpuset: [0], quotaCpus: null, memoryBytes: 128 * 1024 ** 2 }
  const peers = { postgres: service.address, cache: '198.51.100.7' }
  await using target = await open.start(network, 'target', { host: 'h1', peers, caps })
  await using agent = await open.start(network, 'agent', { host: 'h3' })
  expect([service, target, agent].map(({ host }) => host)).toEqual(['h2', 'h1', 'h3'])

  await expect.poll(() => connecting(target, 'postgres', 8080), { timeout: 60_000 }).toBe('answered')
  expect(await connecting(agent, service.address, 8080)).toBe('answered')
  expect(await connecting(agent, target.address, 9), 'refused by it is an answer of it').toBe('answered')
  expect(await said(target, 'cat /etc/hosts')).toMatch(/^198\.51\.100\.7\s+cache$/m)

  await service.pause()
  await service.resume()
  await expect.poll(() => connecting(target, 'postgres', 8080), { timeout: 60_000 }).toBe('answered')

  expect(await said(target, 'cat /sys/class/net/eth0/mtu; ls /sys/class/net')).toBe(`${MTU}\neth0\nlo`)
  expect((await dockerOf(lab, 'h1').getContainer(target.id).inspect()).HostConfig.CpusetCpus).toBe('0')
  const addresses = lab.hosts.map(({ address }) => address)
  expect(network.hostAddresses).toEqual(expect.arrayContaining(addresses))
  const answers = network.hostAddresses.map((address) => connecting(target, address, 2377))
  expect(new Set(await Promise.all(answers))).toEqual(new Set(['nobody']))
})

it('gives every host the very same image, and takes it from there the next time', async () => {
  await using open = await OpenSite.open()
  expect(open.said).toEqual([])
  const layers = NAMES.map(async (name) => (await clientOf(lab, name).images.inspect(open.image)).RootFS?.Layers)
  const [first, ...others] = await Promise.all(layers)
  expect(first?.length).toBeGreaterThan(0)
  for (const other of others) expect(other).toEqual(first)
})

it('reads containers and machines of all hosts on one scale of time', async () => {
  await using open = await OpenSite.open()
  await using network = await open.site.openNetwork('cell', NAMES)
  const startedMs = steadyMs()
  await using target = await open.start(network, 'target', { host: 'h1' })
  await using agent = await open.start(network, 'agent', { host: 'h3' })
  expect(target.startedAtMs).toBeGreaterThanOrEqual(startedMs)
  expect(agent.startedAtMs).toBeGreaterThanOrEqual(target.startedAtMs)
  await using sampler = await open.site.sample([target, agent], 10)
  const fromMs = steadyMs()
  await new Promise((resolve) => setTimeout(resolve, 1_500))
  const { containers, host, clockErrorMs, machines } = sampler.between(fromMs, steadyMs())
  expect(Object.keys(machines ?? {})).toEqual(['h3'])
  expect(clockErrorMs).toBeLessThan(50)
  for (const readings of [containers.target, containers.agent, host, machines?.h3?.readings]) {
    expect(readings?.length).toBeGreaterThan(5)
    expect(readings?.at(-1)?.atMs).toBeGreaterThan(fromMs)
  }
  expect(containers.agent?.at(-1)?.memoryAnonBytes).toBeGreaterThan(0)
})

describe('the end of a site', () => {
  it('leaves nothing on any host, whatever was running', async () => {
    const open = await OpenSite.open()
    const network = await open.site.openNetwork('cell', NAMES)
    for (const host of NAMES) await open.start(network, `on-${host}`, { host })
    expect(await leftOn('h2')).toHaveLength(3) // a container, its network and the probe
    await open[Symbol.asyncDispose]()
    for (const host of NAMES) expect(await leftOn(host), host).toEqual([])
    expect(open.said).toEqual([])
  })

  it('is no end of the others when an engine was lost, which is named, and cleaned when it is back', async () => {
    const open = await OpenSite.open()
    const network = await open.site.openNetwork('cell', NAMES)
    const [lost] = await Promise.all(['h2', 'h1', 'h3'].map((host) => open.start(network, `on-${host}`, { host })))
    const ended = lost?.exited.catch((error: unknown) => error)
    await lab.killEngine('h2')
    expect(await ended).toMatchObject({ code: 'ENGINE_LOST', message: expect.stringContaining('h2') })
    await open[Symbol.asyncDispose]()
    expect(open.said).toContainEqual(expect.stringMatching(/^h2 could not be cleaned from here/))
    expect(open.said).toContainEqual(expect.stringMatching(/^h1: network .* its watchdog goes on with it/))
    expect(await lab.containersOf('h1')).toEqual([])
    await lab.startEngine('h2')
    await expect.poll(() => leftOn('h2'), { timeout: 60_000, interval: 500 }).toEqual([])
    await expect.poll(() => leftOn('h1'), { timeout: 60_000, interval: 500 }).toEqual([])
  })
})

it('keeps the engines of its hosts from every other run', async () => {
  await using open = await OpenSite.open()
  expect(await lab.containersOf('h3')).toEqual([LEASE])
  await expect(OpenSite.open()).rejects.toMatchObject({ code: 'ENGINE_HELD' })
  const other = await mkdtemp(join(folder, 'locks-'))
  const client = clientOf(lab, 'h3')
  const facts = await describeEngine(client)
  const options = { root: '/test', say: () => undefined, images: noImages, lockFolder: other }
  await expect(openSession(client, facts, options)).rejects.toMatchObject({
    code: 'ENGINE_HELD',
    message: expect.stringContaining('a run on several machines'),
  })
  expect(open.said).toEqual([])
})
