/**
 * Results of runs that never were, for the tests of whatever reads results.json: made by the planner's and the runner's
 * types and the real analysis, from a seed. The same options give the same results.
 */
import type {
  CoreAssignment,
  LoadRecord,
  LoadSpec,
  Plan,
  PlannedEntry,
  PlannedScenario,
  RepetitionRecord,
  Results,
  SecondInstrumentRecord,
  TargetInfo,
} from '@bakeoff/model'
import { calibrationKey } from '@bakeoff/model'
import { analyse } from '../src/index.js'
import { secondInstrumentTask } from '../src/plan/second-instrument.js'
import { createRandom, type Random } from '../src/stats/index.js'
import {
  aLoadRecord,
  anEntry,
  anInfo,
  aPlan,
  aRepetitionRecord,
  aScenario,
  aSecondInstrument,
  aService,
  caps,
  GIB,
  MIB,
  type Observed,
  START_MS,
} from './builders.js'
import { sampleClaims } from './fixtures-claims.js'

export interface SampleOptions {
  /** targets per scenario, 1 to 12 */
  readonly targets?: number
  readonly repetitions?: number
  /** as many loads as runs of the default profile have: five rates beside the others of each scenario but a batch */
  readonly everyLoad?: boolean
  readonly scenarios?: readonly ('predict' | 'ranknet' | 'embed' | 'chat' | 'chat-stream' | 'chat-batch')[]
  /** some: one unsupported, one with wrong answers, one that dies under load. all: nothing could be built */
  readonly failing?: 'none' | 'some' | 'all'
  /** aborted and running stop in the middle of the blocks */
  readonly status?: Results['run']['status']
  /** names of targets and variants as long as those of real ones get */
  readonly longNames?: boolean
  /** names, answers and logs that try to break out of a page */
  readonly hostile?: boolean
  /** counters of the services could not be read, and the host is another machine */
  readonly blind?: boolean
  /** a machine with two cores: services, agent and orchestrator share one */
  readonly small?: boolean
  /** how much figures differ between repetitions, relative standard deviation */
  readonly noise?: number
  readonly profile?: string
  readonly seed?: number
}

/** Deterministic results with every kind of cell, verdict, lint, finding and claim; by default five targets and five repetitions. */
export function sampleResults(options: SampleOptions = {}): Results {
  const { plan, records } = sampleRun(options)
  const status = options.status ?? 'complete'
  return analyse({
    plan,
    records,
    calibrations: plan.scenarios
      .flatMap(({ cores, loads }) =>
        loads
          .flatMap((load) => (load.kind === 'batch' ? [] : [load.connections]))
          .map((connections) => ({
            key: calibrationKey(cores.agent, cores.target),
            connections,
            throughput: 80_000 * (connections / (connections + 3)),
            p50Us: 300,
            agentCores: cores.agent.length,
            eventLoopUtilisation: 0.99,
            windows: [],
          })),
      )
      .filter(
        (each, index, all) =>
          all.findIndex(({ key, connections }) => key === each.key && connections === each.connections) === index,
      ),
    claims: sampleClaims,
    targets: Object.fromEntries(
      plan.entries.map(({ target, language }) => [
        target,
        {
          dockerfile: `FROM bakeoff/base\nCOPY --from=build /srv/app /srv/app\nUSER 10001:10001\nENTRYPOINT ["/srv/app"]\n`,
          yaml: `# yaml-language-server: $schema=../../schema/target.schema.json\nlanguage: ${language}\n`,
        },
      ]),
    ),
    base: { id: 'sha256:base', origin: 'debian:trixie-slim' },
    endedAt: status === 'running' ? null : new Date(START_MS + 5_400_000).toISOString(),
    status,
    statusReason:
      status === 'aborted' ? 'interrupted with Ctrl-C' : status === 'partial' ? 'the time budget ended' : null,
  })
}

