import { BakeoffError, type EngineFacts, formatBytes, type Owner, visibleText } from '@bakeoff/model'
import type { ContainerHost, ContainerRequest, Network, RunningContainer, Sampler } from '@bakeoff/runner/ports'
import type { EngineClient } from '../client/client.js'
import { isEngineGone, sentenceOf } from '../client/errors.js'
import { type HoldOptions, holdEngine } from '../locks/hold.js'
import { startContainer } from './container.js'
import { ContainerWatch } from './container-watch.js'
import { CreateBarrier } from './create-barrier.js'
import { LEASE, labelsOf } from './labels.js'
import { tarOf } from './mounted-files.js'
import { maskedVolumes, tmpfsBytes, toCreateOptions } from './options.js'
import { isAboveFileLimit, startProblem } from './problems.js'
import { startSampler } from './sampling/sampler.js'
import { type Leftover, listLeftovers, removeContainer, removeNetwork, removeSession, sweep } from './sweep.js'
import {
  openOverlayNetwork,
  openTestbedNetwork,
  type TestbedNetwork,
  type TestbedNetworkOptions,
} from './testbed-network.js'
import { startWatchdog, type Watchdog } from './watchdog.js'

export interface SessionOptions extends HoldOptions {
  readonly say: (message: string) => void
  /**
   * With `--keep`, containers that a testbed would remove stay until the next network is opened, so that they never disturb a
   * measurement, and those of the last testbed stay until `clean` or the next run.
   */
  readonly keep?: boolean
  readonly images: Pick<ContainerHost, 'ensureImage' | 'lookUpImage' | 'findImage'>
  /** the engine's clock; absent: it is that of this machine */
  readonly clock?: EngineClock
  /** takes the place of this process's own reading of files and of the engine's statistics */
  readonly sample?: ContainerHost['sample']
  /** settles when the way to the engine is gone, with the reason; absent: the engine's silence tells */
  readonly lost?: Promise<Error>
  /** the name of a container of this session that its end leaves alone; absent: there is none */
  readonly spared?: string
}

/** A clock of another machine, as it was last compared with the steady scale. */
export interface EngineClock {
  /** what to add to its wall clock to have the steady scale, in ms; null: not known */
  readonly offsetMs: number | null
}

/** A session on one of several engines: what a site needs of it besides. */
export interface HostSession extends Session {
  /** An overlay network, which joins containers of all hosts. Made by an engine that manages a swarm. @throws as openNetwork */
  openOverlay(name: string, mtu: number | null): Promise<Overlay>
  /** @param address of the container on its network, which it keeps when it is started again; absent: the engine chooses */
  start(network: Network, request: ContainerRequest, address?: string): Promise<RunningContainer>
  /** removes what `keep` kept until the next network */
  removeKept(): Promise<void>
  /** Ends the session as `close` does. @param patienceMs how long removing may take; default: a minute */
  end(patienceMs?: number): Promise<SessionEnd>
}

/** A network over several machines. */
export interface Overlay extends Network {
  /** `198.18.5.0/24` */
  readonly subnet: string
}

/** What became of the things of a session: all are removed, or kept on purpose; some are left; or the engine was lost, and nothing is known. */
export type SessionEnd = 'clean' | 'left' | 'lost'

/** A session: everything that one process makes in an engine. Ending the session removes all of it. */
export interface Session extends ContainerHost, AsyncDisposable {
  readonly id: string
  /** labels of everything that is made in this session, also by others on its behalf */
  readonly labels: Readonly<Record<string, string>>
  readonly watchdogPid: number
  /** Refuses new containers, waits for those that are being made, and removes all. Never throws; safe to call twice. */
  close(): Promise<void>
  /** Ends the session from a signal handler: settles within 30 s even when the engine hangs. */
  emergencyStop(): Promise<void>
}

/**
 * Takes the engine for this process, removes what dead sessions left, and starts the watchdog.
 *
 * @throws ENGINE_HELD when another run has it, ENGINE_LOST when it does not answer
 */
export async function openSession(
  client: EngineClient,
  facts: EngineFacts,
  options: SessionOptions,
): Promise<HostSession> {
  const { owner, giveBack } = await holdEngine(facts, options)
  const watch = new ContainerWatch(client, owner.session)
  try {
    await sweepBefore(client, owner, options.say)
    const watchdog = await startWatchdog({ ...client.found, foundBy: 'the session' }, owner.session)
    await watch.open()
    options.lost?.then((error) => {
      client.doubt()
      watch.lose(error)
    })
    return new EngineSession({ client, facts, options, owner, watch, watchdog, giveBack })
  } catch (error) {
    watch.close()
    await giveBack()
    throw error
  }
}

