/** Plans, runs and claims for tests: deterministic, complete, and in what they leave open as dull as possible. */
import {
  type Calibration,
  type Caps,
  type Certificate,
  type ClaimSpec,
  type HostReading,
  type LoadMeasurement,
  type LoadRecord,
  type LoadSlice,
  type LoadSpec,
  loadIdOf,
  type Plan,
  type PlannedEntry,
  type PlannedScenario,
  type PlannedService,
  type PlannedSite,
  type Reading,
  type RepetitionRecord,
  type SecondInstrumentRecord,
  type TargetInfo,
} from '@bakeoff/model'
import { analyse, type Catalogue, type PlanRequest } from '../src/index.js'
import { judge } from '../src/judge/causes/index.js'
import type { JudgedCell } from '../src/judge/judged.js'
import { type CellView, viewCells } from '../src/observe/view.js'
import { type Distribution, encodeDistribution } from '../src/stats/index.js'
import { encodeValues } from './times.js'

export const GIB = 1024 ** 3
export const MIB = 1024 ** 2
/** 2026-03-01T12:00:00Z */
export const START_MS = Date.UTC(2026, 2, 1, 12)

export function caps(overrides: Partial<Caps> = {}): Caps {
  return { cpus: 1, cpuset: [1], quotaCpus: null, memoryBytes: 2 * GIB, ...overrides }
}

/** The certificate of a machine that differed by so much from block to block; null: not known. */
export function aCertificate(scenario: string, noiseFloor: number | null): Certificate {
  return {
    scenario,
    connections: 64,
    requestBytes: null,
    answerBytes: null,
    canaries: [],
    drift: null,
    noiseFloor,
  }
}

export function aService(name: string, overrides: Partial<PlannedService> = {}): PlannedService {
  return {
    name,
    build: `compose/${name}`,
    image: `bakeoff/${name}`,
    caps: caps({ cpuset: [2] }),
    requestedCpus: 1,
    environment: {},
    command: null,
    dependsOn: [],
    healthcheck: null,
    readOnly: false,
    tmpfs: [],
    shmBytes: null,
    user: null,
    ...overrides,
  }
}

/** Target on core 1, services on 2, agent on 3, orchestrator on 0: nothing shared. */
export function aScenario(overrides: Partial<PlannedScenario> = {}): PlannedScenario {
  const services = overrides.services ?? []
  return {
    id: 'predict',
    summary: 'Answer a constant prediction',
    source: null,
    targetCaps: caps(),
    requestedTargetCpus: 1,
    targetEnvironment: {},
    targetDependsOn: [],
    services,
    cores: {
      target: [1],
      services: Object.fromEntries(services.map(({ name }) => [name, [2]])),
      agent: [3],
      orchestrator: [0],
      shared: [],
      notes: [],
    },
    loads: [{ kind: 'closed', connections: 64 }],
    stream: false,
    requestTimeoutMs: 10_000,
    slo: null,
    compare: 'exact',
    tolerance: 0,
    requests: 1,
    workDigest: 'sha256:work',
    ...overrides,
  }
}

/** `anEntry('predict', 'go-net-http')`. */
export function anEntry(scenario: string, target: string, overrides: Partial<PlannedEntry> = {}): PlannedEntry {
  const variant = overrides.variant ?? 'default'
  const [language = target, ...stack] = target.split('-')
  return {
    id: `${scenario}/${target}/${variant}`,
    scenario,
    target,
    variant,
    variantSummary: '',
    language,
    stack: stack.length > 0 ? [stack.join('-')] : [],
    summary: `${target} serves ${scenario}`,
    requires: [],
    folder: `targets/${target}`,
    image: `bakeoff/target/${target}`,
    caps: caps(),
    replicas: 1,
    proxy: null,
    command: null,
    environment: {},
    readyTimeoutMs: 30_000,
    ...overrides,
  }
}