/** The plan and the run files from which `sampleResults` are made. */
export function sampleRun(options: SampleOptions = {}): { plan: Plan; records: RepetitionRecord[] } {
  const { targets = 5, repetitions = 5, failing = 'some', status = 'complete', seed = 7 } = options
  const wanted = options.scenarios ?? ['predict', 'ranknet', 'embed', 'chat', 'chat-batch']
  const scenarios = wanted.map((id) => scenarioOf(id, options))
  const entries = scenarios.flatMap((scenario) =>
    STACKS.slice(0, targets).map((stack) => entryOf(scenario, stack, options)),
  )
  const base = aPlan(scenarios, entries)
  const plan = aPlan(scenarios, entries, {
    seed,
    profile: options.profile ?? (repetitions === 1 ? 'quick' : 'default'),
    rules: { ...base.rules, maxRepetitions: repetitions, minRepetitions: Math.min(3, repetitions) },
    ...(options.small ? { host: { ...base.host, cpus: base.host.cpus.slice(0, 2) } } : {}),
    ...(options.blind ? { engine: { ...base.engine, sameKernel: false, endpoint: 'tcp://10.0.0.5:2376' } } : {}),
    ...(options.hostile ? { command: `npm run matrix -- --target '${HOSTILE}'` } : {}),
  })
  const random = createRandom(seed)
  const records = plan.blocks.flatMap(({ scenario, repetition }) =>
    entries.flatMap((entry, index) =>
      entry.scenario === scenario
        ? [runOf(scenarioById(scenarios, scenario), entry, index % targets, repetition, failing, random, options)]
        : [],
    ),
  )
  const stopped =
    status === 'aborted' || status === 'running' ? records.slice(0, Math.ceil(records.length * 0.4)) : records
  const last = stopped.at(-1)
  return {
    plan,
    records:
      status === 'aborted' && last
        ? [
            ...stopped.slice(0, -1),
            { ...last, outcome: { kind: 'aborted', reason: 'interrupted with Ctrl-C' }, loads: [] },
          ]
        : stopped,
  }
}

/** Text that must stay text. */
export const HOSTILE = `</script><img src=x onerror=alert(1)>$&$1 \u202Eright to left\u202C ${'long '.repeat(40)}`

interface Stack {
  readonly target: string
  readonly info: Partial<TargetInfo>
  /** speed relative to Go */
  readonly speed: number
  readonly memoryMib: number
  readonly coldMs: number
}

const STACKS: readonly Stack[] = [
  { target: 'go-net-http', speed: 1, memoryMib: 18, coldMs: 180, info: { threads: { gomaxprocs: 1 } } },
  {
    target: 'python-flask',
    speed: 0.11,
    memoryMib: 92,
    coldMs: 950,
    info: {
      language: 'python',
      languageVersion: '3.13.5',
      server: 'Werkzeug',
      developmentServer: true,
      threads: { ort_intra_op: 4 },
      cpus: 4,
    },
  },
  {
    target: 'rust-axum',
    speed: 1.62,
    memoryMib: 9,
    coldMs: 120,
    info: { language: 'rust', languageVersion: '1.96.0', server: 'hyper', threads: { tokio_workers: 1 } },
  },
  {
    target: 'node-fastify',
    speed: 0.61,
    memoryMib: 78,
    coldMs: 520,
    info: {
      language: 'node',
      languageVersion: '24.11.0',
      server: 'fastify',
      threads: { event_loop: 1 },
      heapLimitBytes: 4 * GIB,
    },
  },
  {
    target: 'elixir-cowboy',
    speed: 0.58,
    memoryMib: 82,
    coldMs: 1700,
    info: {
      language: 'elixir',
      languageVersion: '1.18.4',
      server: 'cowboy',
      threads: { schedulers: 1 },
      flags: { nx_compiler: null },
    },
  },
  {
    target: 'node-http',
    speed: 0.72,
    memoryMib: 64,
    coldMs: 380,
    info: { language: 'node', threads: { event_loop: 1 } },
  },
  {
    target: 'python-fastapi',
    speed: 0.24,
    memoryMib: 71,
    coldMs: 820,
    info: { language: 'python', workers: 2, threads: {} },
  },
  { target: 'go-fasthttp', speed: 1.35, memoryMib: 16, coldMs: 170, info: {} },
  { target: 'rust-actix', speed: 1.6, memoryMib: 10, coldMs: 125, info: { language: 'rust' } },
  {
    target: 'elixir-nx',
    speed: 0.2,
    memoryMib: 410,
    coldMs: 4800,
    info: { language: 'elixir', threads: { schedulers: 1 } },
  },
  { target: 'python-granian', speed: 0.25, memoryMib: 66, coldMs: 700, info: { language: 'python', threads: {} } },
  {
    target: 'java-helidon',
    speed: 0.9,
    memoryMib: 260,
    coldMs: 2100,
    info: { language: 'java', threads: {}, debugBuild: null },
  },
]

