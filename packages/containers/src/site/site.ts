/** The engines of several machines as one: every container, image and network goes to the engine of its host. */
import { BakeoffError, type Owner, type PlannedSite } from '@bakeoff/model'
import type { ContainerRequest, Network, RunningContainer, Sampler } from '@bakeoff/runner/ports'
import { LEASE } from '../probe/index.js'
import type { HoldOptions } from '../locks/hold.js'
import { labelsOf } from '../session/labels.js'
import { type EngineClock, type HostSession, openSession, type Session } from '../session/session.js'
import { gatewaysOfEngine } from '../session/testbed-network.js'
import { swarmState } from '../swarm/index.js'
import { byHost, joinSamplers } from './sampling.js'
import type { SiteImages } from './site-images.js'
import type { ProbedHost } from './start-probes.js'

export interface SiteOptions extends HoldOptions {
  /** this process, under the id that the probes were started with */
  readonly owner: Owner
  readonly say: (message: string) => void
  /** as of a session, on every host */
  readonly keep?: boolean
  readonly images: SiteImages
}

/** The live machines of a run. */
export interface Site extends Session {
  /** names of the hosts, in the order of the plan */
  readonly hosts: readonly string[]
}

/**
 * Takes the engines of all hosts for this process. The caller holds hosts and probes longer than the site.
 *
 * @throws as `openSession`; no session is open then
 */
export async function openSite(site: PlannedSite, probed: readonly ProbedHost[], options: SiteOptions): Promise<Site> {
  const hosts: SiteHost[] = []
  const opened = await Promise.allSettled(probed.map((host) => openSiteHost(host, options)))
  for (const one of opened) if (one.status === 'fulfilled') hosts.push(one.value)
  const failed = opened.find((one) => one.status === 'rejected')
  try {
    if (failed?.status === 'rejected') throw failed.reason
    const manager = site.network === 'overlay' ? await managerOf(hosts) : null
    return new EngineSite({ site, hosts, manager, options })
  } catch (error) {
    await Promise.all(hosts.map(({ session }) => session.close()))
    throw error
  }
}

/** A host of a site, with its session. */
interface SiteHost extends ProbedHost {
  readonly name: string
  readonly session: HostSession
  readonly clock: HostClock
}

async function openSiteHost(host: ProbedHost, options: SiteOptions): Promise<SiteHost> {
  const { spec, engine, probe, way } = host
  const { name } = spec
  const clock = new HostClock(probe)
  await clock.read()
  const session = await openSession(engine.client, engine.facts, {
    ...options,
    say: (message) => options.say(`${name}: ${message}`),
    clock,
    sample: (containers, hz) => sampleByProbe(host, containers, hz),
    lost: Promise.race([way.lost, probe.lost]),
    spared: LEASE, // the probe ends after the session, with its owner
  })
  return { ...host, name, session, clock }
}

/** A host's clock, as its probe tells it. */
class HostClock implements EngineClock {
  readonly #probe: ProbedHost['probe']
  offsetMs: number | null = null
  errorMs: number | null = null

  constructor(probe: ProbedHost['probe']) {
    this.#probe = probe
  }

  /** Compares it again. A lost host is told by what is asked of it next. */
  async read(): Promise<void> {
    const clock = await this.#probe.clock().catch(() => null)
    if (clock === null) return
    this.offsetMs = clock.wallOffsetMs
    this.errorMs = clock.errorMs
  }
}

async function sampleByProbe(
  { engine, probe }: ProbedHost,
  containers: readonly RunningContainer[],
  hz: number,
): Promise<Sampler> {
  const sampled = containers.map(async ({ name, id }) => {
    const { State } = await engine.client.containers.inspect(id)
    return { name, id, pid: State.Pid }
  })
  return probe.sampler(await Promise.all(sampled), hz)
}

/** The first host whose engine manages the swarm: it makes the overlays. */
async function managerOf(hosts: readonly SiteHost[]): Promise<SiteHost> {
  for (const host of hosts) if ((await swarmState(host.engine.client)).kind === 'manager') return host
  throw new BakeoffError('SETUP_FAILED', `none of ${hosts.map(({ name }) => name).join(', ')} manages a swarm`, {
    hint: 'A bench of several machines needs a network that joins them: npm run hosts -- prepare',
  })
}

interface Parts {
  readonly site: PlannedSite
  readonly hosts: readonly SiteHost[]
  /** null: every bench is one host */
  readonly manager: SiteHost | null
  readonly options: SiteOptions
}

