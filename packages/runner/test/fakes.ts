/**
 * Fakes with state: an engine that knows what runs, an agent that answers as its target would, a clock that only moves
 * when somebody waits. Tests ask them afterwards what is left; there are no spies on calls.
 */
import { PassThrough } from 'node:stream'
import {
  aborted,
  BakeoffError,
  type EncodedHistogram,
  type Fetched,
  type ImageFacts,
  type LoadMeasurement,
  type LoadSlice,
  type Reach,
  type RepetitionRecord,
  type RunEvent,
  type SecondInstrumentFigures,
} from '@bakeoff/model'
import { encodeValues } from '../../core/test/times.js'
import type {
  Clock,
  ContainerExit,
  ContainerHost,
  ContainerRequest,
  Decision,
  FetchRequest,
  ImageRequest,
  LoadAgent,
  LoadOrder,
  LoadRequest,
  Network,
  RunningContainer,
  RunSink,
  SampledBetween,
  Sampler,
  SecondInstrumentOrder,
  Trust,
  Work,
} from '../src/ports.js'
import { UnsupportedBuild } from '../src/ports.js'

/** The engine's machine, on every network. */
export const HOST_ADDRESS = '10.0.0.1'

/** What goes wrong, and where. Everything is fine by default. */
export interface Faults {
  /** image names that do not build */
  readonly build?: readonly string[]
  readonly unsupported?: readonly string[]
  /** container names that do not start */
  readonly start?: readonly string[]
  /** what the machines of a bench find when they are asked whether they reach one another */
  readonly atCheck?: () => void
  /** images whose target never answers */
  readonly neverReady?: readonly string[]
  /** what a target that is not ready answers to `GET /health` when it is asked once more, and its /proc/net/tcp */
  readonly health?: Partial<Fetched>
  readonly listening?: string
  /** images whose target ends before it is ready */
  readonly diesEarly?: readonly string[]
  readonly wrongAnswers?: readonly string[]
  /** images whose target ends while it is verified: its answers come to nothing, or never come */
  readonly diesInVerify?: Readonly<Record<string, 'no answers' | 'silence'>>
  /** what targets of these images answer to `GET /info` */
  readonly info?: Readonly<Record<string, Partial<Fetched>>>
  /** what every container has written */
  readonly log?: readonly string[]
  /** images whose target ends before the window of this load is opened; the first load, in which it warms up, is 0 */
  readonly diesSettling?: Readonly<Record<string, number>>
  /** images whose target ends in the window of this load */
  readonly diesInLoad?: Readonly<Record<string, number>>
  /** the same, and the engine tells of it only when the load has ended */
  readonly diesAtEnd?: Readonly<Record<string, number>>
  /** images under which the agent ends in this load */
  readonly agentCrashes?: Readonly<Record<string, number>>
  /** the engine is lost in this load of this image */
  readonly engineLost?: Readonly<Record<string, number>>
  /** a machine of the bench, on which no agent is, is lost in this load of this image */
  readonly machineLost?: Readonly<Record<string, number>>
  /** a service goes away in the first repetitions that come to this point: a load, or the golden questions */
  readonly serviceEnds?: {
    readonly service: string
    readonly at: number | 'ready' | 'verify'
    /** before the window of the load is opened, and not in it */
    readonly settling?: boolean
    readonly paused?: boolean
    /** it runs on and answers nothing; the engine tells of nothing */
    readonly hangs?: boolean
    /** default: 137 */
    readonly exitCode?: number
    /** the engine tells of it only when the load has ended */
    readonly late?: boolean
    /** the target ends with it */
    readonly takesTarget?: boolean
    /** in so many repetitions; default: 1 */
    readonly times?: number
  }
  /** the agent of a testbed takes this order and is never heard of again, so many times (default: always) */
  readonly hangs?: {
    /** the testbed: an entry's id, or `canary` */
    readonly testbed: string
    readonly at: 'prepare' | 'ready' | 'fetch' | 'verify' | 'load' | 'window'
    readonly times?: number
  }
  /** what goes wrong with the requests that clean up */
  readonly notCleanedUp?: string
  /** how often a target closes a connection that is still written to, before it is read to its end */
  readonly cuts?: number
  /** calls at the start of every container */
  readonly atStart?: (request: ContainerRequest, testbed: string) => void
  /** calls when an image is asked for */
  readonly atImage?: (name: string, hosts?: readonly string[]) => void
  /** calls when a network is opened, with its hosts on several machines */
  readonly atNetwork?: (name: string, hosts?: readonly string[]) => void
  /** calls at the start of this load */
  readonly atLoad?: (image: string, index: number) => void
  /** how long the target answers wrongly after a service of it is back; and how long it takes for all golden questions */
  readonly recoveryMs?: number
  readonly verifyMs?: number
  /** what goes wrong with the second instrument under these images, and when it is asked */
  readonly secondInstrument?: Readonly<Record<string, 'no-figures' | 'target-dies' | 'engine-lost'>>
  readonly atSecondInstrument?: (image: string) => void
  /** images whose target answers without asking its services */
  readonly skipsWork?: readonly string[]
  /** share of what services do that they do late */
  readonly lateShare?: number
  /** what a service says when it is asked for its counters; default: how often it was asked */
  readonly counters?: (service: string, transactions: number) => string
  /** calls of the engine to run something in a container fail */
  readonly cannotRun?: boolean
  /** services that end as soon as they are started, with their exit codes */
  readonly endsAtOnce?: Readonly<Record<string, number>>
  /** a service whose health check never passes */
  readonly unhealthy?: readonly string[]
  /** p99 in ms at an offered rate, for capacity searches; default 1 */
  readonly p99Ms?: (perSecond: number) => number
  /** images whose target gives no right answer under load */
  readonly silent?: readonly string[]
  /** the engine's machine answers from inside a testbed */
  readonly hostAnswers?: boolean
  /** closed throughput by connections, and by the agent's host, asked at every load; default 1000 per connection, 20000 at most */
  readonly throughput?: (connections: number, host: string | undefined) => number
}

