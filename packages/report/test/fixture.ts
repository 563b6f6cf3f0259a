/**
 * Results for tests and screenshots: valid by the model's schema, alike for the same options, and shaped like the real
 * thing (warm-up curves, long tails, a service that is busy). Not measured: no figure here means anything.
 */
import type {
  Cell,
  CellComparison,
  ComponentUse,
  EntryResult,
  Estimate,
  LatencyMs,
  LoadSpec,
  Results,
  ScenarioResult,
  Timeline,
} from '@bakeoff/model'
import { loadIdOf } from '@bakeoff/model'

export interface FixtureOptions {
  readonly targets?: number
  readonly scenarios?: readonly ('predict' | 'ranknet' | 'embed' | 'chat')[]
  readonly repetitions?: number
  readonly status?: Results['run']['status']
  readonly profile?: string
  /** every entry fails */
  readonly allFailed?: boolean
  /** some entries fail, are unsupported, suspect or invalid */
  readonly troubled?: boolean
  /** the services' counters are missing */
  readonly withoutServices?: boolean
  /** put into every name and text that comes from outside */
  readonly hostile?: string
  readonly loads?: readonly LoadSpec[]
  readonly readings?: number
}

const NAMES = [
  ['go-net-http', 'default', 'go', ['net/http']],
  ['rust-axum', 'default', 'rust', ['axum', 'tokio', 'hyper']],
  ['node-http', 'default', 'node', ['node:http']],
  ['node-fastify', 'default', 'node', ['Fastify']],
  ['elixir-cowboy', 'default', 'elixir', ['Cowboy']],
  ['python-fastapi', 'default', 'python', ['FastAPI', 'uvicorn', 'uvloop']],
  ['python-flask', 'gunicorn', 'python', ['Flask', 'gunicorn']],
  ['python-flask', 'as-published', 'python', ['Flask', 'Werkzeug']],
  ['rust-actix', 'default', 'rust', ['actix-web']],
  ['go-fiber', 'default', 'go', ['Fiber', 'fasthttp']],
  ['elixir-bandit', 'default', 'elixir', ['Bandit', 'Plug']],
  ['python-starlette', 'tuned', 'python', ['Starlette', 'granian']],
] as const

const SUMMARIES = {
  predict: 'Answer a constant prediction as plain text: what the framework itself costs',
  ranknet: 'Fetch features from PostgreSQL, score candidates with a RankNet, answer JSON',
  embed: 'Embed a sentence with all-MiniLM-L6-v2, mean pooling, normalised',
  chat: 'One streamed completion through the language’s OpenAI client, and a fan-out of tasks',
} as const