class EngineSite implements Site {
  readonly id: string
  readonly labels: Readonly<Record<string, string>>
  readonly watchdogPid: number
  readonly hosts: readonly string[]
  readonly #site: PlannedSite
  readonly #hosts: ReadonlyMap<string, SiteHost>
  readonly #first: SiteHost
  readonly #manager: SiteHost | null
  readonly #options: SiteOptions
  readonly #images: SiteImages
  /** aborts moves of images that a start waits for */
  readonly #ending = new AbortController()
  #closing: Promise<void> | null = null

  constructor({ site, hosts, manager, options }: Parts) {
    this.#site = site
    this.#hosts = new Map(hosts.map((host) => [host.name, host]))
    this.#first = hosts[0] as SiteHost
    this.#manager = manager
    this.#options = options
    this.#images = options.images
    this.hosts = hosts.map(({ name }) => name)
    this.id = options.owner.session
    this.labels = labelsOf(options.owner)
    this.watchdogPid = this.#first.session.watchdogPid
  }

  ensureImage: Session['ensureImage'] = (...request) => this.#images.ensureImage(...request)
  lookUpImage: Session['lookUpImage'] = (request) => this.#images.lookUpImage(request)
  findImage: Session['findImage'] = (name, id) => this.#images.findImage(name, id)

  async openNetwork(name: string, names: readonly string[] = [this.#first.name]): Promise<Network> {
    const hosts = names.map((host) => this.#host(host))
    // Clocks drift, and a machine may have set its own since the last testbed.
    const [reached] = await Promise.all([addressesOf(hosts), ...hosts.map(({ clock }) => clock.read())])
    const network = await this.#openOn(hosts, name)
    return { ...network, hostAddresses: [...new Set([...network.hostAddresses, ...reached])] }
  }

  async start(network: Network, request: ContainerRequest): Promise<RunningContainer> {
    const { name, session } = this.#host(request.host ?? this.#first.name)
    const image = await this.#images.idOn(name, request.image, this.#ending.signal)
    return session.start(network, { ...request, image })
  }

  async sample(containers: readonly RunningContainer[], hz: number): Promise<Sampler> {
    const groups = [...byHost(containers, this.#first.name)]
    const started = await Promise.allSettled(
      groups.map(async ([host, of]) => ({ host, sampler: await this.#host(host).session.sample(of, hz) })),
    )
    const samplers = started.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
    const failed = started.find((one) => one.status === 'rejected')
    if (failed?.status === 'rejected') {
      await Promise.all(samplers.map(({ sampler }) => sampler[Symbol.asyncDispose]()))
      throw failed.reason
    }
    return joinSamplers(
      samplers.map(({ host, sampler }) => ({ host, sampler, clockErrorMs: () => this.#host(host).clock.errorMs })),
    )
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  emergencyStop(): Promise<void> {
    return Promise.race([this.close(), new Promise<void>((resolve) => setTimeout(resolve, 30_000).unref())])
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #openOn([first, ...others]: readonly SiteHost[], name: string): Promise<Network> {
    if (first === undefined) throw new Error('a network without hosts')
    if (others.length === 0) return first.session.openNetwork(name)
    if (this.#manager === null) throw new Error(`this site has no network over ${first.name} and others`)
    return this.#openOverlay(this.#manager.session, [first, ...others], name)
  }

  /** What was kept on any of the hosts goes first: an overlay stays while a container is on it, and a kept one would disturb. */
  async #openOverlay(manager: HostSession, hosts: readonly SiteHost[], name: string): Promise<Network> {
    await Promise.all(hosts.map(({ session }) => session === manager || session.removeKept()))
    return manager.openOverlay(name, this.#site.mtu)
  }

  #host(name: string): SiteHost {
    const host = this.#hosts.get(name)
    if (host === undefined) throw new Error(`there is no host ${name} in this site`)
    return host
  }

  /** The manager last: an overlay goes when the containers of all other hosts have. */
  async #close(): Promise<void> {
    this.#ending.abort()
    const all = [...this.#hosts.values()]
    const end = async (host: SiteHost) => ((await host.session.end()) ? [] : [host.name])
    const left = await Promise.all(all.filter((host) => host !== this.#manager).map(end))
    if (this.#manager !== null) left.push(await end(this.#manager))
    const names = left.flat()
    if (names.length > 0)
      this.#options.say(
        `${names.join(' and ')} could not be cleaned from here: the probe there does it, half a minute after it last heard of this run`,
      )
  }
}

/** Addresses at which the machines of a testbed would answer if they could be reached from inside. */
async function addressesOf(hosts: readonly SiteHost[]): Promise<string[]> {
  const gateways = await Promise.all(hosts.map(({ engine }) => gatewaysOfEngine(engine.client)))
  return [...hosts.flatMap(({ spec }) => (spec.address === null ? [] : [spec.address])), ...gateways.flat()]
}
