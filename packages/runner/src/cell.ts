import { AGENT_MEMORY_BYTES } from '@bakeoff/core'
import {
  BakeoffError,
  type Caps,
  endWords,
  type PlannedEntry,
  type PlannedScenario,
  type PlannedService,
} from '@bakeoff/model'
import { blamedOn } from './blamed-on.js'
import { type BuiltImages, imageOf } from './build-images.js'
import { Disposables } from './disposables.js'
import type { Materials, Ports } from './materials.js'
import type { ContainerExit, ContainerRequest, Network, RunningContainer } from './ports.js'
import { ServiceWatch } from './service-watch.js'
import { explained, NOT_THE_TARGET, WatchedAgent } from './watched-agent.js'

export const PORT = 8080
/** Memory of the proxy in front of replicas, out of the target's cap. */
const PROXY_MEMORY_BYTES = 64 * 1024 ** 2

/** The containers of one repetition on a network of their own. Disposing removes them all. */
export interface Cell extends AsyncDisposable {
  readonly network: Network
  /** its calls reject when its container ends or the engine is lost */
  readonly agent: WatchedAgent
  readonly agentContainer: RunningContainer
  readonly services: ReadonlyMap<string, RunningContainer>
  readonly serviceWatch: ServiceWatch
  /** never settles well: rejects when the agent ends or the engine is lost. Race against it what asks somebody else. */
  readonly lost: Promise<never>
}

/** Opens the network, the load agent and the services of a scenario; the target comes later. */
export async function openCell(
  name: string,
  scenario: PlannedScenario,
  images: BuiltImages,
  materials: Materials,
  ports: Ports,
  signal: AbortSignal,
): Promise<Cell> {
  const held = new Disposables()
  try {
    const network = held.use(await ports.host.openNetwork(name))
    const agentContainer = held.use(
      await ports.host.start(network, agentRequest(scenario.cores.agent, images, materials)).catch((error: unknown) => {
        throw blamedOn('AGENT_FAILED', error, NOT_THE_TARGET)
      }),
    )
    const lost = whenLost(agentContainer, 'the load agent')
    const starting = startServices(network, scenario, images, ports, held, signal)
    // Both at once: the agent boots while PostgreSQL does. A failure of one must not leave the other unwatched.
    const [connecting, services] = await Promise.allSettled([
      connect(agentContainer, held, ports, lost, signal),
      starting,
    ])
    if (connecting.status === 'rejected') throw connecting.reason
    if (services.status === 'rejected') throw services.reason
    return {
      network,
      agent: connecting.value,
      agentContainer,
      services: services.value,
      serviceWatch: new ServiceWatch(services.value, scenario.services),
      lost,
      [Symbol.asyncDispose]: () => held[Symbol.asyncDispose](),
    }
  } catch (error) {
    await held[Symbol.asyncDispose]()
    throw error
  }
}

/** The containers that are the target, and where it answers. */
export interface TargetGroup {
  readonly containers: readonly RunningContainer[]
  /** each container's own, in their order */
  readonly origins: readonly string[]
  /** where requests go */
  readonly origin: string
  /** resolves when the first container of the target ends */
  readonly died: Promise<ContainerExit & { container: RunningContainer }>
  readonly startedAtMs: number
  readonly startCallMs: number
}

/** Starts the target, or its replicas and the proxy in front of them, all within the entry's cap. `held` owns them. */
export async function startTarget(
  network: Network,
  entry: PlannedEntry,
  images: BuiltImages,
  materials: Materials,
  ports: Ports,
  held: Disposables,
): Promise<TargetGroup> {
  const requests = targetRequests(entry, images, materials)
  const containers: RunningContainer[] = []
  for (const request of requests) containers.push(held.use(await ports.host.start(network, request)))
  const origins = containers.map(({ address }) => `http://${address}:${PORT}`)
  const died = Promise.race(containers.map(async (container) => ({ container, ...(await container.exited) })))
  died.catch(() => {}) // the engine was lost: `lost` says so
  return {
    containers,
    origins,
    origin: origins.at(-1) as string,
    died,
    startedAtMs: Math.min(...containers.map(({ startedAtMs }) => startedAtMs)),
    startCallMs: containers.reduce((sum, { startCallMs }) => sum + startCallMs, 0),
  }
}