export function aResults(options: FixtureOptions = {}): Results {
  const { targets = 7, scenarios: ids = ['predict'], status = 'complete', profile = 'default', hostile } = options
  const random = randomOf(7)
  const text = (plain: string) => (hostile === undefined ? plain : `${plain} ${hostile}`)
  const named = Array.from({ length: targets }, (_, index) => {
    const [target, variant, language, stack] = NAMES[index % NAMES.length]!
    const round = Math.floor(index / NAMES.length)
    return {
      target: text(round === 0 ? target : `${target}-${round + 1}`),
      variant: hostile === undefined ? variant : `v${index}`,
      language,
      stack: [...stack],
    }
  })
  const scenarios = ids.map((id) => aScenario(id, text, options))
  const entries: EntryResult[] = []
  const cells: Cell[] = []
  const tiers: Results['tiers'] = []
  const comparisons: CellComparison[] = []
  for (const scenario of scenarios) {
    const mine = named.map((name, index) => anEntry(scenario, name, index, text, random, options))
    entries.push(...mine)
    for (const load of scenario.loads) {
      const row = mine.map((entry, index) => aCell(scenario, entry, load, index, text, random, options))
      cells.push(...row)
      tiers.push(tiersOf(scenario, load, row))
      comparisons.push(...comparisonsOf(scenario, load, row))
    }
  }
  const first = scenarios[0]!
  const shown = tiers.find(({ scenario, loadId }) => scenario === first.id && loadId === first.mainLoad)!
  return {
    schemaVersion: 1,
    run: {
      id: `2026-11-25T10-33-00-${ids[0]}`,
      startedAt: '2026-11-25T10:33:00.000Z',
      endedAt: status === 'running' ? null : '2026-11-25T11:21:44.000Z',
      status,
      statusReason:
        status === 'aborted'
          ? text('Ctrl-C after 3 of 5 blocks')
          : status === 'partial'
            ? '1 entry failed to build'
            : null,
      profile,
      command: `npm run matrix -- --scenario ${ids.join(',')}`,
      seed: 7,
      gitCommit: '866b8b0f2d1c4a9e0b7c6d5e4f3a2b1c0d9e8f7a',
      gitDirty: true,
      budgetMs: 2_700_000,
      tightness: 0.03,
      windowMs: 10_000,
    },
    host: {
      hostname: text('bench-01'),
      os: 'Debian GNU/Linux 13',
      kernel: '6.12.48-amd64',
      architecture: 'x64',
      cpuModel: 'AMD EPYC 7763 64-Core Processor',
      cpus: [0, 1, 2, 3].map((id) => ({ id, core: id, package: 0, l3: 0, kind: 'performance' as const })),
      memoryBytes: 16 * 1024 ** 3,
      diskFreeBytes: 80 * 1024 ** 3,
      governor: null,
      autogroup: true,
      cpuPressure: 0.02,
      virtualisation: 'kvm',
      nodeVersion: 'v20.20.2',
    },
    engine: {
      name: 'Docker Engine',
      version: '28.5.1',
      apiVersion: '1.51',
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
      memoryBytes: 16 * 1024 ** 3,
      sameKernel: true,
    },
    base: { id: 'sha256:5be5b4ffa244dfbfe76f4aaed0e75926f3c86', origin: 'debootstrap trixie' },
    calibration: [1, 16, 64].map((connections) => ({
      key: 'agent:3|target:1',
      connections,
      throughput: 21_000 + 520 * connections,
      p50Us: 30 + connections * 14,
      agentCores: 1,
      eventLoopUtilisation: 0.97,
      windows: [],
    })),
    scenarios,
    entries,
    cells,
    tiers,
    comparisons,
    claims: claimsOf(first, entries, cells, text),
    findings: options.allFailed
      ? [
          {
            id: 'nothing',
            kind: 'nothing',
            scenario: first.id,
            tone: 'nothing-to-say',
            text: 'No target was measured, so nothing can be compared.',
            cells: [],
          },
        ]
      : [
          {
            id: 'leader',
            kind: 'leader',
            scenario: first.id,
            tone: 'finding',
            text: text(
              `${labelAt(cells, shown.tiers[0]?.[0])} served 3.1 × (2.9–3.4) what ${labelAt(cells, shown.tiers.at(-1)?.at(-1))} did; both were limited by their own core; the agent was at 41 % of its ceiling.`,
            ),
            cells: [],
          },
          {
            id: 'caveat',
            kind: 'caveat',
            scenario: null,
            tone: 'caveat',
            text: 'The machine was busy with other work for 2 % of the time.',
            cells: [],
          },
        ],
    warnings: [
      {
        what: 'Roles share a core',
        where: `scenario ${first.id}`,
        why: 'The machine has 4 cores, the scenario asks for 6.',
        todo: 'Run on a machine with 6 cores or more for undisturbed figures.',
      },
      ...(options.troubled
        ? [
            {
              what: 'The governor could not be read',
              where: text('host'),
              why: 'No cpufreq in this virtual machine: the clock may change.',
              todo: 'Run `npm run doctor` on the host.',
            },
          ]
        : []),
    ],
  }
}

type Text = (plain: string) => string
type Random = () => number

