import type { PlannedSite } from '@bakeoff/model'
import { plainContainer } from '@bakeoff/runner'
import type { ContainerRequest, Network, RunningContainer, SampledBetween } from '@bakeoff/runner/ports'
import type { HostSession } from '../src/session/session.js'
import { joinHosts, type SiteHost } from '../src/site/site.js'
import { clientOf, engineError } from './fake-engine.js'

interface Made {
  readonly request: ContainerRequest
  readonly network: string
  /** undefined: the engine chose one */
  readonly address: string | undefined
}

/** One host of a site: a session that keeps what it made, and an engine that knows its own networks. */
export class FakeHost implements SiteHost {
  readonly name: string
  readonly address: string | null
  readonly containers = new Map<string, Made>()
  readonly networks = new Map<string, { readonly kind: 'bridge' | 'overlay'; readonly mtu: number | null }>()
  readonly said: string[] = []
  readonly clock = { errorMs: 0.5, readings: 0, read: async () => void this.clock.readings++ }
  /** what the other hosts still have on its overlays when it is asked to end */
  leftWhenEnded: number | null = null
  /** addresses of hosts that it does not reach */
  cutOffFrom: readonly string[] = []
  readonly lost = new Promise<Error>(() => undefined)
  /** the engine does not answer any more */
  isLost = false
  readonly #others: () => readonly FakeHost[]

  constructor(name: string, address: string | null, others: () => readonly FakeHost[]) {
    this.name = name
    this.address = address
    this.#others = others
  }

  readonly client = clientOf({
    getNetwork: (name: string) => ({
      inspect: async () => {
        if (name !== 'bridge') throw engineError(404, 'no such network')
        return { IPAM: { Config: [{ Gateway: `gateway of ${this.name}` }] } }
      },
    }),
  })

  readonly unreached = async (addresses: readonly string[]) =>
    addresses.filter((address) => this.cutOffFrom.includes(address))

  readonly session: HostSession = {
    id: 's',
    labels: {},
    watchdogPid: 1,
    ensureImage: () => Promise.reject(new Error('images are those of the site')),
    lookUpImage: () => Promise.reject(new Error('images are those of the site')),
    findImage: () => Promise.reject(new Error('images are those of the site')),
    openNetwork: async (name) => this.#network(name, 'bridge', null),
    openOverlay: async (name, mtu) => ({
      ...this.#network(name, 'overlay', mtu),
      hostAddresses: [],
      subnet: '198.18.5.0/24',
    }),
    removeKept: async () => void this.said.push('removed what was kept'),
    start: async (network, request, address) => this.#start(network, request, address),
    sample: async (containers) => this.#sample(containers),
    end: async () => {
      this.leftWhenEnded = this.#others().reduce((sum, { containers }) => sum + containers.size, 0)
      if (!this.isLost) this.containers.clear()
      return this.isLost ? 'lost' : 'clean'
    },
    close: async () => void (await this.session.end()),
    emergencyStop: async () => void (await this.session.end()),
    [Symbol.asyncDispose]: async () => void (await this.session.end()),
  }

  #network(name: string, kind: 'bridge' | 'overlay', mtu: number | null): Network {
    this.networks.set(name, { kind, mtu })
    return {
      id: `${kind} ${name}`,
      hostAddresses: ['10.1.0.1'],
      [Symbol.asyncDispose]: async () => void this.networks.delete(name),
    }
  }

  #start(network: Network, request: ContainerRequest, address: string | undefined): RunningContainer {
    this.containers.set(request.name, { request, network: network.id, address })
    return { ...aContainer(request.name), host: this.name }
  }

  #sample(containers: readonly RunningContainer[]) {
    const sampled: SampledBetween = {
      containers: Object.fromEntries(containers.map(({ name }) => [name, []])),
      host: [{ atMs: 1, busySeconds: this.name.length, idleSeconds: 0, stealSeconds: 0, pressureSeconds: 0 }],
    }
    return { between: () => sampled, [Symbol.asyncDispose]: async () => void this.said.push('sampler ended') }
  }
}

function aContainer(name: string): RunningContainer {
  const none = () => Promise.reject(new Error('not played'))
  return {
    name,
    id: name,
    address: '10.1.0.2',
    startedAtMs: 0,
    startCallMs: 0,
    exited: new Promise(() => undefined),
    oomKills: () => 0,
    healthy: none,
    checkHealth: none,
    logTail: none,
    run: none,
    attach: none,
    pause: none,
    resume: none,
    [Symbol.asyncDispose]: async () => undefined,
  }
}

/** Images have an id of their own on each host. */
const images = {
  ensureImage: () => Promise.reject(new Error('nothing is built')),
  lookUpImage: async () => null,
  findImage: async () => null,
  idOn: async (host: string, id: string) => `${id} on ${host}`,
}

/** A site of hosts that are played; the last one manages the swarm. */
export function aSite(names: readonly string[], network: PlannedSite['network'] = 'overlay') {
  const hosts: FakeHost[] = names.map(
    (name, index) =>
      new FakeHost(name, index === 0 ? null : `10.0.0.${index}`, () => hosts.filter((host) => host.name !== name)),
  )
  const said: string[] = []
  const planned = { file: 'hosts.yaml', network, mtu: network === 'overlay' ? 1400 : null, hosts: [], benches: [] }
  const owner = { session: 's', pid: 1, started: '', boot: '', pidNamespace: '', machine: '', host: '' }
  const manager = network === 'overlay' ? (hosts.at(-1) as FakeHost) : null
  const options = { owner, say: (line: string) => void said.push(line), images }
  return { site: joinHosts({ site: planned, hosts, manager, options }), hosts, said }
}

export function requestOn(host: string | undefined, name = 'target'): ContainerRequest {
  const caps = { cpus: 1, cpuset: [0], quotaCpus: null, memoryBytes: 1 << 20 }
  return { ...plainContainer(name, 'image', caps), ...(host === undefined ? {} : { host }) }
}
