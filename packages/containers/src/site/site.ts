/** The engines of several machines as one: every container, image and network goes to the engine of its host. */
import type { Owner, PlannedSite } from '@bakeoff/model'
import type { ContainerRequest, Network, RunningContainer, Sampler } from '@bakeoff/runner/ports'
import type { EngineClient } from '../client/client.js'
import type { HoldOptions } from '../locks/hold.js'
import { AddressPool } from '../session/address-pool.js'
import { LEASE, labelsOf } from '../session/labels.js'
import { type EngineClock, type HostSession, openSession, type Session } from '../session/session.js'
import { gatewaysOfEngine } from '../session/testbed-network.js'
import { swarmManager } from '../swarm/index.js'
import { checkReach, type ReachingHost } from './check-reach.js'
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
    return joinHosts({ site, hosts, manager, options })
  } catch (error) {
    await Promise.all(hosts.map(({ session }) => session.close()))
    throw error
  }
}

/** How long the overlay's end is waited for while a host is lost: normally it cannot come. */
const PATIENCE_WITH_LOST_MS = 5_000

/** A host of a site, with its session. */
export interface SiteHost extends ReachingHost {
  readonly client: EngineClient
  readonly session: HostSession
  readonly clock: Pick<HostClock, 'read' | 'errorMs'>
  /** resolves when the way to it, or its probe, is lost */
  readonly lost: Promise<Error>
  /** whether that has happened */
  readonly isLost: boolean
}

async function openSiteHost(host: ProbedHost, options: SiteOptions): Promise<SiteHost> {
  const { spec, engine, probe, way } = host
  const { name } = spec
  const clock = new HostClock(probe)
  await clock.read()
  const lost = Promise.race([way.lost, probe.lost])
  let isLost = false
  lost.then(() => {
    isLost = true
  })
  const session = await openSession(engine.client, engine.facts, {
    ...options,
    say: (message) => options.say(`${name}: ${message}`),
    clock,
    sample: (containers, hz) => sampleByProbe(host, containers, hz),
    lost,
    spared: LEASE, // the probe ends after the session, with its owner
  })
  return {
    lost,
    unreached: (...asked) => probe.unreached(...asked),
    name,
    address: spec.address,
    client: engine.client,
    session,
    clock,
    get isLost() {
      return isLost
    },
  }
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

/** The host that makes the overlays. @throws SETUP_FAILED when the hosts share no swarm */
async function managerOf(hosts: readonly SiteHost[]): Promise<SiteHost> {
  const name = await swarmManager(hosts)
  return hosts.find((host) => host.name === name) as SiteHost
}

/** The parts of a site, whose sessions are open. */
export interface SiteParts {
  readonly site: PlannedSite
  readonly hosts: readonly SiteHost[]
  /** null: every bench is one host */
  readonly manager: SiteHost | null
  readonly options: Pick<SiteOptions, 'owner' | 'say'> & { readonly images: SiteSource }
}

type SiteSource = Pick<SiteImages, 'ensureImage' | 'lookUpImage' | 'findImage' | 'idOn'>

/** One session of several that are open. */
export function joinHosts(parts: SiteParts): Site {
  return new EngineSite(parts)
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
  readonly #options: SiteParts['options']
  readonly #images: SiteSource
  /** addresses of containers, by the ids of overlays */
  readonly #overlays = new Map<string, AddressPool>()
  /** aborts moves of images that a start waits for */
  readonly #ending = new AbortController()
  #closing: Promise<void> | null = null
  /** hosts of which one did not reach another */
  readonly #cutOff = new Set<SiteHost>()

  constructor({ site, hosts, manager, options }: SiteParts) {
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
    return {
      ...network,
      hostAddresses: [...new Set([...network.hostAddresses, ...reached])],
      check: () => this.#check(hosts),
      lost: Promise.race(hosts.map(({ lost }) => lost)),
    }
  }

  async start(network: Network, request: ContainerRequest): Promise<RunningContainer> {
    const { name, session } = this.#host(request.host ?? this.#first.name)
    const image = await this.#images.idOn(name, request.image, this.#ending.signal)
    const addresses = this.#overlays.get(network.id)
    if (addresses) return session.start(network, { ...request, image }, addresses.take())
    const { peers: _, ...alone } = request // on one host the engine resolves names, also of what was started again
    return session.start(network, { ...alone, image })
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
    const overlay = await manager.openOverlay(name, this.#site.mtu)
    this.#overlays.set(overlay.id, new AddressPool(overlay.subnet))
    const isBroken = () => this.#isBroken(hosts)
    return {
      ...overlay,
      async [Symbol.asyncDispose]() {
        // While a host of it is cut off it stays. The end of the session tries once more, and then its watchdog.
        if (!isBroken()) await overlay[Symbol.asyncDispose]()
      },
    }
  }

  async #check(hosts: readonly SiteHost[]): Promise<void> {
    try {
      await checkReach(hosts)
    } catch (error) {
      for (const host of hosts) this.#cutOff.add(host)
      throw error
    }
  }

  /** Whether a host was lost, or one was cut off from another: then an overlay of them may stay until that is over. */
  #isBroken(hosts: readonly SiteHost[] = [...this.#hosts.values()]): boolean {
    return hosts.some((host) => host.isLost || this.#cutOff.has(host))
  }

  #host(name: string): SiteHost {
    const host = this.#hosts.get(name)
    if (host === undefined) throw new Error(`there is no host ${name} in this site`)
    return host
  }

  /**
   * The manager last: an overlay goes when the containers of all other hosts have. While one of those is lost, Swarm counts its containers as
   * running, so the overlay stays until that host is back; the watchdog of the manager then removes it.
   */
  async #close(): Promise<void> {
    this.#ending.abort()
    const others = [...this.#hosts.values()].filter((host) => host !== this.#manager)
    const patience = this.#isBroken() ? PATIENCE_WITH_LOST_MS : undefined
    const ends = await Promise.all(
      others.map(async ({ name, session }) => ({ name, end: await session.end(patience) })),
    )
    const isAnyLost = this.#isBroken() || ends.some(({ end }) => end === 'lost')
    if (this.#manager !== null) {
      const { name, session } = this.#manager
      ends.push({ name, end: await session.end(isAnyLost ? PATIENCE_WITH_LOST_MS : undefined) })
    }
    const lost = ends.filter(({ end }) => end === 'lost').map(({ name }) => name)
    if (lost.length > 0)
      this.#options.say(
        `${lost.join(' and ')} could not be cleaned from here: the probe there does it, half a minute after it last heard of this run`,
      )
  }
}

/** Addresses at which the machines of a testbed would answer if they could be reached from inside. */
async function addressesOf(hosts: readonly SiteHost[]): Promise<string[]> {
  const gateways = await Promise.all(hosts.map(({ client }) => gatewaysOfEngine(client)))
  return [...hosts.flatMap(({ address }) => (address === null ? [] : [address])), ...gateways.flat()]
}