function aScenario(id: keyof typeof SUMMARIES, text: Text, { loads }: FixtureOptions): ScenarioResult {
  const caps = (cpus: number, cpuset: number[], gib: number) => ({
    cpus,
    cpuset,
    quotaCpus: null,
    memoryBytes: gib * 1024 ** 3,
  })
  const services =
    id === 'ranknet'
      ? [{ name: 'postgres', image: 'bakeoff/service/postgres', caps: caps(1, [2], 2), requestedCpus: 3 }]
      : id === 'chat'
        ? [
            {
              name: 'openai-upstream',
              image: 'bakeoff/service/openai-upstream',
              caps: caps(1, [2], 1),
              requestedCpus: 1,
            },
          ]
        : []
  const all: readonly LoadSpec[] = loads ?? [
    { kind: 'closed', connections: 1 },
    { kind: 'closed', connections: 16 },
    { kind: 'closed', connections: 64 },
    { kind: 'open', fraction: 0.8, connections: 256, arrivals: 'exponential' },
    { kind: 'capacity', connections: 256, p99Ms: 50, errors: 0.001 },
    ...(id === 'chat' ? [{ kind: 'batch', tasks: 1800, concurrency: 200 } as const] : []),
  ]
  const main = [...all].reverse().find(({ kind }) => kind === 'closed') ?? all[0]!
  return {
    id: text(id),
    summary: text(SUMMARIES[id]),
    source: 'predict-go-vs-flask',
    targetCaps: caps(1, [1], 1),
    requestedTargetCpus: id === 'ranknet' ? 2 : 1,
    services,
    cores: {
      target: [1],
      services: Object.fromEntries(services.map(({ name }) => [name, [2]])),
      agent: [3],
      orchestrator: [0],
      shared: id === 'ranknet' ? [['postgres', 'orchestrator']] : [],
      notes: id === 'ranknet' ? ['target scaled from 2 cores to 1'] : [],
    },
    loads: [...all],
    mainLoad: loadIdOf(main),
    slo: { p99Ms: 50, errors: 0.001 },
    compare: id === 'ranknet' ? 'ranked-scores' : 'exact',
    tolerance: id === 'ranknet' ? 1e-4 : 0,
    requests: 500,
    workDigest: 'sha256:91ad2c0d9e8f7a6b5c4d3e2f1a0b9c8d',
  }
}

interface Named {
  readonly target: string
  readonly variant: string
  readonly language: string
  readonly stack: string[]
}

