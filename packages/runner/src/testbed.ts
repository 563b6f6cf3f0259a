import { AGENT_MEMORY_BYTES } from '@bakeoff/core'
import {
  BakeoffError,
  type Caps,
  endWords,
  formatDurationMs,
  type PlannedScenario,
  type PlannedService,
} from '@bakeoff/model'
import { blamedOn } from './blamed-on.js'
import { plainContainer } from './container-request.js'
import { Disposables } from './disposables.js'
import { blameNetwork, machinesOf } from './network-watch.js'
import { agentsOf, containerWords, hostsOfNetwork, type PlannedAgent, peersOf, placedOn } from './placement.js'
import type { AgentWire, ContainerRequest, Network, RunningContainer } from './ports.js'
import type { Run } from './run.js'
import { ServiceWatch } from './service-watch.js'
import { type Losable, NOT_THE_TARGET, ToolContainers } from './tool-containers.js'
import { WatchedAgent } from './watched-agent.js'

/**
 * The live containers of one repetition, on a network of their own. Disposing removes them all, last started first. It is lost when its agent ends
 * or the engine is lost. Calls to anything but the agent must race against that loss; calls to the agent do so by themselves.
 */
export interface Testbed extends AsyncDisposable, Losable {
  readonly run: Run
  readonly scenario: PlannedScenario
  readonly network: Network
  readonly agent: WatchedAgent
  /** one for each load agent of the bench, in its order */
  readonly agentContainers: readonly RunningContainer[]
  readonly services: ReadonlyMap<string, RunningContainer>
  readonly serviceWatch: ServiceWatch
  /** The error to throw instead of one that blames the target, where its machines, the network between them or a service may be the cause. */
  blame(error: unknown): Promise<unknown>
  /** releases the thing with the testbed, before things that were added earlier */
  hold<T extends AsyncDisposable>(thing: T): T
}

/**
 * Opens the network, the load agent and the services of a scenario; the target comes later.
 *
 * @param name what it is for: an entry's id, `canary`, `boundary`
 */
export async function openTestbed(run: Run, name: string, scenario: PlannedScenario): Promise<Testbed> {
  const { host } = run.ports
  const held = new Disposables()
  try {
    const hosts = hostsOfNetwork(run)
    const network = held.use(await (hosts ? host.openNetwork(name, hosts) : host.openNetwork(name)))
    const agentContainers: RunningContainer[] = []
    for (const agent of agentsOf(scenario, run.bench)) {
      const starting = host.start(network, agentRequest(run, agent)).catch((error: unknown) => {
        throw blamedOn('AGENT_FAILED', error, NOT_THE_TARGET)
      })
      agentContainers.push(held.use(await starting))
    }
    const tool = new ToolContainers(run, agentContainers, 'the load agent', machinesOf(network))
    const starting = startServices(run, scenario, network, held)
    // Both at once: the agent boots while PostgreSQL does. A failure of one must not leave the other unwatched.
    const [connecting, services] = await Promise.allSettled([connect(run, tool, held), starting])
    if (connecting.status === 'rejected') throw connecting.reason
    if (services.status === 'rejected') throw services.reason
    const serviceWatch = new ServiceWatch(run, name, scenario, services.value)
    return {
      run,
      scenario,
      network,
      agent: connecting.value,
      agentContainers,
      services: services.value,
      serviceWatch,
      blame: async (error) => serviceWatch.blame(await blameNetwork(network, error)),
      unlessLost: (...work) => tool.unlessLost(...work),
      hold: (thing) => held.use(thing),
      [Symbol.asyncDispose]: () => held[Symbol.asyncDispose](),
    }
  } catch (error) {
    await held[Symbol.asyncDispose]()
    throw error
  }
}

/** The scenario without services, for a testbed whose target needs none. */
export function withoutServices(scenario: PlannedScenario): PlannedScenario {
  return { ...scenario, services: [], targetDependsOn: [] }
}

