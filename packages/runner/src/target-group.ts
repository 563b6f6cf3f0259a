import { type PlannedEntry, reachOf, TLS_ENVIRONMENT } from '@bakeoff/model'
import { PORT, plainContainer } from './container-request.js'
import { peersOf, placedOn } from './placement.js'
import type { ContainerExit, ContainerRequest, RunningContainer } from './ports.js'
import type { Run } from './run.js'
import type { Testbed } from './testbed.js'

/** Memory of the proxy in front of replicas, taken from the target's cap. */
const PROXY_MEMORY_BYTES = 64 * 1024 ** 2

/** The containers of a target, and the address where it answers. */
export interface TargetGroup {
  readonly entry: PlannedEntry
  readonly containers: readonly RunningContainer[]
  /** the origins of the containers, in their order */
  readonly origins: readonly string[]
  /** the origin to which requests go */
  readonly origin: string
  /** resolves when the first container of the target ends */
  readonly died: Promise<ContainerExit & { container: RunningContainer }>
  readonly startedAtMs: number
  readonly startCallMs: number
}

/** Starts the target, or its replicas and the proxy in front of them, all within the entry's cap. The testbed owns them. */
export async function startTarget(testbed: Testbed, entry: PlannedEntry): Promise<TargetGroup> {
  const { run, network } = testbed
  const requests = targetRequests(run, entry)
  const containers: RunningContainer[] = []
  for (const request of requests) {
    const peers = peersOf([...testbed.services.values(), ...containers])
    const placed = { ...request, ...placedOn(run, run.bench.target, peers) }
    containers.push(testbed.hold(await run.ports.host.start(network, placed)))
  }
  const { port, tls } = reachOf(entry)
  // The proxy, which is the last one, listens where the images of Bakeoff do.
  const portOf = (index: number) => (index < entry.replicas ? port : PORT)
  const origins = containers.map(({ address }, index) => `${tls ? 'https' : 'http'}://${address}:${portOf(index)}`)
  const died = Promise.race(containers.map(async (container) => ({ container, ...(await container.exited) })))
  died.catch(() => {}) // the engine is lost, and with it the testbed
  return {
    entry,
    containers,
    origins,
    origin: origins.at(-1) as string,
    died,
    startedAtMs: Math.min(...containers.map(({ startedAtMs }) => startedAtMs)),
    startCallMs: containers.reduce((sum, { startCallMs }) => sum + startCallMs, 0),
  }
}

/** The containers to start for an entry, the one that takes requests last. Replicas share the cores; memory is divided. */
function targetRequests(run: Run, entry: PlannedEntry): ContainerRequest[] {
  const { images, materials } = run
  const { port, tls } = reachOf(entry)
  const image = images.of(entry.image).id
  const proxied = entry.proxy !== null
  const memory = Math.floor((entry.caps.memoryBytes - (proxied ? PROXY_MEMORY_BYTES : 0)) / entry.replicas)
  const cores = Math.max(1, Math.floor(entry.caps.cpus / entry.replicas))
  const replicas = Array.from({ length: entry.replicas }, (_, index): ContainerRequest => {
    const name = proxied || entry.replicas > 1 ? `target-${index + 1}` : 'target'
    return {
      ...plainContainer(name, image, { ...entry.caps, memoryBytes: memory }),
      command: entry.command,
      environment: {
        ...entry.environment,
        PORT: String(port),
        CORES: String(cores),
        MEMORY_BYTES: String(memory),
        ...(tls ? TLS_ENVIRONMENT : {}),
      },
      ...(tls ? { files: run.authority.filesOfTarget } : {}),
      ...(entry.tmpfs ? { tmpfs: entry.tmpfs } : {}),
    }
  })
  if (!proxied) return replicas
  const upstreams = replicas.map(({ name }) => `${name}:${port}`).join(' ')
  const caps = { ...entry.caps, memoryBytes: PROXY_MEMORY_BYTES }
  return [
    ...replicas,
    {
      ...plainContainer('proxy', images.of(materials.caddyImage.name).id, caps),
      environment: { PORT: String(PORT), UPSTREAMS: upstreams },
      aliases: ['target'],
    },
  ]
}