/** CPU per request of the Go target in ms, and what else a scenario needs. */
const WORK = {
  predict: {
    cpuMs: 0.0135,
    service: null,
    perService: 0,
    loads: [closed(1), closed(10), closed(64), open(0.5), open(0.8)],
  },
  ranknet: {
    cpuMs: 0.12,
    service: 'postgres',
    perService: 0.09,
    loads: [
      closed(1),
      closed(10),
      closed(64),
      open(0.8),
      rate(500),
      { kind: 'capacity', connections: 128, p99Ms: 50, errors: 0.001, arrivals: 'exponential' },
    ],
  },
  embed: { cpuMs: 6, service: null, perService: 0, loads: [closed(1), closed(32)] },
  chat: { cpuMs: 0.8, service: 'openai-upstream', perService: 0.5, loads: [closed(8), closed(64)] },
  'chat-stream': { cpuMs: 0.8, service: 'openai-upstream', perService: 0.5, loads: [closed(8), closed(64)] },
  'chat-batch': { cpuMs: 0.9, service: 'openai-upstream', perService: 0.5, loads: [batch(1800, 200), batch(300, 20)] },
} as const satisfies Record<
  string,
  { cpuMs: number; service: string | null; perService: number; loads: readonly LoadSpec[] }
>

function scenarioOf(
  id: keyof typeof WORK,
  { small = false, hostile = false, everyLoad = false }: SampleOptions,
): PlannedScenario {
  const { service, loads } = WORK[id]
  const more = everyLoad && id !== 'chat-batch' ? RATES.map(rate) : []
  const services = service
    ? [aService(service, { caps: caps({ cpuset: small ? [0] : [2], memoryBytes: GIB }), requestedCpus: 3 })]
    : []
  const roles = service ? [service, 'agent', 'orchestrator'] : ['agent', 'orchestrator']
  const cores: CoreAssignment = small
    ? {
        target: [1],
        services: service ? { [service]: [0] } : {},
        agent: [0],
        orchestrator: [0],
        shared: [roles],
        notes: ['two cores: the target has core 1, everything else shares core 0'],
      }
    : { target: [1], services: service ? { [service]: [2] } : {}, agent: [3], orchestrator: [0], shared: [], notes: [] }
  return aScenario({
    id,
    summary: hostile ? HOSTILE : SUMMARIES[id],
    source: SOURCES[id] ?? null,
    services,
    cores,
    loads: [...loads, ...more],
    requestedTargetCpus: 2,
    stream: STREAMED.includes(id),
    slo: id === 'ranknet' ? { p99Ms: 50, errors: 0.001 } : null,
    compare: id === 'ranknet' ? 'ranked-scores' : id === 'embed' ? 'cosine' : 'exact',
    tolerance: id === 'ranknet' ? 1e-4 : 0,
    requests: id === 'predict' ? 1 : 200,
    workDigest: `sha256:${id}`,
  })
}

/** Requests per second. */
const RATES: readonly number[] = [20, 60, 150, 1500, 3000]

/** Scenarios whose answers come in pieces, from a service that takes its time. */
const STREAMED: readonly (keyof typeof WORK)[] = ['chat', 'chat-stream']

const SUMMARIES = {
  predict: 'Answer a constant prediction as text',
  ranknet: 'Fetch features from PostgreSQL, score candidates with a RankNet, answer JSON',
  embed: 'Embed a sentence with all-MiniLM-L6-v2',
  chat: 'Stream one chat completion through an OpenAI client',
  'chat-stream': 'Pass a streamed chat completion on, token by token',
  'chat-batch': 'Run n chat completions at a fixed concurrency inside the target',
} as const
const SOURCES: Partial<Record<keyof typeof WORK, string>> = {
  predict: 'predict-go-vs-flask',
  ranknet: 'ranknet-python-vs-rust',
  'chat-batch': 'openai-client-node-vs-python',
}

function entryOf(
  scenario: PlannedScenario,
  { target, info }: Stack,
  { hostile = false, longNames = false }: SampleOptions,
): PlannedEntry {
  const name = longNames ? `${target}-sentence-model` : target
  return anEntry(scenario.id, name, {
    ...(longNames ? { variant: 'multi-serving' } : {}),
    language: info.language ?? 'go',
    ...(target === 'python-flask'
      ? {
          variant: 'as-published',
          id: `${scenario.id}/${name}/as-published`,
          variantSummary: 'the development server, as in the article',
        }
      : {}),
    ...(target === 'python-fastapi'
      ? {
          variant: 'behind-caddy',
          id: `${scenario.id}/${name}/behind-caddy`,
          replicas: 2,
          proxy: 'caddy' as const,
          variantSummary: 'two replicas behind caddy inside one cap',
        }
      : {}),
    ...(hostile ? { stack: [HOSTILE], summary: HOSTILE, variantSummary: HOSTILE } : {}),
  })
}