function anEntry(
  scenario: ScenarioResult,
  { target, variant, language, stack }: Named,
  index: number,
  text: Text,
  random: Random,
  options: FixtureOptions,
): EntryResult {
  const { repetitions = 5, allFailed = false, troubled = false } = options
  const failed = allFailed || (troubled && index === 4)
  const unsupported = troubled && !allFailed && index === 5
  return {
    id: `${scenario.id}/${target}/${variant}`,
    scenario: scenario.id,
    target,
    variant,
    variantSummary:
      variant === 'as-published'
        ? 'the development server, as in the article'
        : variant === 'default'
          ? ''
          : 'as one would run it',
    language,
    stack,
    summary: text(`Answers through ${stack.join(' and ')}`),
    caps: scenario.targetCaps,
    replicas: 1,
    proxy: null,
    environment: variant === 'gunicorn' ? { WEB_CONCURRENCY: '2' } : {},
    outcome: failed
      ? {
          kind: 'failed',
          stage: 'build',
          error: {
            code: 'BUILD_FAILED',
            message: text(`${target} did not build: exit code 1`),
            hint: `Look at it yourself: npm run check -- ${target} --keep`,
            logTail: [text('error: package `left-pad` was not found'), 'exit status 1'],
          },
        }
      : unsupported
        ? { kind: 'unsupported', reason: 'hex is not reachable from here' }
        : { kind: 'measured' },
    repetitions: failed || unsupported ? 0 : repetitions,
    image:
      failed || unsupported
        ? null
        : {
            name: `bakeoff/target/${target}`,
            id: `sha256:${'0123456789abcdef'.repeat(4)}`,
            key: 'k',
            bytes: (20 + index * 37) * 1024 ** 2,
            architecture: 'amd64',
            cached: true,
            buildSeconds: index === 2 ? null : 8 + index * 11,
            baseId: 'sha256:5be5',
          },
    info:
      failed || unsupported
        ? null
        : {
            language,
            languageVersion: '1.2.3',
            server: stack[0]!,
            framework: stack[0]!,
            versions: { [stack[0]!]: '4.5.6', runtime: '1.2.3' },
            cpus: index === 7 ? 64 : 1,
            workers: index === 6 ? 2 : 1,
            threads: { pool: 4 },
          },
    lints:
      index === 7
        ? [
            {
              lint: 'development-server',
              message: text('Werkzeug’s development server answers'),
              consequence: 'It is slower than what one would run, and not meant for load.',
              hint: 'Use the variant gunicorn.',
            },
            {
              lint: 'threads-above-cap',
              message: '64 CPUs seen, 1 in the cap',
              consequence: 'Pools sized by the host contend for one core.',
              hint: 'Set the pool’s size from CORES.',
            },
          ]
        : [],
    coldStartMs: failed || unsupported ? null : anEstimate(120 + index * 240, repetitions, random, 0.05),
    startCallMs: failed || unsupported ? null : anEstimate(180, repetitions, random, 0.1),
    idleMemoryBytes: failed || unsupported ? null : anEstimate((6 + index * 9) * 1024 ** 2, repetitions, random, 0.02),
    verification:
      failed || unsupported
        ? null
        : {
            golden: {
              total: 500,
              right: index === 3 && troubled ? 498 : 500,
              differences:
                index === 3 && troubled
                  ? [
                      {
                        request: text('GET /predict'),
                        expected: text('Prediction: Iris-Setosa'),
                        actual: text('Prediction: Iris-Setosa\n'),
                        difference: 'one more line break at the end',
                      },
                    ]
                  : [],
            },
          },
    warmUps: Array.from({ length: failed || unsupported ? 0 : repetitions }, (_, repetition) => ({
      repetition: repetition + 1,
      durationMs: 3000 + index * 400,
      steady: index !== 6,
    })),
    variation: failed || unsupported || repetitions === 1 ? null : 0.011 + index * 0.004,
    drift: failed || unsupported || repetitions === 1 ? null : -0.002,
    logTail: [text(`listening on 8080`), text('GET /health 200')],
    notes: index === 1 ? ['its container took 11 s to remove'] : [],
    dockerfile: text(
      'FROM bakeoff/base AS build\nRUN apt-get update\nCOPY . .\nRUN make\nFROM bakeoff/base\nCOPY --from=build /app /app\nUSER 1000\nCMD ["/app"]',
    ),
    targetYaml: text(`language: ${language}\nstack: [${stack.join(', ')}]\nscenarios: [${scenario.id}]`),
    rerun: `npm run matrix -- --scenario ${scenario.id} --target ${target}`,
  }
}