/** @throws ENGINE_HELD when a run on several machines has this engine, which may be led from elsewhere: its probe runs here */
async function sweepBefore(client: EngineClient, owner: Owner, say: (message: string) => void): Promise<void> {
  const { removed, left } = await sweep(client)
  refuseLeased(left, owner)
  if (removed.length > 0) say(`removed ${removed.map(({ name }) => name).join(', ')}, left by a run that was killed`)
  for (const each of left.filter(({ ownerState }) => ownerState === 'dead')) {
    say(`${each.kind} ${each.name} is left from an earlier run, and the engine does not remove it`)
  }
}

function refuseLeased(left: readonly Leftover[], { session }: Owner): void {
  const lease = left.find(({ kind, name }) => kind === 'container' && name === LEASE)
  if (lease === undefined || lease.owner.session === session) return
  const { pid, host } = lease.owner
  throw new BakeoffError(
    'ENGINE_HELD',
    `a run on several machines holds this engine: process ${pid} on ${visibleText(host)}`,
    {
      hint: `Two runs at once would measure each other. Wait for it, or end it where it runs. If it is no more, its probe leaves within a minute: docker ps --filter name=${LEASE}`,
    },
  )
}

/** The parts of a session. */
interface Parts {
  readonly client: EngineClient
  readonly facts: EngineFacts
  readonly options: SessionOptions
  /** this process, under the session's id */
  readonly owner: Owner
  readonly watch: ContainerWatch
  readonly watchdog: Watchdog
  readonly giveBack: () => Promise<void>
}

/** A container that is asked for. */
interface Start {
  readonly network: Network
  readonly request: ContainerRequest
  readonly address: string | undefined
}

class EngineSession implements HostSession {
  readonly id: string
  readonly labels: Readonly<Record<string, string>>
  readonly watchdogPid: number
  readonly #client: EngineClient
  readonly #facts: EngineFacts
  readonly #options: SessionOptions
  readonly #watch: ContainerWatch
  readonly #watchdog: Watchdog
  readonly #giveBack: () => Promise<void>
  readonly #barrier = new CreateBarrier()
  /** removals that wait for the next network, containers first */
  readonly #kept: { readonly what: string; readonly remove: () => Promise<void> }[] = []
  /** images whose volumes were already mentioned to the user */
  readonly #told = new Set<string>()
  #made = 0
  /** limit on open files; null once the engine has refused it */
  #openFiles: number | null = 65_536
  #closing: Promise<SessionEnd> | null = null

  constructor({ client, facts, options, owner, watch, watchdog, giveBack }: Parts) {
    this.#client = client
    this.#facts = facts
    this.#options = options
    this.id = owner.session
    this.labels = labelsOf(owner)
    this.#watch = watch
    this.#watchdog = watchdog
    this.watchdogPid = watchdog.pid
    this.#giveBack = giveBack
  }

  ensureImage: ContainerHost['ensureImage'] = (...request) => this.#options.images.ensureImage(...request)
  lookUpImage: ContainerHost['lookUpImage'] = (request) => this.#options.images.lookUpImage(request)
  findImage: ContainerHost['findImage'] = (name, id) => this.#options.images.findImage(name, id)

  openNetwork(name: string): Promise<Network> {
    return this.#open(name, (options) => openTestbedNetwork(this.#client, this.#facts, options))
  }

  openOverlay(name: string, mtu: number | null): Promise<Overlay> {
    return this.#open(name, (options) => openOverlayNetwork(this.#client, { ...options, mtu }))
  }