/** A plan for a machine with four CPUs that nobody else uses. */
export function aPlan(
  scenarios: readonly PlannedScenario[],
  entries: readonly PlannedEntry[],
  overrides: Partial<Plan> = {},
): Plan {
  const repetitions = overrides.rules?.maxRepetitions ?? 5
  return {
    schemaVersion: 1,
    runId: '2026-03-01-1200-test',
    createdAt: new Date(START_MS).toISOString(),
    command: 'npm run matrix',
    profile: 'default',
    seed: 7,
    gitCommit: '0123456789abcdef0123456789abcdef01234567',
    gitDirty: false,
    host: {
      hostname: 'bench',
      os: 'Debian GNU/Linux 13',
      kernel: '6.12.0',
      architecture: 'x64',
      cpuModel: 'Test CPU',
      cpus: [0, 1, 2, 3].map((id) => ({ id, core: id, package: 0, l3: 0, kind: 'performance' as const })),
      memoryBytes: 16 * GIB,
      diskFreeBytes: 100 * GIB,
      governor: 'performance',
      autogroup: false,
      cpuPressure: 0,
      virtualisation: null,
      nodeVersion: 'v20.20.2',
    },
    engine: {
      name: 'Docker Engine',
      version: '28.0.0',
      apiVersion: '1.48',
      endpoint: 'unix:///var/run/docker.sock',
      foundBy: 'default socket',
      cgroupVersion: '2',
      cgroupDriver: 'systemd',
      storageDriver: 'overlay2',
      rootless: false,
      reducedTruth: false,
      operatingSystem: 'Debian GNU/Linux 13',
      architecture: 'x86_64',
      cpus: 4,
      memoryBytes: 16 * GIB,
      sameKernel: true,
    },
    scenarios: [...scenarios],
    entries: [...entries],
    blocks: scenarios.flatMap(({ id }) =>
      Array.from({ length: repetitions }, (_, index) => ({
        id: `${id}#${index + 1}`,
        scenario: id,
        repetition: index + 1,
        order: entries.filter(({ scenario }) => scenario === id).map((entry) => entry.id),
      })),
    ),
    rules: {
      budgetMs: 3_600_000,
      minRepetitions: 3,
      maxRepetitions: repetitions,
      warmUp: { minMs: 2000, maxMs: 15_000, tolerance: 0.05 },
      windowMs: 8000,
      agentWarmUpMs: 2000,
      sampleEvery: 64,
      samplingHz: 10,
      calibrationMs: 3000,
    },
    estimateMs: { least: 600_000, most: 1_200_000 },
    warnings: [],
    ...overrides,
  }
}

/** Three machines with one role each, whose facts are those of `aPlan`. */
export function aSite(overrides: Partial<PlannedSite> = {}): PlannedSite {
  const { host: facts, engine } = aPlan([], [])
  return {
    file: 'hosts.yaml',
    network: 'overlay',
    mtu: 1450,
    hosts: ['bench-1', 'db-1', 'load-1', 'load-2'].map((name, index) => ({
      name,
      address: `10.10.0.1${index}`,
      docker: `ssh://bench@${name}`,
      facts: { ...facts, hostname: name },
      engine,
    })),
    benches: [{ id: 'bench-1', target: 'bench-1', services: 'db-1', agents: ['load-1', 'load-2'] }],
    ...overrides,
  }
}

/** What a plan is asked for with: nothing is narrowed or added, and everything else is the catalogue's. */
export function aPlanRequest(catalogue: Catalogue, changes: Partial<PlanRequest> = {}): PlanRequest {
  const { host, engine } = aPlan([], [])
  return {
    catalogue,
    selection: { scenarios: null, targets: null },
    host,
    engine,
    profile: 'default',
    repetitions: null,
    capacity: false,
    rates: [],
    budgetMs: null,
    seed: null,
    freshSeed: 1,
    runId: 'r',
    createdAt: 'now',
    command: 'c',
    git: { commit: null, dirty: null },
    root: '/p',
    ...changes,
  }
}