function aCell(
  scenario: ScenarioResult,
  entry: EntryResult,
  load: LoadSpec,
  index: number,
  text: Text,
  random: Random,
  options: FixtureOptions,
): Cell {
  const { repetitions = 5, troubled = false, withoutServices = false, readings = 60 } = options
  const loadId = loadIdOf(load)
  const measured = entry.outcome.kind === 'measured'
  const speed = 41_000 / (1 + index * 0.55 + (index === 1 ? -0.53 : 0))
  const connections = 'connections' in load ? load.connections : load.concurrency
  const rate =
    load.kind === 'closed'
      ? (speed * connections) / (connections + 6)
      : load.kind === 'open'
        ? speed * load.fraction
        : speed
  const p50 = load.kind === 'closed' ? (connections / rate) * 900 : 2 + index
  const stretch = 1 + index * 0.25
  const enough = rate * 10 * repetitions > 60_000
  const latency: LatencyMs = {
    p50,
    p90: p50 * 1.5 * stretch,
    p95: p50 * 1.9 * stretch,
    p99: p50 * 3.2 * stretch,
    p99_9: enough ? p50 * 7 * stretch : null,
    max: p50 * 22 * stretch,
    mean: p50 * 1.08,
  }
  const ranges = Object.fromEntries(
    Object.entries(latency).flatMap(([key, value]) =>
      value === null ? [] : [[key, [value * 0.94, value * 1.07] as [number, number]]],
    ),
  )
  const use = (share: number, caps: ComponentUse['caps'], memory: number): ComponentUse => ({
    caps,
    cpuSeconds: share * 10 * repetitions * (caps?.cpus ?? 1),
    cpuUserSeconds: share * 7.4 * repetitions,
    cpuSystemSeconds: share * 2.6 * repetitions,
    coresUsed: share * (caps?.cpus ?? 1),
    cpuShare: share,
    atCapShare: share > 0.95 ? 0.9 : Math.max(0, share - 0.6),
    throttledMs: 0,
    memoryPeakBytes: memory,
    memoryShare: caps ? memory / caps.memoryBytes : null,
  })
  const share = scenario.services.length > 0 ? 0.72 + index * 0.02 : connections === 1 ? 0.63 : 0.985
  const target = use(share, entry.caps, (12 + index * 24) * 1024 ** 2)
  const invalid = troubled && index === 3
  const suspect = troubled && index === 1
  const sent = Math.round(rate * 10 * repetitions)
  const closed = load.kind === 'closed' || load.kind === 'open' || load.kind === 'rate'
  const nothing: ComponentUse = {
    caps: entry.caps,
    cpuSeconds: null,
    cpuUserSeconds: null,
    cpuSystemSeconds: null,
    coresUsed: null,
    cpuShare: null,
    atCapShare: null,
    throttledMs: null,
    memoryPeakBytes: null,
    memoryShare: null,
  }
  const throughput = measured && closed ? anEstimate(rate, repetitions, random, 0.015) : null
  const outOfMemory = troubled && index === 2
  return {
    id: `${entry.id}/${loadId}`,
    entry: entry.id,
    scenario: scenario.id,
    variant: entry.variant,
    language: entry.language,
    stack: entry.stack,
    load,
    loadId,
    outcome: entry.outcome.kind,
    outcomeReason:
      entry.outcome.kind === 'failed'
        ? text('did not build: exit code 1')
        : entry.outcome.kind === 'measured'
          ? null
          : entry.outcome.reason,
    verdict: measured
      ? {
          status: invalid ? 'invalid' : suspect ? 'suspect' : 'valid',
          causes: [
            ...(invalid
              ? [
                  {
                    cause: 'wrong-answers' as const,
                    effect: 'invalidates' as const,
                    evidence: '2 of 500 golden answers differ',
                    subject: null,
                  },
                ]
              : []),
            ...(suspect
              ? [
                  {
                    cause: 'agent-bound' as const,
                    effect: 'doubts' as const,
                    evidence: text('throughput is 0.78 of the agent’s ceiling'),
                    subject: null,
                  },
                ]
              : []),
            ...(outOfMemory
              ? [
                  {
                    cause: 'target-memory' as const,
                    effect: 'doubts' as const,
                    evidence: 'memory reached its cap of 1 GiB',
                    subject: null,
                  },
                ]
              : []),
            ...(scenario.services.length > 0 && !withoutServices
              ? [
                  {
                    cause: 'service-cpu' as const,
                    effect: 'explains' as const,
                    evidence: 'postgres used 0.99 of its 1 core',
                    subject: 'postgres',
                  },
                ]
              : [
                  {
                    cause: 'target-cpu' as const,
                    effect: 'explains' as const,
                    evidence: `the target used ${share.toFixed(2)} of its 1 core`,
                    subject: null,
                  },
                ]),
          ],
          limitedBy:
            connections === 1
              ? 'Nobody was busy: one connection waits for its answer.'
              : scenario.services.length > 0
                ? 'postgres had its core full.'
                : 'The target had its core full.',
        }
      : null,
    repetitions: measured ? repetitions : 0,
    throughput,
    latencyMs: measured && closed ? latency : null,
    latencyRangeMs: measured && closed ? ranges : {},
    serviceTimeMs: measured && load.kind === 'open' ? { ...latency, p99: p50 * 2 } : null,
    requests: measured
      ? {
          sent,
          ok: sent - (invalid ? 240 : 0),
          wrong: invalid ? 200 : 0,
          errors: invalid ? 30 : 0,
          timeouts: invalid ? 10 : 0,
          lost: 0,
          inFlight: 0,
          checked: Math.round(sent / 64),
          errorsByKind: invalid ? { [text('HTTP 503')]: 30 } : {},
        }
      : null,
    target: {
      ...(measured ? target : nothing),
      name: entry.target,
      cpuMsPerRequest: measured ? anEstimate((share / rate) * 1000, repetitions, random, 0.01) : null,
      requestsPerCpuSecond: measured ? rate / share : null,
      coldStartMs: entry.coldStartMs?.median ?? null,
      imageBytes: entry.image?.bytes ?? null,
      containers: {},
    },
    services:
      withoutServices || !measured
        ? {}
        : Object.fromEntries(
            scenario.services.map((service) => [service.name, use(0.97, service.caps, 310 * 1024 ** 2)]),
          ),
    agent: {
      cores: 1,
      cpuSeconds: measured ? 4.1 : null,
      cpuShare: measured ? Math.min(0.95, rate / 54_000) : null,
      eventLoopUtilisation: measured ? Math.min(0.97, rate / 52_000) : null,
      ceilingShare: measured ? rate / 54_280 : null,
      lateShare: measured && load.kind === 'open' ? 0.002 : null,
    },
    host: { steal: measured ? 0 : null, pressure: measured ? 0.04 : null, otherLoad: measured ? 0.05 : null },
    little:
      measured && load.kind === 'closed' ? { implied: rate * ((p50 * 1.08) / 1000), connections, ratio: 0.97 } : null,
    offeredPerSecond: load.kind === 'open' ? rate : null,
    estimatedCapacity: suspect ? rate * 1.3 : null,
    capacity:
      measured && load.kind === 'capacity'
        ? {
            perSecond: index === 6 ? null : anEstimate(rate * 0.86, repetitions, random, 0.02),
            p99Ms: load.p99Ms,
            errors: load.errors,
            probes: [0.5, 0.75, 0.9, 0.86].map((part) => ({
              perSecond: rate * part,
              p99Ms: p50 / (1.02 - part),
              errorShare: 0,
              ok: part < 0.88,
            })),
          }
        : null,
    batch:
      measured && load.kind === 'batch'
        ? {
            tasks: load.tasks,
            concurrency: load.concurrency,
            wallSeconds: anEstimate(9.4 + index * 0.4, repetitions, random, 0.01),
            userSeconds: 7 + index * 8,
            systemSeconds: 1.4,
            cpuMsPerTask: anEstimate(4.9 + index * 4.4, repetitions, random, 0.01),
            memoryPeakBytes: (70 + index * 9) * 1024 ** 2,
            failed: 0,
          }
        : null,
    stream:
      measured && scenario.id.startsWith('chat') && load.kind === 'closed'
        ? { firstByteMs: latency, interChunkMs: { ...latency, p50: 0.6, p99: 3.4 }, chunks: 91_000 }
        : null,
    histograms: {
      service: measured
        ? {
            encoding: 'hdr-v2-deflate-base64',
            unit: 'us',
            count: sent,
            minUs: 40,
            maxUs: 90_000,
            meanUs: p50 * 1080,
            data: 'HISTFAAAA'.repeat(180),
          }
        : null,
      response: null,
    },
    spectrum: measured && closed ? spectrumOf(p50, stretch, enough) : [],
    bins: measured && closed ? binsOf(p50, sent) : [],
    timeline: measured
      ? timelineOf(scenario, rate, p50, share, target.memoryPeakBytes ?? 0, readings, withoutServices, random, index)
      : null,
    wrongSamples: invalid
      ? [
          {
            requestIndex: 17,
            expected: text('Prediction: Iris-Setosa'),
            actual: text('Prediction: Iris-Versicolor'),
            difference: 'byte 17: S ≠ V',
          },
        ]
      : [],
  }
}

