import { z } from 'zod'
import { coreAssignment, engineFacts, hostFacts } from './host.js'
import { imageFrom } from './image-from.js'
import { arrivals, loadSpec } from './loads/index.js'
import { plannedSite } from './machines.js'
import { reach } from './reach.js'
import { comparison } from './requests.js'
import { askedLevel } from './service-level.js'
import { plannedState } from './state.js'
import { respell, serviceCounters } from './work.js'

/** Cores and memory of a container. */
export const caps = z.object({
  cpus: z.number().positive(),
  /** the ids of the cores; empty on an engine that cannot pin */
  cpuset: z.array(z.int()),
  /** CPUs by CFS quota, only when the scenario asks for a fraction or for quotas; null: no quota */
  quotaCpus: z.number().nullable(),
  memoryBytes: z.number().positive(),
})
export type Caps = z.infer<typeof caps>

const healthcheck = z.object({
  test: z.array(z.string()),
  intervalMs: z.number(),
  timeoutMs: z.number(),
  retries: z.int(),
  startPeriodMs: z.number(),
})

/** What a service, or the target, waits for before it is started, as Compose calls it. */
export const dependency = z.object({
  service: z.string(),
  condition: z.enum(['service_started', 'service_healthy', 'service_completed_successfully']),
})
export type Dependency = z.infer<typeof dependency>

export const plannedService = z.object({
  name: z.string(),
  /** folder to build, relative to the project's root; null when `image` is used as published */
  build: z.string().nullable(),
  image: z.string(),
  caps,
  /** what the scenario asks for, where this machine gave less */
  requestedCpus: z.number(),
  environment: z.record(z.string(), z.string()),
  command: z.array(z.string()).nullable(),
  dependsOn: z.array(dependency),
  healthcheck: healthcheck.nullable(),
  readOnly: z.boolean(),
  tmpfs: z.array(z.string()),
  shmBytes: z.number().nullable(),
  user: z.string().nullable(),
})
export type PlannedService = z.infer<typeof plannedService>

export const slo = z.object({ p99Ms: z.number(), errors: z.number() })

/** The script of a service for one stream: the first chunk after firstByteMs, then one every gapMs. */
export const script = z.object({ firstByteMs: z.number(), gapMs: z.number(), chunks: z.int().positive() })

export const plannedScenario = z.object({
  id: z.string(),
  summary: z.string(),
  source: z.string().nullable(),
  /** caps of the target on this machine, and what the scenario asks for */
  targetCaps: caps,
  requestedTargetCpus: z.number(),
  /** the target has no cap: `targetCaps` are all cores, which it shares with everything else. Absent: it has one */
  isUncapped: z.boolean().optional(),
  targetEnvironment: z.record(z.string(), z.string()),
  targetDependsOn: z.array(dependency),
  services: z.array(plannedService),
  cores: coreAssignment,
  /** cores of each load agent, in the order of a bench's agents, where there are several; null or absent: one agent, on `cores.agent` */
  agents: z.array(z.array(z.int())).nullish(),
  loads: z.array(loadSpec),
  stream: z.boolean(),
  script: script.nullish(),
  requestTimeoutMs: z.number(),
  /** the settings with which every rate is offered, also rates that a run finds out */
  offered: z.object({ connections: z.int().positive(), arrivals }).nullish(),
  /** requests differ in cost: a window covers whole passes of the corpus */
  wholePasses: z.boolean().nullish(),
  /** the longest warm-up, which overrides the profile */
  warmUpLimitMs: z.number().nullish(),
  longestWindowMs: z.number().nullish(),
  /** bodies are spelled anew at every send; null: sent as they stand */
  respell: respell.nullish(),
  /** counters of services, read around every load */
  counters: z.array(serviceCounters).nullish(),
  /** values that are filled in, and requests that go together; null or absent: none */
  state: plannedState.nullish(),
  slo: slo.nullable(),
  /** service levels that are asked for at a rate; null or absent: none */
  levels: z.array(askedLevel).nullish(),
  compare: comparison,
  tolerance: z.number(),
  requests: z.int().positive(),
  workDigest: z.string(),
})
export type PlannedScenario = z.infer<typeof plannedScenario>

/**
 * The role of an entry in the comparison. contender: what a senior engineer of that language would ship; headlines are made of
 * these. as-published: the code of a source rebuilt. experiment: shows an effect.
 */
export const role = z.enum(['contender', 'as-published', 'experiment'])
export type Role = z.infer<typeof role>

/** Marks an entry that was written because a library could not be had: it is never in a headline. */
export const standIn = z.object({
  /** the libraries that a senior engineer would have taken */
  for: z.array(z.string()),
  /** what was not reachable, e.g. `hex` */
  because: z.string(),
})
export type StandIn = z.infer<typeof standIn>

/** What tells an entry of another commit from its partner of this checkout. */
export const ofRef = z.object({
  /** id of the partner */
  of: z.string(),
  /** whether the partner is the same in everything: image, settings and services */
  isSame: z.boolean(),
  /** the services of that commit, in place of the scenario's; null: they are the same */
  services: z.array(plannedService).nullable(),
})

