/**
 * The ports of the shell. containers and load implement them, tests have fakes with state. Nothing here knows Docker
 * or autocannon.
 */

import type { Duplex } from 'node:stream'
import type {
  Caps,
  Comparison,
  ContainerEnd,
  Fetched,
  GoldenLine,
  HealthcheckSpec,
  HostReading,
  ImageFacts,
  Link,
  LoadMeasurement,
  LoadOrder,
  LoadSlice,
  Reach,
  Reading,
  RepetitionRecord,
  RequestLine,
  Respell,
  RunEvent,
  Samples,
  SecondInstrumentFigures,
  StateSpec,
} from '@bakeoff/model'

export type { LoadOrder } from '@bakeoff/model'
export { steadyMs, steadyOfEngine } from './steady-clock.js'

/** A folder to build, or an image to use as published. */
export interface ImageRequest {
  /** `bakeoff/target/go-net-http`, or a reference such as `redis:7` when `folder` is null */
  readonly name: string
  /** absolute path; null: use the image as published, and pull it when it is not there */
  readonly folder: string | null
  /** relative to the folder; absent: `Dockerfile` */
  readonly dockerfile?: string | undefined
  /** the stage of the Dockerfile that is built; absent: the last one */
  readonly stage?: string | undefined
  /** requirements of the build from outside; checked before it starts */
  readonly requires: readonly string[]
  /** names of the hosts that must have it, all with the same layers; absent: the only one */
  readonly hosts?: readonly string[] | undefined
}

export interface ContainerRequest {
  /** the name of the host on which it runs; absent: the only one */
  readonly host?: string | undefined
  /** addresses of other containers by the names under which it reaches them: nothing is looked up across hosts. Absent: the engine resolves the names of its network */
  readonly peers?: Readonly<Record<string, string>> | undefined
  /** for labels, log and network alias: `target`, `target-2`, `postgres`, `agent` */
  readonly name: string
  /** the image's id: its name may be given to another image between build and start */
  readonly image: string
  readonly caps: Caps
  readonly environment: Readonly<Record<string, string>>
  readonly command: readonly string[] | null
  readonly readOnly: boolean
  readonly tmpfs: readonly string[]
  readonly shmBytes: number | null
  readonly user: string | null
  readonly healthcheck: HealthcheckSpec | null
  /** names that it has on the network, besides its own */
  readonly aliases: readonly string[]
  /** keep stdin open and attach, for the agent */
  readonly interactive: boolean
  /** files that it has besides those of its image, readable for all; absent: none */
  readonly files?: MountedFiles | undefined
}

/** A folder in a container with files that are not in its image. */
export interface MountedFiles {
  /** absolute path */
  readonly folder: string
  /** texts by file name */
  readonly texts: Readonly<Record<string, string>>
}

export interface ContainerExit extends Readonly<ContainerEnd> {
  readonly atMs: number
}

/** A running container. The caller that started it holds it with `await using`; disposing never throws. */
export interface RunningContainer extends AsyncDisposable {
  readonly name: string
  readonly id: string
  /** the host that it runs on; absent: the only one */
  readonly host?: string | undefined
  /** its address on the testbed's network */
  readonly address: string
  /** when its process started, on the steady scale */
  readonly startedAtMs: number
  /** how long the engine's start call took */
  readonly startCallMs: number
  /**
   * settles when the container ends or is paused, for any reason; also when the engine is lost (then it rejects with
   * ENGINE_LOST)
   */
  readonly exited: Promise<ContainerExit>
  /** OOM kills of any process of the container seen so far */
  oomKills(): number
  /** settles when its health check passes; rejects NOT_READY when it ends first, the check has failed as often as it may, or the signal aborts */
  healthy(signal: AbortSignal): Promise<void>
  /** runs its health check once. Null when it passes or there is none; else its output. Rejects only with ENGINE_LOST */
  checkHealth(): Promise<string | null>
  logTail(lines: number): Promise<string[]>
  /**
   * Runs a command inside the container, and waits some seconds at most; its output is what it writes to stdout and stderr. Rejects when it could not be run,
   * had not ended in time, or the signal aborts; and with ENGINE_LOST.
   */
  run(
    command: readonly string[],
    signal: AbortSignal,
  ): Promise<{ readonly exitCode: number | null; readonly output: string }>
  /** stdin and stdout of an interactive container as one stream */
  attach(): Promise<Duplex>
  /** stops the container and starts it again later, for contract cases in which a service is away */
  pause(): Promise<void>
  resume(): Promise<void>
}