function spectrumOf(p50: number, stretch: number, enough: boolean): Cell['spectrum'] {
  const percentiles = [
    0, 10, 20, 30, 40, 50, 60, 70, 75, 80, 85, 90, 92, 94, 95, 96, 97, 98, 99, 99.3, 99.5, 99.7, 99.8, 99.9, 99.95,
    99.97, 99.99, 99.995, 99.999,
  ]
  return percentiles.map((percentile) => ({
    percentile,
    ms:
      p50 *
      (0.6 + 0.55 * Math.log10(100 / (100 - percentile) + 0.2) * (1 + stretch * Math.log10(100 / (100 - percentile)))),
    supported: percentile <= (enough ? 99.95 : 99.7),
  }))
}

function binsOf(p50: number, sent: number): Cell['bins'] {
  const weights = Array.from(
    { length: 40 },
    (_, index) => Math.exp(-((index - 14) ** 2) / 26) + 0.16 * Math.exp(-((index - 27) ** 2) / 8),
  )
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  return weights.map((weight, index) => [
    p50 * 10 ** ((index - 14) / 14),
    p50 * 10 ** ((index - 13) / 14),
    Math.round((weight / total) * sent),
  ])
}

function timelineOf(
  scenario: ScenarioResult,
  rate: number,
  p50: number,
  share: number,
  memory: number,
  readings: number,
  withoutServices: boolean,
  random: Random,
  index: number,
): Timeline {
  const windows = Array.from({ length: 26 }, (_, at) => {
    const atMs = (at - 5) * 500
    const warm = atMs <= 0
    const part = warm ? 0.45 + 0.1 * at : 1
    return {
      atMs,
      throughput: rate * part * (0.97 + random() * 0.06),
      p50Ms: p50 / part,
      p99Ms: (p50 * 3.2 * (1 + index * 0.25) * (0.9 + random() * 0.3)) / part,
      warmUp: warm,
    }
  })
  const points = (cores: number, bytes: number) =>
    Array.from({ length: readings }, (_, at) => ({
      atMs: -2500 + (at * 12_500) / readings,
      cores: cores * (at < 3 ? 0.6 : 0.96 + random() * 0.04),
      memoryBytes: bytes * (0.7 + 0.3 * Math.min(1, at / (readings * 0.7))),
      throttledShare: 0,
    }))
  return {
    repetition: 1,
    windows,
    target: points(share, memory),
    services: withoutServices
      ? {}
      : Object.fromEntries(
          scenario.services.map(({ name, caps }) => [name, points(0.97 * caps.cpus, 310 * 1024 ** 2)]),
        ),
    agent: points(Math.min(0.95, rate / 54_000), 90 * 1024 ** 2),
    host: windows.map(({ atMs }) => ({ atMs, pressure: 0.04, steal: 0 })),
  }
}