/** What happened in one window of load, in the terms in which one thinks of it; the record is made to agree with it. */
export interface Observed {
  readonly load?: LoadSpec
  /** right answers a second; of a batch, tasks a second */
  readonly perSecond?: number
  readonly seconds?: number
  /** of an answer; by default what Little's law gives for a closed load, else 5 */
  readonly meanMs?: number
  /** CPU of the target per right answer */
  readonly cpuMs?: number
  /** several containers of the target, each with its share of the CPU */
  readonly containers?: Readonly<Record<string, number>>
  readonly memoryBytes?: number
  readonly throttledShare?: number
  /** cores used by each service */
  readonly services?: Readonly<Record<string, number>>
  readonly agentCores?: number
  readonly eventLoop?: number
  /** cores that others used, on a host with `cpus` */
  readonly others?: number
  readonly cpus?: number
  readonly pressure?: number
  readonly steal?: number
  readonly counts?: Partial<LoadMeasurement['counts']>
  readonly errorsByKind?: Readonly<Record<string, number>>
  readonly wrongSamples?: LoadMeasurement['wrongSamples']
  readonly lateShare?: number
  readonly deaths?: number
  readonly serviceDeaths?: LoadRecord['serviceDeaths']
  readonly oomKills?: number
  /** throughput of each window relative to the mean */
  readonly shape?: (share: number) => number
  readonly digest?: string
  readonly capacity?: LoadRecord['capacity']
  readonly stream?: boolean
  readonly startedAtMs?: number
  /** shares of connections × window in requests without an answer, and in no request */
  readonly unanswered?: number
  readonly between?: number
  readonly silent?: number
  readonly censored?: number
  readonly peaks?: readonly (readonly [number, number])[]
  readonly counters?: LoadRecord['counters']
  readonly firstThousandMs?: number | null
  /** bytes a second that the target received, and that it sent */
  readonly traffic?: readonly [rx: number, tx: number]
  /** share of the target's TCP segments that were lost and sent again; absent: not read, as on one machine */
  readonly retransmits?: number
  readonly agents?: LoadMeasurement['agent']['each']
  readonly clockErrorMs?: number
  /** cores that others used on the other machines of the bench, by host */
  readonly othersOn?: Readonly<Record<string, number>>
}