export interface Network extends AsyncDisposable {
  readonly id: string
  /** IPv4 addresses at which the engine's machine would answer if it could be reached from here */
  readonly hostAddresses: readonly string[]
  /** of the interfaces of its containers; absent: the engine's own */
  readonly mtu?: number | undefined
  /**
   * Tests whether its machines are still there, and reach one another. Absent: it is on one machine, whose loss is noticed by itself.
   *
   * @throws ENGINE_LOST that names them
   */
  check?(): Promise<void>
  /** Resolves with ENGINE_LOST when one of its machines is lost. Absent: its containers tell it, all of which are on one machine. */
  readonly lost?: Promise<Error>
}

/** Readings between two times. */
export interface SampledBetween {
  /** by the containers' names */
  readonly containers: Readonly<Record<string, Reading[]>>
  /** of the machine of the first container */
  readonly host: HostReading[]
  /** of the other machines, by the names of their hosts; absent: there is one machine */
  readonly machines?: Samples['machines']
  /** of the machine of the first container, where there are several; see `Samples` */
  readonly clockErrorMs?: Samples['clockErrorMs']
}

/** Reads counters of containers and of the host until it is stopped. */
export interface Sampler extends AsyncDisposable {
  /** all readings so far, on the steady scale; `between(from, to)` cuts them (one reading before `from` is kept as the base of differences) */
  between(fromMs: number, toMs: number): SampledBetween
}

export interface ContainerHost {
  /** Builds, pulls or finds an image. BUILD_FAILED with the log's last lines; UnsupportedBuild when a requirement is not reachable. */
  ensureImage(request: ImageRequest, signal: AbortSignal, onEvent?: (event: ImageEvent) => void): Promise<ImageFacts>
  /** The image that its folder makes as it is now, when the engine has it; else null. Nothing is built or pulled. */
  lookUpImage(request: ImageRequest): Promise<ImageFacts | null>
  /** The image with this id, under any name; null when the engine has none. */
  findImage(name: string, id: string): Promise<ImageFacts | null>
  /** @param hosts names of the hosts whose containers it joins; default: the only one */
  openNetwork(name: string, hosts?: readonly string[]): Promise<Network>
  start(network: Network, request: ContainerRequest): Promise<RunningContainer>
  /** samples the containers (keyed by their name) and the host */
  sample(containers: readonly RunningContainer[], hz: number): Promise<Sampler>
}

export type ImageEvent =
  | {
      readonly state: 'cached' | 'built' | 'pulling' | 'pulled'
      readonly image: string
      readonly seconds: number | null
    }
  /** expectedSeconds: how long the whole build will take, from earlier builds; null when unknown */
  | { readonly state: 'building'; readonly image: string; readonly expectedSeconds: number | null }
  /** an image goes to another host, by its name */
  | { readonly state: 'moving'; readonly image: string; readonly to: string }
  /** a build has come to this step of its Dockerfile */
  | { readonly state: 'step'; readonly image: string; readonly number: number; readonly of: number }
  | { readonly state: 'log'; readonly image: string; readonly line: string }

/** An error: something that the build needs from outside is not reachable. The entry is unsupported, and the run goes on. */
export class UnsupportedBuild extends Error {
  override readonly name = 'UnsupportedBuild'
}

/** Requests and golden answers of a scenario, sent to the agent once. */
export interface Work {
  readonly requests: readonly RequestLine[]
  readonly golden: readonly GoldenLine[]
  readonly compare: Comparison
  readonly tolerance: number
  /** orders the requests: the same for every target of a block */
  readonly seed: number
  /** under load, bodies are spelled anew at every send; null: they are sent as they stand */
  readonly respell: Respell | null
  /** what is filled into requests, and which go together; null or absent: nothing, and none */
  readonly state?: WorkState | null | undefined
  /** whom the agent trusts where an origin is https; absent: nobody */
  readonly trust?: Trust | undefined
}

/** The one authority that the agent trusts, and the name for which a target's certificate must be. */
export interface Trust {
  /** PEM */
  readonly authority: string
  readonly name: string
}

/** The state of a work, with what only the run knows. */
export interface WorkState extends StateSpec {
  /** values of secrets, by their variables: they are sent to targets, and written nowhere */
  readonly secrets: Readonly<Record<string, string>>
  /** how much is added to every counter, so that no two repetitions send the same numbers */
  readonly countFrom: number
}

export interface FetchRequest {
  /** `http://10.1.2.3:8080` */
  readonly origin: string
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  /** sent as it is; base64 of the bytes when `encoding` is base64 */
  readonly body: string | null
  readonly encoding: 'utf8' | 'base64'
  readonly timeoutMs: number
  readonly abandonAfterMs: number | null
  /** a longer body is cut there; 8 MiB when absent */
  readonly mostBytes?: number
  /** values of the prepared work take the place of their placeholders in path, headers and a body of utf8 */
  readonly isFilled?: boolean
}