export function anEstimate(center: number, n: number, random: Random, spread: number): Estimate {
  const values = Array.from({ length: n }, () => center * (1 - spread + 2 * spread * random()))
  const sorted = [...values].sort((a, b) => a - b)
  const median = sorted[Math.floor(n / 2)]!
  const mean = values.reduce((sum, value) => sum + value, 0) / n
  return {
    median,
    mean,
    low: n === 1 ? null : mean * (1 - spread),
    high: n === 1 ? null : mean * (1 + spread),
    n,
    values,
    method: 'Student t, 95 %',
    outliers: [],
  }
}

function tiersOf(scenario: ScenarioResult, load: LoadSpec, cells: readonly Cell[]): Results['tiers'][number] {
  const ranked = cells.filter(({ verdict, outcome }) => outcome === 'measured' && verdict?.status !== 'invalid')
  const value = (cell: Cell) =>
    cell.throughput?.median ?? cell.capacity?.perSecond?.median ?? (cell.batch ? -cell.batch.cpuMsPerTask!.median : 0)
  const sorted = [...ranked].sort((a, b) => value(b) - value(a))
  const tiers: string[][] = []
  sorted.forEach((cell, index) => {
    const before = sorted[index - 1]
    if (before && value(cell) / value(before) > 0.95 && value(cell) > 0) tiers.at(-1)!.push(cell.id)
    else tiers.push([cell.id])
  })
  return {
    scenario: scenario.id,
    loadId: loadIdOf(load),
    metric: load.kind === 'capacity' ? 'capacity' : load.kind === 'batch' ? 'cpuMsPerTask' : 'throughput',
    tiers,
    unranked: cells
      .filter((cell) => !ranked.includes(cell))
      .map(({ id, outcome, outcomeReason }) => ({
        cell: id,
        why: outcome === 'measured' ? 'wrong answers' : `${outcome}: ${outcomeReason}`,
      })),
  }
}

