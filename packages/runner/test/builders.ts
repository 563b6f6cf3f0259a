import {
  hostsOf,
  type LoadSpec,
  type Plan,
  type PlannedBench,
  type PlannedEntry,
  type PlannedScenario,
  type PlannedService,
} from '@bakeoff/model'
import type { Materials, Ports } from '../src/materials.js'
import { Run, type RunParts } from '../src/run.js'
import { FakeAgent, FakeClock, FakeHost, FakeSecondInstrument, FakeSink, type Faults } from './fakes.js'

const CAPS = { cpus: 1, cpuset: [1], quotaCpus: null, memoryBytes: 512 * 1024 ** 2 }
export const CLOSED: LoadSpec[] = [
  { kind: 'closed', connections: 1 },
  { kind: 'closed', connections: 64 },
]

export const imageOf = (target: string) => `bakeoff/target/${target}`

export function aScenario(changes: Partial<PlannedScenario> = {}): PlannedScenario {
  return {
    id: 'predict',
    summary: 's',
    source: null,
    targetCaps: CAPS,
    requestedTargetCpus: 1,
    targetEnvironment: {},
    targetDependsOn: [],
    services: [],
    cores: { target: [1], services: {}, agent: [0], orchestrator: [0], shared: [['agent', 'orchestrator']], notes: [] },
    loads: CLOSED,
    stream: false,
    requestTimeoutMs: 10_000,
    slo: null,
    compare: 'exact',
    tolerance: 0,
    requests: 3,
    workDigest: 'w',
    ...changes,
  }
}

export function aService(name: string, changes: Partial<PlannedService> = {}): PlannedService {
  return {
    name,
    build: `compose/${name}`,
    image: `bakeoff/${name}`,
    caps: { ...CAPS, cpuset: [0] },
    requestedCpus: 1,
    environment: {},
    command: null,
    dependsOn: [],
    healthcheck: { test: ['CMD', 'true'], intervalMs: 1000, timeoutMs: 1000, retries: 3, startPeriodMs: 0 },
    readOnly: true,
    tmpfs: [],
    shmBytes: null,
    user: null,
    ...changes,
  }
}

export function anEntry(target: string, changes: Partial<PlannedEntry> = {}): PlannedEntry {
  return {
    id: `predict/${target}/default`,
    scenario: 'predict',
    target,
    variant: 'default',
    variantSummary: 's',
    language: 'fake',
    stack: ['s'],
    summary: 's',
    requires: [],
    folder: `targets/${target}`,
    image: imageOf(target),
    caps: CAPS,
    replicas: 1,
    proxy: null,
    command: null,
    environment: {},
    readyTimeoutMs: 5000,
    ...changes,
  }
}

export function aPlan(
  entries: readonly PlannedEntry[],
  {
    scenario = aScenario(),
    repetitions = 1,
    secondInstrument = false,
  }: { scenario?: PlannedScenario; repetitions?: number; secondInstrument?: boolean } = {},
): Plan {
  return {
    schemaVersion: 1,
    runId: 'r',
    createdAt: '2026-01-01T00:00:00.000Z',
    command: 'npm run matrix',
    profile: 'default',
    seed: 1,
    gitCommit: null,
    gitDirty: null,
    host: {
      hostname: 'h',
      os: 'linux',
      kernel: null,
      architecture: 'x64',
      cpuModel: null,
      cpus: [],
      memoryBytes: null,
      diskFreeBytes: null,
      governor: null,
      autogroup: null,
      cpuPressure: null,
      virtualisation: null,
      nodeVersion: '20',
    },
    engine: {
      name: 'fake',
      version: '1',
      apiVersion: '1',
      endpoint: 'e',
      foundBy: 'f',
      cgroupVersion: '2',
      cgroupDriver: null,
      storageDriver: null,
      rootless: false,
      reducedTruth: false,
      operatingSystem: null,
      architecture: 'x86_64',
      cpus: 2,
      memoryBytes: 8 * 1024 ** 3,
      sameKernel: true,
    },
    scenarios: [scenario],
    entries: [...entries],
    blocks: Array.from({ length: repetitions }, (_, index) => ({
      id: `predict#${index + 1}`,
      scenario: 'predict',
      repetition: index + 1,
      order: entries.map(({ id }) => id),
    })),
    rules: {
      budgetMs: 3_600_000,
      minRepetitions: repetitions,
      maxRepetitions: repetitions,
      warmUp: { minMs: 1000, maxMs: 4000, tolerance: 0.05 },
      windowMs: 2000,
      agentWarmUpMs: 1000,
      sampleEvery: 64,
      samplingHz: 10,
      calibrationMs: 1000,
      secondInstrument,
    },
    estimateMs: { least: 1, most: 2 },
    warnings: [],
  }
}

/** The plan on these benches, over an overlay. */
export function onSite(plan: Plan, benches: readonly PlannedBench[]): Plan {
  const { host: facts, engine } = plan
  const hosts = [...new Set(benches.flatMap(hostsOf))].map((name, index) => ({
    name,
    address: `10.10.0.${index + 1}`,
    docker: `ssh://${name}`,
    facts,
    engine,
  }))
  return { ...plan, site: { file: 'hosts.yaml', network: 'overlay', mtu: 1450, hosts, benches: [...benches] } }
}

export const materials: Materials = {
  root: '/project',
  corpora: new Map([
    [
      'predict',
      {
        requests: [{ method: 'GET', path: '/predict', headers: {}, body: null }],
        golden: [{ status: 200, contentType: null, body: 'x' }],
        contract: [],
      },
    ],
  ]),
  agentImage: { name: 'bakeoff/load-agent', folder: '/a', requires: [] },
  nullServerImage: { name: 'bakeoff/null-server', folder: '/n', requires: [] },
  caddyImage: { name: 'bakeoff/caddy', folder: '/c', requires: [] },
  wrkImage: { name: 'bakeoff/wrk', folder: '/w', requires: [] },
}

/** Ports on fakes, with the fakes to be asked afterwards. */
export function fakePorts(
  faults: Faults = {},
): Ports & { host: FakeHost; sink: FakeSink; clock: FakeClock; second: FakeSecondInstrument } {
  const clock = new FakeClock()
  const host = new FakeHost(clock, faults)
  const sink = new FakeSink()
  const second = new FakeSecondInstrument(host)
  return {
    clock,
    host,
    sink,
    second,
    connectAgent: async (wire) => new FakeAgent(host, host.wires.get(wire)!),
    // As one, they answer as the first would.
    connectAgents: async ([first]) => new FakeAgent(host, host.wires.get(first!.wire)!),
    measureSecond: (wire, order, signal) => second.measure(host.wires.get(wire)!, order, signal),
  }
}

/** A run of this plan, which nobody stops. */
export function aRun(plan: Plan, ports: Ports, parts: Partial<RunParts> = {}): Run {
  return new Run({ plan, materials, ports, signal: new AbortController().signal, ...parts })
}