export function aLoadRecord(observed: Observed = {}): LoadRecord {
  const load = observed.load ?? { kind: 'closed', connections: 64 }
  const seconds = observed.seconds ?? 8
  const perSecond = observed.perSecond ?? 1000
  const right = Math.round(perSecond * seconds)
  const answers = load.kind === 'batch' ? 1 : right
  const startedAtMs = observed.startedAtMs ?? START_MS + 60_000
  const meanMs =
    observed.meanMs ??
    (load.kind === 'closed' ? (load.connections / perSecond) * 1000 : load.kind === 'batch' ? seconds * 1000 : 5)
  const isOpen = load.kind === 'open' || load.kind === 'rate' || load.kind === 'capacity'
  const targetCores = ((observed.cpuMs ?? 0.5) * perSecond) / 1000
  const agentCores = observed.agentCores ?? 0.3
  const counts = {
    sent: answers,
    ok: answers,
    errorStatus: 0,
    wrong: 0,
    checked: Math.ceil(answers / 64),
    timeouts: 0,
    lost: 0,
    connectErrors: 0,
    inFlight: 0,
    unsent: 0,
    ...observed.counts,
  }
  const ours = targetCores + agentCores + Object.values(observed.services ?? {}).reduce((sum, cores) => sum + cores, 0)
  const use = (cores: number, memoryBytes: number, throttledShare = 0) =>
    readings({ startedAtMs, seconds, cores, memoryBytes, throttledShare })
  const sent = ({ traffic: [rx, tx] = [0, 0], retransmits }: Observed, series: Reading[]) =>
    series.map((reading, index) => ({
      ...reading,
      rxBytes: (index * rx) / 10,
      txBytes: (index * tx) / 10,
      ...(retransmits === undefined ? {} : { tcpSegments: index * 1000, tcpRetransmits: index * 1000 * retransmits }),
    }))
  const busyMachine = (busy: number) => hostReadings({ startedAtMs, seconds, busy, cpus: 4, pressure: 0.02, steal: 0 })
  const memoryBytes = observed.memoryBytes ?? 100 * MIB
  const containers = Object.entries(observed.containers ?? { target: 1 })
  return {
    loadId: loadIdOf(load),
    load,
    measurement: {
      startedAtMs,
      durationMs: seconds * 1000,
      counts,
      errorsByKind: { ...observed.errorsByKind },
      serviceTime: encodeDistribution(aDistribution({ count: counts.ok, meanMs })),
      responseTime: isOpen ? encodeDistribution(aDistribution({ count: counts.ok, meanMs: meanMs * 1.2 })) : null,
      lateness: isOpen ? encodeValues([]) : null,
      lateShare: isOpen ? (observed.lateShare ?? 0) : null,
      offeredPerSecond: isOpen ? perSecond : null,
      windows:
        load.kind === 'batch' ? [] : windows(seconds, perSecond, meanMs, observed.eventLoop ?? 0.3, observed.shape),
      agent: {
        processes: 1,
        eventLoopUtilisation: observed.eventLoop ?? 0.3,
        cpuSeconds: agentCores * seconds,
        ...(observed.agents ? { each: observed.agents } : {}),
      },
      window: aCutWindow(load, seconds * 1000, counts, meanMs, observed),
      wrongSamples: [...(observed.wrongSamples ?? [])],
      stream: observed.stream
        ? {
            firstByte: encodeDistribution(aDistribution({ count: answers, meanMs: meanMs / 4 })),
            interChunk: encodeDistribution(aDistribution({ count: answers * 31, meanMs: meanMs / 40 })),
            chunks: answers * 32,
          }
        : null,
      batch:
        load.kind === 'batch'
          ? {
              tasks: load.tasks,
              concurrency: load.concurrency,
              ok: load.tasks,
              failed: 0,
              wallMs: (load.tasks / perSecond) * 1000,
              digest: observed.digest ?? 'digest',
            }
          : null,
    },
    samples: {
      target: Object.fromEntries(
        containers.map(([name, share]) => [
          name,
          sent(observed, use(targetCores * share, memoryBytes * share, observed.throttledShare)),
        ]),
      ),
      services: Object.fromEntries(
        Object.entries(observed.services ?? {}).map(([name, cores]) => [name, use(cores, 64 * MIB)]),
      ),
      agent: use(agentCores, 90 * MIB),
      host: hostReadings({
        startedAtMs,
        seconds,
        busy: ours + (observed.others ?? 0.02),
        cpus: observed.cpus ?? 4,
        pressure: observed.pressure ?? 0.02,
        steal: observed.steal ?? 0,
      }),
      ...(observed.clockErrorMs === undefined ? {} : { clockErrorMs: observed.clockErrorMs }),
      ...(observed.othersOn
        ? {
            machines: Object.fromEntries(
              Object.entries(observed.othersOn).map(([host, others]) => [
                host,
                { readings: busyMachine(others), clockErrorMs: 0.2 },
              ]),
            ),
          }
        : {}),
    },
    deaths: observed.deaths ?? 0,
    serviceDeaths: observed.serviceDeaths ?? [],
    oomKills: observed.oomKills ?? 0,
    counters: observed.counters ?? null,
    capacity: observed.capacity ?? null,
  }
}

/** The cuts of a window in which all connections were in answered requests, but for what is said. */
function aCutWindow(
  load: LoadSpec,
  durationMs: number,
  counts: LoadMeasurement['counts'],
  meanMs: number,
  {
    unanswered = 0,
    between = 0,
    silent = 0,
    censored = 0,
    peaks = slowest(counts.ok, meanMs, durationMs),
    firstThousandMs,
  }: Observed,
): NonNullable<LoadMeasurement['window']> {
  const connectionMs = (load.kind === 'batch' ? 1 : load.connections) * durationMs
  const answeredMs =
    load.kind === 'closed' ? connectionMs * (1 - unanswered - between) : Math.min(connectionMs, counts.ok * meanMs)
  return {
    weighted: {
      ok: counts.ok,
      wrong: counts.wrong,
      errorStatus: counts.errorStatus,
      timeouts: counts.timeouts,
      lost: counts.lost,
    },
    account: {
      connectionMs,
      answeredMs,
      failedMs: 0,
      unendedMs: connectionMs * unanswered,
      betweenMs: load.kind === 'closed' ? connectionMs * between : connectionMs - answeredMs,
    },
    silentConnections: silent,
    censored,
    peaks: peaks.map(([atMs, us]) => [atMs, us]),
    settledMs: 2000,
    runOutMs: meanMs,
    ...(firstThousandMs === undefined ? {} : { firstThousandMs }),
  }
}