export class FakeClock implements Clock {
  #now = Date.parse('2026-01-01T00:00:00Z')
  readonly #timers = new Set<{ readonly atMs: number; readonly then: () => void }>()
  #setMs = 0
  #sleptMs = 0
  now(): number {
    return this.#now + this.#setMs + this.#sleptMs
  }
  steadyMs(): number {
    return this.#now
  }
  sleptMs(): number {
    return this.#sleptMs
  }
  /** somebody sets the machine's clock, forward or back */
  set(byMs: number): void {
    this.#setMs += byMs
  }
  /** the machine sleeps: nothing happens, and its clock goes on */
  sleepMachine(ms: number): void {
    this.#sleptMs += ms
  }
  /** timers that come due in this time ring, in their order */
  advance(ms: number): void {
    const untilMs = this.#now + ms
    for (;;) {
      const [next] = [...this.#timers].filter(({ atMs }) => atMs <= untilMs).sort((a, b) => a.atMs - b.atMs)
      if (next === undefined) break
      this.#timers.delete(next)
      this.#now = Math.max(this.#now, next.atMs)
      next.then()
    }
    this.#now = untilMs
  }
  after(ms: number, then: () => void): () => void {
    const timer = { atMs: this.#now + ms, then }
    this.#timers.add(timer)
    return () => void this.#timers.delete(timer)
  }
  /** how many are still to ring */
  get timers(): number {
    return this.#timers.size
  }
  async sleep(ms: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    this.advance(ms)
    await new Promise((resolve) => setImmediate(resolve)) // what happens in that time
  }
}

/** As a folder: a record that is written again takes the place of the first. */
export class FakeSink implements RunSink {
  readonly written: RepetitionRecord[] = []
  readonly events: RunEvent[] = []
  plan: string | null = null
  calibration: string | null = null
  get records(): RepetitionRecord[] {
    const files = new Map<string, RepetitionRecord>()
    for (const record of this.written) files.set(`${record.entry} ${record.block}`, record)
    return [...files.values()]
  }
  async writePlan(text: string): Promise<void> {
    this.plan = text
  }
  async writeRecord(record: RepetitionRecord): Promise<void> {
    this.written.push(record)
  }
  async writeCalibration(text: string): Promise<void> {
    this.calibration = text
  }
  event(event: RunEvent): void {
    this.events.push(event)
  }
}

class FakeContainer implements RunningContainer {
  readonly name: string
  readonly id: string
  readonly address: string
  readonly startedAtMs: number
  readonly startCallMs = 20
  readonly exited: Promise<ContainerExit>
  readonly request: ContainerRequest
  readonly host?: string
  /** the name under which its image was built */
  readonly image: string
  /** what its testbed is for: an entry's id, or `canary` */
  readonly testbed: string
  paused = false
  isHung = false
  resumedAtMs = Number.NEGATIVE_INFINITY
  #end!: (exit: ContainerExit) => void
  #lose!: (error: unknown) => void
  readonly #host: FakeHost

  constructor(host: FakeHost, testbed: string, request: ContainerRequest, image: string, id: string) {
    this.testbed = testbed
    this.#host = host
    this.request = request
    if (request.host !== undefined) this.host = request.host
    this.image = image
    this.name = request.name
    this.id = id
    this.address = `fake-${id}`
    this.startedAtMs = host.clock.steadyMs()
    this.exited = new Promise((resolve, reject) => {
      this.#end = resolve
      this.#lose = reject
    })
    this.exited.catch(() => {})
  }

  end(exitCode: number, oomKilled = false): void {
    this.#end({ exitCode, oomKilled, paused: false, atMs: this.#host.clock.steadyMs() })
  }
  /** as `docker pause` does: it stays, and answers nothing */
  freeze(): void {
    this.#end({ exitCode: null, oomKilled: false, paused: true, atMs: this.#host.clock.steadyMs() })
  }
  /** as SIGSTOP inside it does: it answers nothing, and nobody tells of it */
  hang(): void {
    this.isHung = true
  }
  lose(): void {
    this.#lose(new BakeoffError('ENGINE_LOST', 'the engine does not answer any more'))
  }
  killsForMemory = 0
  oomKills(): number {
    return this.killsForMemory
  }
  async checkHealth(): Promise<string | null> {
    return this.isHung ? 'no answer within 1000 ms' : null
  }
  async healthy(): Promise<void> {
    if (this.#host.faults.unhealthy?.includes(this.name))
      throw new BakeoffError('NOT_READY', `${this.name} did not become healthy`)
  }
  async logTail(): Promise<string[]> {
    return [...(this.#host.faults.log ?? [`last words of ${this.name}`])]
  }
  async run(command: readonly string[]): Promise<{ exitCode: number; output: string }> {
    const { faults } = this.#host
    if (faults.cannotRun) throw new BakeoffError('ENGINE_LOST', 'the engine did not answer')
    if (command[0] === 'cat') return { exitCode: 0, output: faults.listening ?? '' }
    if (command[0] === 'false') return { exitCode: 1, output: 'no such database' }
    return { exitCode: 0, output: `a notice\n${this.#host.countersOf(this.name)}` }
  }
  async attach(): Promise<PassThrough> {
    const wire = new PassThrough()
    this.#host.wires.set(wire, this)
    return wire
  }
  async pause(): Promise<void> {
    this.paused = true
  }
  async resume(): Promise<void> {
    this.paused = false
    this.resumedAtMs = this.#host.clock.steadyMs()
  }
  async [Symbol.asyncDispose](): Promise<void> {
    this.#host.running.delete(this)
  }
}

export class FakeHost implements ContainerHost {
  readonly clock: FakeClock
  readonly faults: Faults
  readonly running = new Set<FakeContainer>()
  readonly networks = new Set<string>()
  /** every container that was ever started, by its name and that of its image, in order */
  readonly started: string[] = []
  /** what was asked for, in order, whatever came of it */
  readonly requests: {
    readonly images: ImageRequest[]
    readonly networks: unknown[][]
    readonly containers: ContainerRequest[]
  } = { images: [], networks: [], containers: [] }
  /** ids by the name that they have now: a test may give a name to another image */
  readonly tags = new Map<string, string>()
  readonly wires = new Map<object, FakeContainer>()
  /** what was asked beside loads, in order: `GET https://10.0.0.4:3000/healthz` */
  readonly questions: string[] = []
  /** every load that was asked for, in order */
  readonly orders: LoadOrder[] = []
  /** the origins that were cleaned up, in order */
  readonly cleanedUp: string[] = []
  /** how often services were asked by targets */
  asked = 0
  #made = 0
  #servicesEnded = 0
  #hung = 0

  loseMachine!: (error: Error) => void
  readonly #lost = new Promise<Error>((resolve) => {
    this.loseMachine = resolve
  })

  constructor(clock: FakeClock, faults: Faults = {}) {
    this.clock = clock
    this.faults = faults
  }

  countersOf(service: string): string {
    const counted = {
      transactions: this.asked,
      tokens: this.asked,
      lateTokens: this.asked * (this.faults.lateShare ?? 0),
    }
    return this.faults.counters?.(service, this.asked) ?? JSON.stringify({ ...counted, script: { gapMs: 2 } })
  }

  /** `[]` when nothing was left behind */
  get left(): string[] {
    return [...[...this.running].map(({ name }) => name), ...this.networks]
  }

  async ensureImage(request: ImageRequest): Promise<ImageFacts> {
    this.requests.images.push(request)
    this.faults.atImage?.(request.name, request.hosts)
    if (this.faults.unsupported?.includes(request.name)) throw new UnsupportedBuild('hex cannot be reached')
    if (this.faults.build?.includes(request.name))
      throw new BakeoffError('BUILD_FAILED', `${request.name} did not build`, { logTail: ['error: no such crate'] })
    const id = `sha256:${request.name}`
    this.tags.set(request.name, id)
    return {
      name: request.name,
      id,
      key: 'k',
      bytes: 1,
      architecture: 'amd64',
      cached: true,
      buildSeconds: null,
      baseId: null,
    }
  }

  async lookUpImage(request: ImageRequest): Promise<ImageFacts | null> {
    return this.tags.has(request.name) ? this.ensureImage(request) : null
  }

  async findImage(name: string, id: string): Promise<ImageFacts | null> {
    return this.tags.get(name) === id ? this.ensureImage({ name, folder: null, requires: [] }) : null
  }

  async openNetwork(...asked: Parameters<ContainerHost['openNetwork']>): Promise<Network> {
    const [name, hosts] = asked
    this.requests.networks.push(asked)
    this.faults.atNetwork?.(name, hosts)
    const id = `network of ${name}`
    this.networks.add(id)
    return {
      id,
      hostAddresses: [HOST_ADDRESS],
      ...(hosts ? { mtu: 1450, check: async () => this.faults.atCheck?.(), lost: this.#lost } : {}),
      [Symbol.asyncDispose]: async () => void this.networks.delete(id),
    }
  }

  async start(network: Network, request: ContainerRequest): Promise<RunningContainer> {
    const testbed = network.id.replace('network of ', '')
    this.requests.containers.push(request)
    this.faults.atStart?.(request, testbed)
    const image = (this.tags.get(request.image) ?? request.image).replace('sha256:', '')
    if (this.faults.start?.includes(image)) throw new BakeoffError('START_FAILED', `${request.name} did not start`)
    const container = new FakeContainer(this, testbed, request, image, String(++this.#made))
    this.running.add(container)
    this.started.push(`${request.name} ${image}`)
    if (this.faults.diesEarly?.includes(image)) container.end(1)
    const exitCode = this.faults.endsAtOnce?.[request.name]
    if (exitCode !== undefined) container.end(exitCode)
    return container
  }

  async sample(containers: readonly RunningContainer[]): Promise<Sampler> {
    const reading = (atMs: number) => ({
      atMs,
      cpuUserSeconds: 1,
      cpuSystemSeconds: 1,
      cpuTotalSeconds: 2,
      throttledSeconds: 0,
      throttledPeriods: 0,
      periods: 0,
      memoryAnonBytes: 1000,
      memoryFileBytes: 0,
      rxBytes: 0,
      txBytes: 0,
    })
    return {
      between: (from, to) => ({
        containers: Object.fromEntries(containers.map(({ name }) => [name, [reading(from), reading(to)]])),
        host: [],
        ...this.#machinesOf(containers),
      }),
      [Symbol.asyncDispose]: async () => {},
    }
  }

  /** As a site tells them: all hosts but that of the first container are told apart. */
  #machinesOf([first, ...others]: readonly RunningContainer[]): Pick<SampledBetween, 'machines' | 'clockErrorMs'> {
    if (first?.host === undefined) return {}
    const names = new Set(others.flatMap(({ host }) => (host === undefined || host === first.host ? [] : host)))
    return {
      clockErrorMs: 0.2,
      machines: Object.fromEntries([...names].map((name) => [name, { readings: [], clockErrorMs: 0.3 }])),
    }
  }

  /** The service that goes away at this point, once, with how to make it go; null when none does. */
  leavingService(at: number | 'ready' | 'verify'): (NonNullable<Faults['serviceEnds']> & { leave(): void }) | null {
    const { serviceEnds } = this.faults
    const service = [...this.running].find(({ name }) => name === serviceEnds?.service)
    if (!serviceEnds || !service || serviceEnds.at !== at || this.#servicesEnded >= (serviceEnds.times ?? 1))
      return null
    this.#servicesEnded++
    return {
      ...serviceEnds,
      leave: () => {
        if (serviceEnds.hangs) service.hang()
        else if (serviceEnds.paused) service.freeze()
        else service.end(serviceEnds.exitCode ?? 137)
      },
    }
  }

  /** Whether the agent of this testbed hangs from here on. A day goes by, and nothing more is heard of it. */
  hangsAt(testbed: string, at: NonNullable<Faults['hangs']>['at']): boolean {
    const { hangs } = this.faults
    if (
      !hangs ||
      hangs.testbed !== testbed ||
      hangs.at !== at ||
      this.#hung >= (hangs.times ?? Number.POSITIVE_INFINITY)
    )
      return false
    this.#hung++
    setImmediate(() => this.clock.advance(24 * 3_600_000))
    return true
  }

  targetOn(origin: string): FakeContainer | undefined {
    return [...this.running].find(({ address }) => origin.includes(`//${address}:`))
  }
}

/** Answers as the target on the other side would. */
export class FakeAgent implements LoadAgent {
  readonly #host: FakeHost
  readonly #container: FakeContainer
  #loads = 0

  constructor(host: FakeHost, container: FakeContainer) {
    this.#host = host
    this.#container = container
  }

  #trust: Trust | undefined

  async prepare(work: Work): Promise<void> {
    this.#trust = work.trust
    if (this.#host.hangsAt(this.#container.testbed, 'prepare')) return new Promise(() => {})
  }

  async waitUntilReady(origin: string, { path }: Reach['health'], timeoutMs: number): Promise<{ readyAtMs: number }> {
    this.#host.questions.push(`GET ${origin}${path}`)
    const image = this.#imageOn(origin)
    if (this.#host.hangsAt(this.#container.testbed, 'ready')) return new Promise(() => {})
    if (this.#host.faults.diesEarly?.includes(image)) return new Promise(() => {}) // its death is what ends the wait
    const gone = this.#host.leavingService('ready')
    gone?.leave()
    if (gone || this.#host.faults.neverReady?.includes(image) || !this.#isReached(origin))
      throw new BakeoffError('NOT_READY', `${origin}${path} did not answer in ${timeoutMs} ms`)
    this.#host.clock.advance(150)
    return { readyAtMs: this.#host.clock.steadyMs() }
  }

  /** A container listens at the port that it is told, by TLS where it has the files, for whoever trusts their authority. */
  #isReached(origin: string): boolean {
    const container = this.#host.targetOn(origin)
    if (!container) return true // it is gone, which is told otherwise
    const { environment, files } = container.request
    const { protocol, port } = new URL(origin)
    if (environment.PORT !== undefined && environment.PORT !== port) return false
    if (environment.TLS_CERT === undefined) return protocol === 'http:'
    return protocol === 'https:' && files !== undefined && this.#trust?.authority === files.texts['ca.pem']
  }

  #cuts = 0

  async fetch({ origin, path, body }: FetchRequest): Promise<Fetched> {
    if (this.#host.hangsAt(this.#container.testbed, 'fetch')) return new Promise(() => {})
    if (origin.startsWith(`http://${HOST_ADDRESS}:`)) {
      const error = this.#host.faults.hostAnswers ? 'ECONNREFUSED' : 'EHOSTUNREACH'
      return { status: null, headers: {}, body: '', bodyTruncated: false, durationMs: 1, error }
    }
    if (body !== null && this.#cuts++ < (this.#host.faults.cuts ?? 0))
      return { status: null, headers: {}, body: '', bodyTruncated: false, durationMs: 1, error: 'EPIPE' }
    this.#host.questions.push(`GET ${origin}${path}`)
    const name = this.#host.targetOn(origin)?.name ?? 'nothing'
    return {
      status: path === '/missing' ? 404 : 200,
      headers: {},
      body: path === '/stats' ? this.#host.countersOf(name) : '{"language":"fake","workers":1}',
      bodyTruncated: false,
      durationMs: 1,
      error: null,
      ...(path === '/health' ? this.#host.faults.health : {}),
      ...(path === '/info' ? this.#host.faults.info?.[this.#imageOn(origin)] : {}),
    }
  }

  async link(): Promise<{ roundTripUs: number; bytesPerSecond: number }> {
    return { roundTripUs: 180, bytesPerSecond: 1.1e8 }
  }

  async cleanUp(origin: string): Promise<string | null> {
    this.#host.cleanedUp.push(origin)
    return this.#host.faults.notCleanedUp ?? null
  }

  async verify(origin: string): ReturnType<LoadAgent['verify']> {
    const { faults, clock, running } = this.#host
    if (this.#host.hangsAt(this.#container.testbed, 'verify')) return new Promise(() => {})
    const gone = this.#host.leavingService('verify')
    gone?.leave()
    if (gone?.paused) return new Promise(() => {}) // what it needs never answers
    const dies = faults.diesInVerify?.[this.#imageOn(origin)]
    if (dies === 'silence') this.#host.targetOn(origin)?.end(137)
    if (dies === 'silence') return new Promise(() => {})
    if (dies === 'no answers') setImmediate(() => this.#host.targetOn(origin)?.end(137)) // the engine tells of it later
    const recovering = [...running].some(({ resumedAtMs }) => clock.steadyMs() < resumedAtMs + (faults.recoveryMs ?? 0))
    const wrong = gone || recovering || dies || faults.wrongAnswers?.includes(this.#imageOn(origin))
    clock.advance(faults.verifyMs ?? 0)
    const difference = {
      request: 'GET /predict',
      expected: 'Iris-Setosa',
      actual: 'Iris-Virginica',
      difference: 'differs at character 5',
    }
    return { total: 3, right: wrong ? 2 : 3, differences: wrong ? [difference] : [] }
  }

  async load(
    request: LoadRequest,
    decide: (slice: LoadSlice) => Decision,
    signal: AbortSignal,
  ): Promise<LoadMeasurement> {
    const { faults, clock } = this.#host
    const image = this.#imageOn(request.origin)
    const index = this.#loads++
    this.#host.orders.push(request.order)
    faults.atLoad?.(image, index)
    signal.throwIfAborted()
    if (this.#host.hangsAt(this.#container.testbed, 'load')) return new Promise(() => {})
    if (faults.agentCrashes?.[image] === index) {
      this.#container.end(139)
      return new Promise(() => {})
    }
    if (faults.engineLost?.[image] === index) {
      for (const container of this.#host.running) container.lose()
      return new Promise(() => {})
    }
    if (faults.machineLost?.[image] === index) {
      this.#host.loseMachine(new BakeoffError('ENGINE_LOST', 'the probe on db is gone'))
      return new Promise(() => {})
    }
    if (faults.diesSettling?.[image] === index) this.#host.targetOn(request.origin)?.end(137)
    const gone = this.#host.leavingService(index)
    const leave = () => {
      if (!gone?.late) gone?.leave()
      if (gone?.takesTarget) this.#host.targetOn(request.origin)?.end(1)
    }
    if (gone?.settling) leave()
    const isAway = gone !== null && gone.exitCode !== 0
    const perSecond = faults.silent?.includes(image) ? 0 : this.#rate(request)
    const settling: LoadSlice[] = []
    const windows: LoadSlice[] = []
    /** null before the window is opened */
    let leftMs: number | null = request.order.kind === 'batch' ? 500 : null
    let startedAtMs = clock.steadyMs()
    while (leftMs === null || leftMs > 0) {
      clock.advance(request.sliceMs)
      const phase = leftMs === null ? settling : windows
      const slice: LoadSlice = {
        atMs: (phase.length + 1) * request.sliceMs,
        durationMs: request.sliceMs,
        ok: isAway && (gone.settling || phase === windows) ? 0 : Math.round((perSecond * request.sliceMs) / 1000),
        failed: 0,
        p50Us: 500,
        p99Us: 1000,
        meanUs: 600,
        agentBusy: 0.2,
      }
      phase.push(slice)
      if (leftMs !== null) {
        leftMs -= request.sliceMs
        if (faults.diesInLoad?.[image] === index) this.#host.targetOn(request.origin)?.end(137)
        if (windows.length === 1 && !gone?.settling) leave()
      }
      await new Promise((resolve) => setImmediate(resolve)) // deaths are noticed between slices
      const decision = decide(slice)
      if (phase === windows && this.#host.hangsAt(this.#container.testbed, 'window')) return new Promise(() => {})
      if (decision.kind === 'stop') break
      if (decision.kind !== 'measure') continue
      leftMs = decision.durationMs
      startedAtMs = clock.steadyMs()
    }
    signal.throwIfAborted()
    if (!faults.skipsWork?.includes(image)) this.#host.asked += answersIn([...settling, ...windows])
    const measured = measurement(request, startedAtMs, { settling, windows }, faults.p99Ms?.(perSecond) ?? 1)
    if (gone?.late) setImmediate(() => gone.leave())
    if (faults.diesAtEnd?.[image] !== index) return measured
    setImmediate(() => this.#host.targetOn(request.origin)?.end(137))
    return { ...measured, counts: { ...measured.counts, lost: 1 } }
  }

  async [Symbol.asyncDispose](): Promise<void> {}

  #rate({ order }: LoadRequest): number {
    if (order.kind === 'closed')
      return (
        this.#host.faults.throughput?.(order.connections, this.#container.host) ??
        Math.min(20_000, order.connections * 1000)
      )
    return order.kind === 'open' ? order.perSecond : order.tasks
  }

  #imageOn(origin: string): string {
    return this.#host.targetOn(origin)?.image ?? 'nothing'
  }
}

/** The other tool, as the target on the other side would let it measure; it remembers what it was asked. */
export class FakeSecondInstrument {
  readonly #host: FakeHost
  readonly orders: {
    readonly image: string
    readonly cpuset: readonly number[]
    readonly order: SecondInstrumentOrder
  }[] = []

  constructor(host: FakeHost) {
    this.#host = host
  }

  async measure(
    container: FakeContainer,
    order: SecondInstrumentOrder,
    signal: AbortSignal,
  ): Promise<SecondInstrumentFigures> {
    const { faults, clock } = this.#host
    const target = this.#host.targetOn(order.origin)
    const image = target?.image ?? 'nothing'
    this.orders.push({ image, cpuset: container.request.caps.cpuset, order })
    faults.atSecondInstrument?.(image)
    if (signal.aborted) throw aborted('while wrk measured')
    switch (faults.secondInstrument?.[image]) {
      case 'no-figures':
        throw new BakeoffError('AGENT_FAILED', 'no figures: it ended')
      case 'target-dies':
        target?.end(137)
        return new Promise(() => {})
      case 'engine-lost':
        for (const each of this.#host.running) each.lose()
        return new Promise(() => {})
    }
    clock.advance((order.seconds + 1) * 1000)
    const perSecond = 20_500
    const times = { p50Ms: 1, p90Ms: 2, p99Ms: 3, maxMs: 4, meanMs: 1 }
    const errors = { connect: 0, read: 0, write: 0, status: 0, timeout: 0 }
    const { connections, seconds } = order
    return {
      version: 'fake',
      connections,
      seconds,
      requests: perSecond * seconds,
      bytes: 1,
      perSecond,
      ...times,
      errors,
    }
  }
}

function answersIn(slices: readonly LoadSlice[]): number {
  return slices.reduce((sum, { ok }) => sum + ok, 0)
}

function measurement(
  request: LoadRequest,
  startedAtMs: number,
  { settling, windows }: { settling: readonly LoadSlice[]; windows: readonly LoadSlice[] },
  p99Ms: number,
): LoadMeasurement {
  const ok = windows.reduce((sum, window) => sum + window.ok, 0)
  const times: EncodedHistogram = encodeValues(
    Array.from({ length: 100 }, (_, index) => (index < 98 ? 500 : p99Ms * 1000)),
  )
  const open = request.order.kind === 'open'
  return {
    startedAtMs,
    durationMs: windows.length * 500,
    counts: {
      sent: ok,
      ok,
      errorStatus: 0,
      wrong: 0,
      checked: 10,
      timeouts: 0,
      lost: 0,
      connectErrors: 0,
      inFlight: 0,
      unsent: 0,
    },
    errorsByKind: {},
    serviceTime: times,
    responseTime: open ? times : null,
    lateness: null,
    lateShare: open ? 0 : null,
    offeredPerSecond: request.order.kind === 'open' ? request.order.perSecond : null,
    windows: [...windows],
    settling: [...settling],
    window: {
      weighted: { ok, wrong: 0, errorStatus: 0, timeouts: 0, lost: 0 },
      account: { connectionMs: 1, answeredMs: 1, failedMs: 0, unendedMs: 0, betweenMs: 0 },
      silentConnections: 0,
      censored: 0,
      peaks: [],
      settledMs: settling.at(-1)?.atMs ?? 0,
      runOutMs: 1,
      answered: answersIn([...settling, ...windows]),
    },
    agent: { processes: 1, eventLoopUtilisation: 0.3, cpuSeconds: 0.1 },
    wrongSamples: [],
    stream: null,
    batch:
      request.order.kind === 'batch'
        ? {
            tasks: request.order.tasks,
            concurrency: request.order.concurrency,
            ok,
            failed: 0,
            wallMs: 500,
            digest: 'd',
          }
        : null,
  }
}