/** What is started for an entry, the one that answers last. Replicas share the cores; memory is divided. */
export function targetRequests(
  entry: PlannedEntry,
  images: BuiltImages,
  materials: Pick<Materials, 'caddyImage'>,
): ContainerRequest[] {
  const image = imageOf(images, entry.image).id
  const proxied = entry.proxy !== null
  const memory = Math.floor((entry.caps.memoryBytes - (proxied ? PROXY_MEMORY_BYTES : 0)) / entry.replicas)
  const cores = Math.max(1, Math.floor(entry.caps.cpus / entry.replicas))
  const replicas = Array.from({ length: entry.replicas }, (_, index): ContainerRequest => {
    const name = proxied || entry.replicas > 1 ? `target-${index + 1}` : 'target'
    return {
      ...plain(name, image, { ...entry.caps, memoryBytes: memory }),
      command: entry.command,
      environment: { ...entry.environment, PORT: String(PORT), CORES: String(cores), MEMORY_BYTES: String(memory) },
    }
  })
  if (!proxied) return replicas
  const upstreams = replicas.map(({ name }) => `${name}:${PORT}`).join(' ')
  return [
    ...replicas,
    {
      ...plain('proxy', imageOf(images, materials.caddyImage.name).id, {
        ...entry.caps,
        memoryBytes: PROXY_MEMORY_BYTES,
      }),
      environment: { PORT: String(PORT), UPSTREAMS: upstreams },
      aliases: ['target'],
    },
  ]
}

export function agentRequest(
  cores: readonly number[],
  images: BuiltImages,
  materials: Pick<Materials, 'agentImage'>,
): ContainerRequest {
  const caps: Caps = { cpus: cores.length, cpuset: [...cores], quotaCpus: null, memoryBytes: AGENT_MEMORY_BYTES }
  return {
    ...plain('agent', imageOf(images, materials.agentImage.name).id, caps),
    environment: { CORES: String(cores.length) },
    interactive: true,
  }
}

async function connect(
  container: RunningContainer,
  held: Disposables,
  ports: Ports,
  lost: Promise<never>,
  signal: AbortSignal,
): Promise<WatchedAgent> {
  const wire = await container.attach()
  try {
    const agent = await Promise.race([ports.connectAgent(wire), lost])
    return held.use(new WatchedAgent(agent, container, lost, ports.clock))
  } catch (error) {
    throw await explained(error, container, lost, ports.clock, signal)
  }
}

/** Never settles well: rejects with AGENT_FAILED when the container of a tool ends, and with ENGINE_LOST. */
export function whenLost(container: RunningContainer, what: string): Promise<never> {
  const lost = container.exited.then(async (end) => {
    throw new BakeoffError('AGENT_FAILED', `${what} ${endWords(end)}`, {
      logTail: await container.logTail(30).catch(() => []),
      hint: NOT_THE_TARGET,
    })
  })
  lost.catch(() => {}) // raced by whoever works with it; unheard when it is disposed first
  return lost
}

async function startServices(
  network: Network,
  scenario: PlannedScenario,
  images: BuiltImages,
  ports: Ports,
  held: Disposables,
  signal: AbortSignal,
): Promise<Map<string, RunningContainer>> {
  const running = new Map<string, RunningContainer>()
  const healthy = new Map<string, Promise<void>>()
  const waitFor = async (dependencies: PlannedService['dependsOn']) => {
    for (const { service, condition } of dependencies) if (condition === 'service_healthy') await healthy.get(service)
  }
  for (const service of scenario.services) {
    await waitFor(service.dependsOn)
    const { id } = imageOf(images, service.image)
    const container = held.use(
      await ports.host.start(network, serviceRequest(service, id)).catch(serviceFailed(service.name)),
    )
    running.set(service.name, container)
    const ready = service.healthcheck ? container.healthy(signal).catch(serviceFailed(service.name)) : Promise.resolve()
    ready.catch(() => {}) // awaited below, or by a dependant
    healthy.set(service.name, ready)
  }
  await waitFor(scenario.targetDependsOn)
  return running
}

/** What would be a target's own failure is not one when it is a service's. */
function serviceFailed(service: string): (error: unknown) => never {
  return (error) => {
    throw blamedOn('SERVICE_DIED', error, `The target is not to blame: ${service}, which it needs, did not come up.`)
  }
}

function serviceRequest(service: PlannedService, imageId: string): ContainerRequest {
  return {
    ...plain(service.name, imageId, service.caps),
    environment: service.environment,
    command: service.command,
    readOnly: service.readOnly,
    tmpfs: service.tmpfs,
    shmBytes: service.shmBytes,
    user: service.user,
    healthcheck: service.healthcheck,
  }
}

export function plain(name: string, imageId: string, caps: Caps): ContainerRequest {
  return {
    name,
    image: imageId,
    caps,
    environment: {},
    command: null,
    readOnly: true,
    tmpfs: [],
    shmBytes: null,
    user: null,
    healthcheck: null,
    aliases: [],
    interactive: false,
  }
}