/** The slowest answers, well apart from one another: nothing stalled. */
function slowest(count: number, meanMs: number, durationMs: number): [number, number][] {
  const us = aDistribution({ count, meanMs: meanMs * 1.2 }).maxUs ?? 0
  return Array.from({ length: Math.floor(durationMs / 400) }, (_, index) => [(index + 1) * 400, us])
}

/** A batch's own times follow from its tasks: `perSecond` is tasks a second. */
export function aBatch(
  tasks: number,
  concurrency: number,
  wallSeconds: number,
  observed: Omit<Observed, 'load' | 'perSecond' | 'seconds'> = {},
): LoadRecord {
  return aLoadRecord({
    ...observed,
    load: { kind: 'batch', tasks, concurrency },
    perSecond: tasks / wallSeconds,
    seconds: wallSeconds,
  })
}

export function aRepetitionRecord(
  entry: PlannedEntry,
  repetition: number,
  loads: readonly LoadRecord[],
  overrides: Partial<RepetitionRecord> = {},
): RepetitionRecord {
  const startedAtMs = START_MS + repetition * 600_000
  return {
    schemaVersion: 1,
    runId: '2026-03-01-1200-test',
    entry: entry.id,
    block: `${entry.scenario}#${repetition}`,
    repetition,
    startedAt: new Date(startedAtMs).toISOString(),
    endedAt: new Date(startedAtMs + 60_000).toISOString(),
    outcome: { kind: 'measured' },
    image: {
      name: entry.image,
      id: `sha256:${entry.target}`,
      key: `key-${entry.target}`,
      bytes: 80 * MIB,
      architecture: 'amd64',
      cached: true,
      buildSeconds: 30,
      baseId: 'sha256:base',
    },
    info: anInfo(),
    coldStart: { startCallMs: 250, readyMs: 400 },
    idleMemoryBytes: 40 * MIB,
    verification: { golden: { total: 1, right: 1, differences: [] } },
    warmUp: { durationMs: 3000, steady: true, windows: windows(3, 1000, 5, 0.3, (share) => 0.7 + 0.3 * share) },
    loads: [...loads],
    logTail: [],
    notes: [],
    ...overrides,
  }
}

export function anInfo(overrides: Partial<TargetInfo> = {}): TargetInfo {
  return {
    language: 'go',
    languageVersion: '1.27.0',
    architecture: 'x86_64',
    server: 'net/http',
    framework: null,
    versions: {},
    cpus: 1,
    workers: 1,
    threads: { gomaxprocs: 1 },
    pools: {},
    developmentServer: false,
    debugBuild: false,
    heapLimitBytes: null,
    flags: {},
    ...overrides,
  }
}

/** Log-logistic times: a median, a right tail, and a mean that is known. p99 is about 1.7 × the median. */
export function aDistribution({
  count,
  meanMs,
  spread = 0.12,
}: {
  readonly count: number
  readonly meanMs: number
  readonly spread?: number
}): Distribution {
  const medianUs = (meanMs * 1000 * Math.sin(Math.PI * spread)) / (Math.PI * spread)
  const at = (p: number) => Math.max(1, Math.round(medianUs * (p / (1 - p)) ** spread))
  // Finer towards the end: each border is 5 % nearer to 1, so the tail has as much shape as the body.
  const borders = [0]
  while (borders.length < 400 && borders.at(-1)! < 1 - 1 / Math.max(2, count))
    borders.push(1 - (1 - borders.at(-1)!) * 0.95)
  borders.push(1)
  const buckets = new Map<number, number>()
  let given = 0
  for (let index = 1; index < borders.length; index++) {
    const upTo = Math.round(borders[index]! * count)
    if (upTo > given) {
      const value = at((borders[index - 1]! + Math.min(borders[index]!, 1 - 1e-9)) / 2)
      buckets.set(value, (buckets.get(value) ?? 0) + upTo - given)
      given = upTo
    }
  }
  const valuesUs = [...buckets.keys()].sort((a, b) => a - b)
  return {
    valuesUs,
    counts: valuesUs.map((value) => buckets.get(value)!),
    count,
    minUs: valuesUs[0] ?? null,
    maxUs: valuesUs.at(-1) ?? null,
    meanUs: count === 0 ? null : meanMs * 1000,
  }
}