function runOf(
  scenario: PlannedScenario,
  entry: PlannedEntry,
  index: number,
  repetition: number,
  failing: NonNullable<SampleOptions['failing']>,
  random: Random,
  options: SampleOptions,
): RepetitionRecord {
  const stack = STACKS[index]!
  const failure = failureOf(scenario.id, index, failing, options)
  if (failure) return aRepetitionRecord(entry, repetition, [], { ...NOTHING, ...failure })
  const noise = options.noise ?? 0.01
  // What drifts between blocks hits everyone alike; the rest is each one's own.
  const drift = 1 + 0.01 * repetition
  const luck = drift * (1 + noise * random.normal())
  const dies = failing === 'some' && index === 3 && scenario.id === 'ranknet' && repetition === 2
  const loads = scenario.loads.map((load, at) =>
    aLoadRecord({
      ...observe(scenario.id as keyof typeof WORK, load, stack, luck, random, options),
      startedAtMs: START_MS + repetition * 600_000 + at * 10_000,
      ...(dies && at === 2 ? { deaths: 1, oomKills: 1, counts: { lost: 64 } } : {}),
    }),
  )
  return aRepetitionRecord(entry, repetition, dies ? loads.slice(0, 3) : loads, {
    info: anInfo(stack.info),
    coldStart: { startCallMs: 240 + 20 * random.next(), readyMs: stack.coldMs * (1 + 0.05 * random.normal()) },
    idleMemoryBytes: stack.memoryMib * MIB * 0.6,
    verification: { golden: { total: scenario.requests, right: scenario.requests, differences: [] } },
    warmUp: {
      durationMs: 3500,
      steady: !(index === 4 && repetition === 1),
      windows: Array.from({ length: 7 }, (_, at) => ({
        atMs: (at + 1) * 500,
        durationMs: 500,
        ok: Math.round(400 * stack.speed * Math.min(1, 0.4 + at * 0.15)),
        failed: 0,
        p50Us: 900,
        p99Us: 3000,
        agentBusy: 0.3,
      })),
    },
    secondInstrument: repetition === 1 ? secondInstrumentFor(scenario, index, loads, options) : null,
    logTail: options.hostile ? [HOSTILE, HOSTILE] : [`${entry.target} listening on 8080`],
    notes: repetition === 2 && index === 0 ? ['the container was slow to remove (2.1 s)'] : [],
    ...(dies
      ? {
          outcome: {
            kind: 'failed',
            stage: 'load',
            error: {
              code: 'TARGET_DIED',
              message: `${entry.target} was killed for memory under closed-64`,
              hint: 'Look at its memory: it grew to its cap of 2 GiB.',
              logTail: ['Killed'],
            },
          },
        }
      : {}),
  })
}

/** wrk agrees in most cells, saw more where the agent was the limit, disagrees in one and failed in another. */
function secondInstrumentFor(
  scenario: PlannedScenario,
  index: number,
  loads: readonly LoadRecord[],
  { hostile = false }: SampleOptions,
): SecondInstrumentRecord {
  const task = secondInstrumentTask(scenario)
  const about = { tool: 'wrk', loadId: task.loadId } as const
  if (task.kind === 'unsupported') return { ...about, kind: 'unsupported', reason: task.reason }
  if (scenario.id === 'embed' && index === 2)
    return { ...about, kind: 'failed', reason: hostile ? HOSTILE : 'no figures: it was not done after 24 s' }
  const load = loads.find(({ loadId }) => loadId === task.loadId)
  const ours = load ? load.measurement.counts.ok / (load.measurement.durationMs / 1000) : 0
  const factor =
    scenario.id === 'predict' && index === 2 ? 1.18 : scenario.id === 'ranknet' && index === 1 ? 0.74 : 1.02
  return aSecondInstrument({ ...about, connections: task.connections, perSecond: ours * factor })
}

const NOTHING: Partial<RepetitionRecord> = {
  image: null,
  info: null,
  coldStart: null,
  idleMemoryBytes: null,
  verification: null,
  warmUp: null,
}