function comparisonsOf(scenario: ScenarioResult, load: LoadSpec, cells: readonly Cell[]): CellComparison[] {
  const known = cells.filter(({ throughput }) => throughput)
  return known.flatMap((a, index) =>
    known.slice(index + 1).map((b): CellComparison => {
      const median = a.throughput!.median / b.throughput!.median
      const single = a.repetitions === 1
      return {
        scenario: scenario.id,
        loadId: loadIdOf(load),
        metric: 'throughput',
        of: a.id,
        to: b.id,
        ratio: {
          median,
          low: single ? null : median * 0.97,
          high: single ? null : median * 1.03,
          n: a.repetitions,
          method: 'Welch on logarithms, 95 %',
        },
        pAdjusted: single ? null : 0.0004,
        conclusion: single ? 'undecided' : median > 1.03 ? 'higher' : median < 0.97 ? 'lower' : 'no-difference',
        why: single ? 'one repetition each: no interval' : 'p = 0.0004 after Holm',
      }
    }),
  )
}

function claimsOf(
  scenario: ScenarioResult,
  entries: readonly EntryResult[],
  cells: readonly Cell[],
  text: Text,
): Results['claims'] {
  const [a, b] = [entries[0], entries.at(-1)]
  if (!a || !b || a === b) return []
  const cellOf = (entry: EntryResult) =>
    cells.find(({ entry: id, loadId }) => id === entry.id && loadId === scenario.mainLoad) ?? null
  return [
    {
      id: 'predict-go-vs-flask',
      title: text('Go as a backend for AI applications'),
      source: {
        title: text('Go as a Backend for AI Applications: A Performance Case Study'),
        author: 'Dan',
        published: null,
        url: 'https://example.org/go-vs-flask',
      },
      setting: 'hey -n 1000 -c 10 against localhost, once, without warm-up',
      scenario: scenario.id,
      subjects: [
        {
          id: 'go',
          says: 'net/http',
          target: a.target,
          variant: a.variant,
          published: { throughput: 34_172, meanMs: 0.3 },
          load: { connections: 10, requests: 1000 },
          cell: cellOf(a)?.id ?? null,
          measured: { throughput: cellOf(a)?.throughput?.median ?? null, meanMs: cellOf(a)?.latencyMs?.mean ?? null },
        },
        {
          id: 'flask',
          says: 'Flask',
          target: b.target,
          variant: b.variant,
          published: { throughput: 24_795, meanMs: 0.4 },
          load: { connections: 10, requests: 1000 },
          cell: cellOf(b)?.id ?? null,
          measured: { throughput: cellOf(b)?.throughput?.median ?? null, meanMs: cellOf(b)?.latencyMs?.mean ?? null },
        },
      ],
      comparisons: [
        {
          metric: 'throughput',
          of: 'go',
          to: 'flask',
          statement: 'Go handled over 30 % more requests per second',
          published: 1.38,
          measured:
            cellOf(a)?.throughput && cellOf(b)?.throughput
              ? { median: 4.3, low: 4.1, high: 4.5, n: 5, method: 'Welch on logarithms, 95 %' }
              : null,
          conclusion: cellOf(a)?.throughput ? 'same-direction' : 'not-measured',
          why: 'The published window lasted 30 to 40 ms: one sample, without warm-up. The ratio measured here is larger than the published one.',
        },
      ],
      statements: [
        {
          says: 'Go is the clear winner in production',
          conclusion: 'undecided',
          why: text('The claim names no load that could be repeated.'),
        },
      ],
      notes: ['The article ran Flask’s development server.'],
    },
  ]
}

function labelAt(cells: readonly Cell[], id: string | undefined): string {
  return cells.find((cell) => cell.id === id)?.target.name ?? 'nobody'
}

/** Numerical Recipes' linear congruential generator: the same numbers in every run. */
export function randomOf(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(1664525, state) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}