export function windows(
  seconds: number,
  perSecond: number,
  meanMs: number,
  agentBusy = 0.3,
  shape: (share: number) => number = () => 1,
): LoadSlice[] {
  const count = Math.max(1, Math.round(seconds * 2))
  const durationMs = (seconds * 1000) / count
  return Array.from({ length: count }, (_, index) => ({
    atMs: (index + 1) * durationMs,
    durationMs,
    ok: Math.round((perSecond * durationMs * shape(count === 1 ? 1 : index / (count - 1))) / 1000),
    failed: 0,
    p50Us: meanMs * 900,
    p99Us: meanMs * 1700,
    agentBusy,
  }))
}

/** Readings at 10 Hz from just before the window to just after it; counters start anywhere. */
export function readings({
  startedAtMs,
  seconds,
  cores,
  memoryBytes,
  throttledShare = 0,
}: {
  readonly startedAtMs: number
  readonly seconds: number
  readonly cores: number
  readonly memoryBytes: number
  readonly throttledShare?: number
}): Reading[] {
  return ticks(startedAtMs, seconds).map(({ atMs, elapsed }) => ({
    atMs,
    cpuUserSeconds: 2 + elapsed * cores * 0.8,
    cpuSystemSeconds: 1 + elapsed * cores * 0.2,
    cpuTotalSeconds: 3 + elapsed * cores,
    throttledSeconds: elapsed * throttledShare,
    throttledPeriods: Math.round(elapsed * 10 * throttledShare),
    periods: Math.round(elapsed * 10),
    memoryAnonBytes: memoryBytes,
    memoryFileBytes: 10 * MIB,
    rxBytes: 0,
    txBytes: 0,
  }))
}

function hostReadings({
  startedAtMs,
  seconds,
  busy,
  cpus,
  pressure,
  steal,
}: {
  readonly startedAtMs: number
  readonly seconds: number
  readonly busy: number
  readonly cpus: number
  readonly pressure: number
  readonly steal: number
}): HostReading[] {
  return ticks(startedAtMs, seconds).map(({ atMs, elapsed }) => ({
    atMs,
    busySeconds: 500 + elapsed * busy,
    idleSeconds: 900 + elapsed * Math.max(0, cpus * (1 - steal) - busy),
    stealSeconds: elapsed * cpus * steal,
    pressureSeconds: elapsed * pressure,
  }))
}

function ticks(startedAtMs: number, seconds: number): { atMs: number; elapsed: number }[] {
  const count = Math.max(4, Math.ceil(seconds * 10) + 2)
  const every = Math.min(100, (seconds * 1000) / 2)
  return Array.from({ length: count }, (_, index) => ({
    atMs: startedAtMs + (index - 0.5) * every,
    elapsed: 1 + ((index - 0.5) * every) / 1000,
  }))
}

export function aClaim(overrides: Partial<ClaimSpec> = {}): ClaimSpec {
  return {
    id: 'a-claim',
    title: 'A against B',
    source: { title: 'An article', author: null, published: null, url: null },
    setting: 'one machine',
    scenario: 'predict',
    subjects: [],
    comparisons: [],
    statements: [],
    notes: [],
    ...overrides,
  }
}

/** What a view is made of; each repetition of `observed` is one fresh start with one load. */
export interface ViewOf {
  readonly observed: readonly Observed[]
  readonly scenario?: Partial<PlannedScenario>
  readonly entry?: Partial<PlannedEntry>
  readonly plan?: Partial<Plan>
  /** for every run */
  readonly run?: Partial<RepetitionRecord>
  readonly calibrations?: readonly Calibration[]
}

/** Figures of wrk for the closed load of 64 connections that `aLoadRecord` makes. */
export function aSecondInstrument(
  overrides: Partial<Extract<SecondInstrumentRecord, { kind: 'measured' }>> = {},
): SecondInstrumentRecord {
  const { perSecond = 1000, seconds = 8 } = overrides
  return {
    kind: 'measured',
    tool: 'wrk',
    version: 'debian/4.1.0-4',
    loadId: 'closed-64',
    connections: 64,
    seconds,
    requests: Math.round(perSecond * seconds),
    bytes: 100,
    perSecond,
    p50Ms: 60,
    p90Ms: 70,
    p99Ms: 90,
    maxMs: 120,
    meanMs: 64,
    errors: { connect: 0, read: 0, write: 0, status: 0, timeout: 0 },
    ...overrides,
  }
}