/** An entry: what one repetition starts, scenario × target variant × caps. */
export const plannedEntry = z.object({
  /** `scenario/target/variant` */
  id: z.string(),
  scenario: z.string(),
  target: z.string(),
  variant: z.string(),
  variantSummary: z.string(),
  language: z.string(),
  stack: z.array(z.string()),
  summary: z.string(),
  requires: z.array(z.string()),
  /** why nobody has run it as it stands; absent: it was run */
  neverRun: z.string().nullish(),
  /** folder of the target, relative to the project's root */
  folder: z.string(),
  image: z.string(),
  /** where the image comes from; absent: the Dockerfile of its folder */
  imageFrom: imageFrom.nullish(),
  /** absent: port 8080, GET /health, no TLS */
  reach: reach.nullish(),
  /** folders that it writes to besides /tmp; absent: none */
  tmpfs: z.array(z.string()).nullish(),
  /** caps of the whole target; replicas share the cpuset, and memory is divided */
  caps,
  replicas: z.int().positive(),
  proxy: z.enum(['caddy']).nullable(),
  command: z.array(z.string()).nullable(),
  /** variant's and scenario's environment together, without PORT, CORES and MEMORY_BYTES */
  environment: z.record(z.string(), z.string()),
  readyTimeoutMs: z.number(),
  /** absent in plans of before 2026-12: everything took part in the comparison then */
  role: role.nullish(),
  standIn: standIn.nullish(),
  /** the services that it runs on, in place of the scenario's; null or absent: the scenario's */
  services: z.array(plannedService).nullish(),
  /** the entry that this one is once more, under another name: shows how much equals differ, and is in no table */
  twinOf: z.string().nullish(),
  /** present on an entry of the commit that the run compares with (`--against`): it is measured as its partner is, and is in no table but that of the comparison */
  ofRef: ofRef.nullish(),
})
export type PlannedEntry = z.infer<typeof plannedEntry>

/** One repetition of every entry of a scenario, in this order. */
export const block = z.object({
  /** `predict#1` */
  id: z.string(),
  scenario: z.string(),
  repetition: z.int().positive(),
  order: z.array(z.string()),
})
export type Block = z.infer<typeof block>

/** The rules of a run: everything that it may decide while measuring, as data. */
export const runRules = z.object({
  budgetMs: z.number(),
  minRepetitions: z.int().positive(),
  maxRepetitions: z.int().positive(),
  /** in plans of before 2026-12, whose runs went on until the interval of each throughput was as narrow; nothing goes by it */
  tightness: z.number().nullish(),
  warmUp: z.object({ minMs: z.number(), maxMs: z.number(), tolerance: z.number() }),
  windowMs: z.number(),
  /** a window lasts at least this many mean response times */
  leastResponses: z.number().nullish(),
  /** common rates at which latency–throughput curves are measured; 0: none */
  curveRates: z.int().nullish(),
  /** warm-up of the agent itself before anything counts */
  agentWarmUpMs: z.number(),
  /** one answer in this many is compared during load */
  sampleEvery: z.int().positive(),
  samplingHz: z.number(),
  /** each calibration of the agent against the null server */
  calibrationMs: z.number(),
  /** measure the main load of every entry once with a second instrument; absent in plans of before there was one */
  secondInstrument: z.boolean().nullish(),
})
export type RunRules = z.infer<typeof runRules>

export const planWarning = z.object({ what: z.string(), where: z.string(), why: z.string(), todo: z.string() })
export type PlanWarning = z.infer<typeof planWarning>

/** The commit that a run compares with. */
export const plannedAgainst = z.object({
  /** as the user named it, e.g. `main` */
  ref: z.string(),
  /** its full hash */
  commit: z.string(),
  /** entries of this checkout without a partner in that commit, and why */
  leftOut: z.array(z.object({ entry: z.string(), why: z.string() })),
})
export type PlannedAgainst = z.infer<typeof plannedAgainst>

export const plan = z.object({
  schemaVersion: z.literal(1),
  runId: z.string(),
  createdAt: z.string(),
  command: z.string(),
  /** the run whose plan this one repeats, with its images; null or absent: none */
  replayOf: z.string().nullish(),
  profile: z.string(),
  seed: z.int(),
  gitCommit: z.string().nullable(),
  gitDirty: z.boolean().nullable(),
  /** of a run on several machines: the target's host of the first bench, and its engine */
  host: hostFacts,
  engine: engineFacts,
  /** the machines of `--hosts`; null or absent: everything runs on `host` */
  site: plannedSite.nullish(),
  scenarios: z.array(plannedScenario),
  entries: z.array(plannedEntry),
  /** entries of the same scenarios that are left out because of their role: the reason, e.g. `experiment`, and the command that measures them */
  leftOut: z.array(z.object({ entry: z.string(), why: z.string(), command: z.string() })).nullish(),
  /** up to maxRepetitions per scenario, interleaved; the rules say which of the later ones are still needed */
  blocks: z.array(block),
  /** the commit whose targets and services are measured in the same blocks (`--against`); null or absent: none */
  against: plannedAgainst.nullish(),
  rules: runRules,
  estimateMs: z.object({ least: z.number(), most: z.number() }),
  warnings: z.array(planWarning),
})
export type Plan = z.infer<typeof plan>