  async start(network: Network, request: ContainerRequest, address?: string): Promise<RunningContainer> {
    return this.#barrier.pass(async () => {
      const openFiles = this.#openFiles
      try {
        return await this.#startOnce({ network, request, address }, openFiles)
      } catch (error) {
        if (openFiles === null || !isAboveFileLimit(error)) throw startProblem(request.name, error)
        this.#openFiles = null // the engine's own limit then, for this container and all that follow
        return await this.#startOnce({ network, request, address }, null).catch((again: unknown) => {
          throw startProblem(request.name, again)
        })
      }
    })
  }

  async sample(containers: readonly RunningContainer[], hz: number): Promise<Sampler> {
    return this.#options.sample?.(containers, hz) ?? startSampler(this.#client, containers, hz, this.#facts.sameKernel)
  }

  async close(): Promise<void> {
    await this.end()
  }

  end(patienceMs?: number): Promise<SessionEnd> {
    this.#closing ??= this.#close(patienceMs)
    return this.#closing
  }

  async removeKept(): Promise<void> {
    for (const { what, remove } of this.#kept.splice(0)) await this.#removeQuietly(what, remove)
  }

  emergencyStop(): Promise<void> {
    return Promise.race([this.close(), new Promise<void>((resolve) => setTimeout(resolve, 30_000).unref())])
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #open<T extends TestbedNetwork>(
    name: string,
    make: (options: TestbedNetworkOptions) => Promise<T>,
  ): Promise<T & AsyncDisposable> {
    await this.removeKept()
    const options = { name: this.#uniqueName(name), labels: this.labels }
    const network = await this.#barrier
      .pass(() => make(options))
      .catch((error: unknown) => {
        throw startProblem(`the network of ${name}`, error)
      })
    const { id } = network
    return {
      ...network,
      [Symbol.asyncDispose]: () =>
        this.#release(`the network of ${name}`, async () => void (await removeNetwork(this.#client, id))),
    }
  }

  async #startOnce({ network, request, address }: Start, openFiles: number | null): Promise<RunningContainer> {
    const { Config } = await this.#client.images.inspect(request.image)
    const imageVolumes = Object.keys(Config?.Volumes ?? {})
    this.#tellMasked(request, imageVolumes)
    const id = await this.#client.containers.create(
      toCreateOptions(request, {
        uniqueName: this.#uniqueName(request.name),
        networkId: network.id,
        address,
        labels: this.labels,
        imageUser: Config?.User ?? '',
        imageVolumes,
        openFiles,
        ownResolver: !this.#facts.reducedTruth,
      }),
    )
    const life = this.#watch.watch(id)
    const home = {
      client: this.#client,
      networkId: network.id,
      clockOffsetMs: this.#options.clock?.offsetMs ?? null,
      release: (started: string, what: string) => this.#release(what, () => this.#removeContainer(started)),
    }
    try {
      if (request.files) await this.#client.containers.unpack(id, request.files.folder, tarOf(request.files))
      return await startContainer(home, { id, request, life })
    } catch (error) {
      // The container has no owner yet. If this fails too, closing the session removes it.
      await this.#removeContainer(id).catch(() => undefined)
      throw error
    }
  }

  /** Tells the user about an image's volumes, once per image, since every repetition is the same. */
  #tellMasked(request: ContainerRequest, imageVolumes: readonly string[]): void {
    const masked = maskedVolumes(request, imageVolumes)
    if (masked.length === 0 || this.#told.has(request.image)) return
    this.#told.add(request.image)
    this.#options.say(
      `${request.name}: ${masked.join(', ')}, which its image declares as a volume, is memory here: empty at the start, ${formatBytes(tmpfsBytes(request))} at most`,
    )
  }

  async #removeContainer(id: string): Promise<void> {
    await removeContainer(this.#client, id)
    this.#watch.forget(id)
  }

  async #release(what: string, remove: () => Promise<void>): Promise<void> {
    if (this.#options.keep) this.#kept.push({ what, remove })
    else await this.#removeQuietly(what, remove)
  }

  /** Releases a thing without throwing: a throw would hide the error that mattered. What is left is removed when the session ends. */
  async #removeQuietly(what: string, remove: () => Promise<void>): Promise<void> {
    await remove().catch((error: unknown) => {
      if (isEngineGone(error)) return // the lost engine is reported once, when the session ends
      if (this.#closing === null) this.#options.say(`${what} could not be removed yet: ${sentenceOf(error)}`)
    })
  }

  async #close(patienceMs?: number): Promise<SessionEnd> {
    await this.#barrier.close()
    const end = await (this.#options.keep ? this.#tellKept() : this.#removeAll(patienceMs))
    this.#watch.close()
    if (end === 'clean') await this.#watchdog.dismiss()
    else this.#watchdog.release()
    await this.#giveBack().catch(() => undefined) // the lock dies with this process anyway
    return end
  }

  async #removeAll(patienceMs?: number): Promise<SessionEnd> {
    const { say } = this.#options
    try {
      const deadline = patienceMs === undefined ? {} : { deadlineMs: patienceMs }
      const left = await removeSession(this.#client, this.id, { ...this.#spared, ...deadline })
      const todo = this.#client.found.host === undefined ? ': npm run clean' : ' yet: its watchdog goes on with it'
      for (const { kind, name } of left) say(`${kind} ${name} could not be removed${todo}`)
      return left.length === 0 ? 'clean' : 'left'
    } catch (error) {
      say(`${sentenceOf(error)}; what is left is removed when it answers again, or by the next run`)
      return isEngineGone(error) ? 'lost' : 'left'
    }
  }

  async #tellKept(): Promise<SessionEnd> {
    const { host } = this.#client.found
    const { except } = this.#spared
    const kept = await listLeftovers(this.#client).catch(() => [])
    const mine = kept.filter(
      ({ kind, name, owner }) => kind === 'container' && name !== except && owner.session === this.id,
    )
    if (mine.length > 0) {
      const until = host === undefined ? '`npm run clean` or the next run' : 'the next run on this machine'
      this.#options.say(`kept: ${mine.map(({ name }) => name).join(', ')}; they stay until ${until}`)
    }
    return 'clean'
  }

  get #spared(): { readonly except?: string } {
    const { spared } = this.#options
    return spared === undefined ? {} : { except: spared }
  }

  #uniqueName(name: string): string {
    this.#made++
    // Podman takes no other characters, not even for a network.
    return `bakeoff-${this.id}-${this.#made}-${name.replaceAll(/[^a-zA-Z0-9_.-]/g, '-')}`
  }
}