/** One cell of one target, seen as the verdicts see it. */
export function aView({
  observed,
  scenario: given = {},
  entry: own = {},
  plan,
  run,
  calibrations = [],
}: ViewOf): CellView {
  const load = observed[0]?.load ?? { kind: 'closed', connections: 64 }
  const scenario = aScenario({ loads: [load], ...given })
  const entry = anEntry(scenario.id, own.target ?? 'go-net-http', own)
  const records = observed.map((each, index) =>
    aRepetitionRecord(entry, index + 1, [aLoadRecord({ load, ...each })], run),
  )
  return viewCells(aPlan([scenario], [entry], plan), records, calibrations)[0]!
}

/** The same five times: what most tables start from. */
export function repeat(observed: Observed, times = 5): Observed[] {
  return Array.from({ length: times }, () => observed)
}

/** Cells of several targets of one scenario with their verdicts: what comparisons and claims start from. */
export function judgedCells(
  targets: Readonly<Record<string, readonly Observed[]>>,
  {
    scenario: given = {},
    plan,
    calibrations = [],
    roles = {},
  }: Pick<ViewOf, 'scenario' | 'plan' | 'calibrations'> & {
    /** by name of the target: of those that do not compete */
    readonly roles?: Readonly<Record<string, Pick<PlannedEntry, 'role' | 'standIn'>>>
  } = {},
): JudgedCell[] {
  const loads = Object.values(targets).flatMap((observed) =>
    observed.map(({ load }) => load ?? ({ kind: 'closed', connections: 64 } as const)),
  )
  const scenario = aScenario({
    loads: loads.filter((load, index) => loads.findIndex((each) => loadIdOf(each) === loadIdOf(load)) === index),
    ...given,
  })
  const entries = Object.keys(targets).map((name) => {
    const [target = name, variant = 'default'] = name.split('/')
    return anEntry(scenario.id, target, { variant, id: `${scenario.id}/${target}/${variant}`, ...roles[name] })
  })
  const records = entries.flatMap((entry, at) => recordsOf(entry, Object.values(targets)[at]!))
  return viewCells(aPlan([scenario], entries, plan), records, calibrations).map((view) => ({
    view,
    verdict: judge(view),
  }))
}

/** One run for the n-th observation of each load: loads of one repetition share a start. */
function recordsOf(entry: PlannedEntry, observed: readonly Observed[]): RepetitionRecord[] {
  const byLoad = new Map<string, LoadRecord[]>()
  for (const each of observed) {
    const record = aLoadRecord(each)
    byLoad.set(record.loadId, [...(byLoad.get(record.loadId) ?? []), record])
  }
  const most = Math.max(0, ...[...byLoad.values()].map(({ length }) => length))
  return Array.from({ length: most }, (_, index) =>
    aRepetitionRecord(
      entry,
      index + 1,
      [...byLoad.values()].flatMap((records) => records[index] ?? []),
    ),
  )
}

/** Five repetitions that differ a little, each with the same luck in every target: what interleaved blocks give. */
export function around(
  observed: Observed & { readonly perSecond: number },
  { times = 5, own = 0.004 } = {},
): Observed[] {
  const luck = [1, 1.01, 0.985, 1.02, 0.99, 1.005, 0.995]
  return Array.from({ length: times }, (_, index) => {
    const mine = 1 + own * Math.sin(index * 2.4 + observed.perSecond)
    return {
      ...observed,
      perSecond: observed.perSecond * luck[index % luck.length]! * mine,
      cpuMs: (observed.cpuMs ?? 0.5) * (2 - mine),
    }
  })
}

/** A run that is complete, of which nothing is known but its plan and its repetitions. */
export const nothingElse = {
  calibrations: [],
  claims: [],
  targets: {},
  base: { id: null, origin: null },
  endedAt: null,
  status: 'complete',
  statusReason: null,
} as const

/** Results of a run that is complete and has these cells. */
export function resultsOfCells(cells: readonly JudgedCell[]) {
  const records = [...new Set(cells.flatMap(({ view }) => view.records))]
  return analyse({ ...nothingElse, plan: cells[0]!.view.plan, records })
}