function failureOf(
  scenario: string,
  index: number,
  failing: NonNullable<SampleOptions['failing']>,
  { hostile = false }: SampleOptions,
): Partial<RepetitionRecord> | null {
  if (failing === 'all') {
    const message = hostile ? HOSTILE : 'the build of its image ended with exit code 1'
    return {
      outcome: {
        kind: 'failed',
        stage: 'build',
        error: {
          code: 'BUILD_FAILED',
          message,
          hint: 'Read the last lines of its log.',
          logTail: ['error: could not compile'],
        },
      },
      logTail: ['error: could not compile', message],
    }
  }
  if (failing === 'none') return null
  if (scenario === 'embed' && index === 4)
    return { outcome: { kind: 'unsupported', reason: 'its build needs hex.pm, which is not reachable from here' } }
  if (scenario === 'embed' && index === 1) {
    return {
      outcome: {
        kind: 'failed',
        stage: 'verify',
        error: {
          code: 'WRONG_ANSWERS',
          message: 'python-flask gave 3 of 200 answers wrong; POST /embed 12: cosine 0.80, expected at least 0.9999',
          hint: 'npm run check -- python-flask',
          logTail: [],
        },
      },
      verification: {
        golden: {
          total: 200,
          right: 197,
          differences: [
            {
              request: 'POST /embed 12',
              expected: '{"embedding":[0.0123,…]}',
              actual: hostile ? HOSTILE : '{"embedding":[0.0456,…]}',
              difference: 'cosine 0.80, expected at least 0.9999',
            },
          ],
        },
      },
    }
  }
  return null
}

/** One core each for target, service and agent: the first to be full sets the pace. */
function observe(
  scenario: keyof typeof WORK,
  load: LoadSpec,
  stack: Stack,
  luck: number,
  random: Random,
  { blind = false, small = false }: SampleOptions,
): Observed {
  const { cpuMs: goCpuMs, service, perService } = WORK[scenario]
  const cpuMs = (goCpuMs / stack.speed) * (1 + 0.005 * random.normal())
  const agentMs = 0.0125
  const restMs = load.kind === 'batch' || STREAMED.includes(scenario) ? 1000 : 0.15
  const concurrency = load.kind === 'batch' ? load.concurrency : load.connections
  const shared = small && service ? agentMs + perService : agentMs
  const limit = Math.min(
    980 / cpuMs,
    service ? 990 / Math.max(perService, shared) : Number.POSITIVE_INFINITY,
    960 / shared,
    (concurrency * 1000) / (restMs + cpuMs),
  )
  const perSecond =
    (load.kind === 'open'
      ? limit * load.fraction
      : load.kind === 'rate'
        ? Math.min(load.perSecond, limit)
        : load.kind === 'capacity'
          ? limit * 0.85
          : limit) * luck
  const batchTasks = load.kind === 'batch' ? load.tasks : null
  const agentCores = Math.min(1, (perSecond * agentMs) / 1000)
  return {
    load,
    perSecond,
    seconds: batchTasks === null ? 8 : batchTasks / perSecond,
    ...(load.kind === 'open' || load.kind === 'rate' || load.kind === 'capacity' ? { meanMs: cpuMs + 1 } : {}),
    cpuMs,
    memoryBytes: stack.memoryMib * MIB * (1 + 0.1 * random.next()),
    ...(stack.target === 'python-fastapi' ? { containers: { 'target-1': 0.46, 'target-2': 0.46, proxy: 0.08 } } : {}),
    services: service && !blind ? { [service]: (perSecond * perService) / 1000 } : {},
    agentCores: batchTasks === null ? agentCores : 0.02,
    eventLoop: batchTasks === null ? agentCores : 0.02,
    others: stack.target === 'elixir-cowboy' && load.kind === 'closed' && load.connections === 64 ? 0.7 : 0.03,
    stream: STREAMED.includes(scenario),
    cpus: small ? 2 : 4,
    ...(scenario === 'predict' && stack.target === 'python-flask' && load.kind === 'closed' && load.connections === 64
      ? {
          counts: { errorStatus: 90, timeouts: 3, sent: Math.round(perSecond * 8) + 93 },
          errorsByKind: { 'HTTP 503': 90 },
        }
      : {}),
    ...(load.kind === 'capacity'
      ? {
          capacity: {
            perSecond: limit * 0.85 * luck,
            probes: [0.5, 0.75, 1, 0.85].map((share) => ({
              perSecond: limit * share,
              p99Ms: share > 0.9 ? 120 : 10 + share * 30,
              errorShare: 0,
              ok: share < 0.9,
            })),
          },
        }
      : {}),
  }
}

function scenarioById(scenarios: readonly PlannedScenario[], id: string): PlannedScenario {
  return scenarios.find((scenario) => scenario.id === id)!
}

function closed(connections: number): LoadSpec & { kind: 'closed' } {
  return { kind: 'closed', connections }
}

function open(fraction: number): LoadSpec & { kind: 'open' } {
  return { kind: 'open', fraction, connections: 128, arrivals: 'exponential' }
}

function rate(perSecond: number): LoadSpec & { kind: 'rate' } {
  return { kind: 'rate', perSecond, connections: 128, arrivals: 'constant' }
}

function batch(tasks: number, concurrency: number): LoadSpec & { kind: 'batch' } {
  return { kind: 'batch', tasks, concurrency }
}