function agentRequest(run: Run, { name, host, cores }: PlannedAgent): ContainerRequest {
  const image = run.images.of(run.materials.agentImage.name).id
  const caps: Caps = { cpus: cores.length, cpuset: [...cores], quotaCpus: null, memoryBytes: AGENT_MEMORY_BYTES }
  return {
    ...plainContainer(name, image, caps),
    ...placedOn(run, host),
    environment: { CORES: String(cores.length) },
    interactive: true,
  }
}

async function connect(run: Run, tool: ToolContainers, held: Disposables): Promise<WatchedAgent> {
  const wires = await Promise.all(
    tool.containers.map(async (container) => ({ wire: await container.attach(), who: tool.wordsOf(container) })),
  )
  const { connectAgent, connectAgents } = run.ports
  try {
    const connecting = run.plan.site ? connectAgents(wires) : connectAgent((wires[0] as AgentWire).wire)
    return held.use(new WatchedAgent(run, tool, await tool.unlessLost(connecting)))
  } catch (error) {
    throw await tool.explain(error)
  }
}

async function startServices(
  run: Run,
  scenario: PlannedScenario,
  network: Network,
  held: Disposables,
): Promise<Map<string, RunningContainer>> {
  const running = new Map<string, RunningContainer>()
  const healthy = new Map<string, Promise<void>>()
  const waitFor = async (dependencies: PlannedService['dependsOn']) => {
    for (const { service, condition } of dependencies) {
      if (condition === 'service_healthy') await healthy.get(service)
      if (condition === 'service_completed_successfully')
        await completed(run, running.get(service) as RunningContainer).catch(serviceFailed(service))
    }
  }
  for (const service of scenario.services) {
    await waitFor(service.dependsOn)
    const image = run.images.of(service.image).id
    const placed = placedOn(run, run.bench.services, peersOf(running.values()))
    const request = { ...serviceRequest(service, image), ...placed }
    const container = held.use(await run.ports.host.start(network, request).catch(serviceFailed(service.name)))
    running.set(service.name, container)
    const ready = service.healthcheck
      ? container.healthy(run.signal).catch(serviceFailed(service.name))
      : Promise.resolve()
    ready.catch(() => {}) // awaited below, or by a dependent service
    healthy.set(service.name, ready)
  }
  await waitFor(scenario.targetDependsOn)
  return running
}

/** How long a service that others wait to end, such as a migration, may take. */
const COMPLETES_MS = 10 * 60_000

/**
 * Waits until a service has done its work and ended with 0.
 *
 * @throws BakeoffError NOT_READY when it ends otherwise, or does not
 */
async function completed(run: Run, container: RunningContainer): Promise<void> {
  const end = await Promise.race([container.exited, run.sleep(COMPLETES_MS).then(() => null)])
  if (end?.exitCode === 0 && !end.paused) return
  const how = end === null ? `has not ended within ${formatDurationMs(COMPLETES_MS)}` : endWords(end)
  throw new BakeoffError(
    'NOT_READY',
    `${containerWords(container)} ${how}, and others wait until it has done its work`,
    {
      logTail: await container.logTail(40).catch(() => []),
    },
  )
}

/** Turns an error that would blame the target into SERVICE_DIED, since a service caused it. */
function serviceFailed(service: string): (error: unknown) => never {
  return (error) => {
    throw blamedOn('SERVICE_DIED', error, `The target is not to blame: ${service}, which it needs, did not come up.`)
  }
}

function serviceRequest(service: PlannedService, imageId: string): ContainerRequest {
  return {
    ...plainContainer(service.name, imageId, service.caps),
    environment: service.environment,
    command: service.command,
    readOnly: service.readOnly,
    tmpfs: service.tmpfs,
    shmBytes: service.shmBytes,
    user: service.user,
    healthcheck: service.healthcheck,
  }
}