export interface LoadRequest {
  readonly origin: string
  readonly order: LoadOrder
  readonly requestTimeoutMs: number
  readonly sampleEvery: number
  readonly stream: boolean
  readonly sliceMs: number
}

/** A decision about a running load. A batch goes on until its answer. */
export type Decision =
  | { readonly kind: 'go-on' }
  /** open the window now, once: the first cut is now, the second one this much later. The load then ends by itself */
  | { readonly kind: 'measure'; readonly durationMs: number }
  | { readonly kind: 'stop' }

/**
 * The load agent, wherever it runs. It does one thing at a time. Its calls reject with AGENT_FAILED when the agent, or the connection to it, is
 * gone.
 */
export interface LoadAgent extends AsyncDisposable {
  /** loads the work; must be called before verify and load */
  prepare(work: Work, signal: AbortSignal): Promise<void>
  /** asks the path every few ms until it answers the status; the time of that answer on the steady scale */
  waitUntilReady(
    origin: string,
    health: Reach['health'],
    timeoutMs: number,
    signal: AbortSignal,
  ): Promise<{ readyAtMs: number }>
  fetch(request: FetchRequest, signal: AbortSignal): Promise<Fetched>
  /**
   * sends the requests of `before`, then every request of the work once, and compares the answers. A request of `before` that is not
   * answered as it should be is the only difference: nothing is verified then
   */
  verify(
    origin: string,
    timeoutMs: number,
    signal: AbortSignal,
  ): Promise<{
    total: number
    right: number
    differences: { request: string; expected: string; actual: string; difference: string }[]
  }>
  /** measures the way to a null server, before any load: the quickest of many small requests, and the rate of a stream of long answers */
  link(origin: string, signal: AbortSignal): Promise<Omit<Link, 'mtu'>>
  /** sends the requests of `after`; what went wrong, or null */
  cleanUp(origin: string, timeoutMs: number, signal: AbortSignal): Promise<string | null>
  /**
   * One load: connections open, first sends are staggered, and `decide` is asked after every slice of about half a second,
   * in the window as well. It opens the window or stops the load. After the window the load runs on until every
   * request of it has ended. The measurement is complete and accounted for even when it is stopped: for a load that is
   * stopped before its window was opened, it covers all the time until then. Aborting the signal stops it and
   * rejects with ABORTED.
   */
  load(request: LoadRequest, decide: (slice: LoadSlice) => Decision, signal: AbortSignal): Promise<LoadMeasurement>
}

/** Starts the agent's protocol over the container's stdin and stdout. load implements it, cli wires it. */
export type ConnectAgent = (wire: Duplex) => Promise<LoadAgent>

/** The way to one of several load agents. */
export interface AgentWire {
  readonly wire: Duplex
  /** as a sentence begins with it: `the load agent on load-1` */
  readonly who: string
}

/**
 * The same for the load agents of a bench, at least one, which are then one: each load is split among them, begins and is cut at one time, and is
 * decided on and measured as one. All else is asked by the first. An agent that fails, fails the load: AGENT_FAILED with who it was.
 */
export type ConnectAgents = (wires: readonly AgentWire[]) => Promise<LoadAgent>

/** The order for the second instrument: the closed load of the agent, to be repeated by another tool. */
export interface SecondInstrumentOrder {
  readonly origin: string
  readonly requests: readonly RequestLine[]
  /** expected status of each request */
  readonly statuses: readonly number[]
  readonly connections: number
  /** cores that the tool may keep busy */
  readonly cores: number
  readonly seconds: number
  readonly requestTimeoutMs: number
  readonly seed: number
}

/**
 * Gives the order to the tool over its container's stdin, and reads what it measured from stdout. Rejects with
 * AGENT_FAILED when it ends without figures or is overdue, with ABORTED when the signal aborts. load implements it, cli
 * wires it.
 */
export type MeasureSecond = (
  wire: Duplex,
  order: SecondInstrumentOrder,
  signal: AbortSignal,
) => Promise<SecondInstrumentFigures>

export interface Clock {
  /** epoch ms of the machine's clock, for people to read: it steps when it is set, or when the machine slept */
  now(): number
  /** for durations and deadlines, and the scale of readings and measurements: see `steadyMs` */
  steadyMs(): number
  /** how long the machine has slept, in ms since any fixed moment: only differences mean anything */
  sleptMs(): number
  sleep(ms: number, signal: AbortSignal): Promise<void>
  /** calls `then` once, after the given time; the returned function cancels that */
  after(ms: number, then: () => void): () => void
}

/** Where a run is written. Every repetition is on disk before the next begins. */
export interface RunSink {
  writePlan(text: string): Promise<void>
  writeRecord(record: RepetitionRecord): Promise<void>
  writeCalibration(text: string): Promise<void>
  event(event: RunEvent): void
}
