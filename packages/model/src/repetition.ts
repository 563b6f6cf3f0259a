import { z } from 'zod'
import { boundary } from './boundary.js'
import { serviceDeath } from './ends.js'
import { errorRecord } from './errors.js'
import { targetInfo } from './info.js'
import { loadMeasurement, loadSlice } from './load.js'
import { loadSpec } from './loads/index.js'
import type { PlannedBench } from './machines.js'
import type { PlannedScenario } from './plan.js'
import { secondInstrumentRecord } from './second-instrument.js'
import { counted } from './work.js'

/** One reading of a container's counters. Counters are cumulative since the container's start; null: not readable. */
export const reading = z.object({
  /** epoch milliseconds on the steady scale: those of the process's start, plus the time since by a clock that cannot be set */
  atMs: z.number(),
  cpuUserSeconds: z.number().nullable(),
  cpuSystemSeconds: z.number().nullable(),
  cpuTotalSeconds: z.number().nullable(),
  throttledSeconds: z.number().nullable(),
  throttledPeriods: z.number().nullable(),
  periods: z.number().nullable(),
  /** anonymous memory: what cannot be dropped */
  memoryAnonBytes: z.number().nullable(),
  /** page cache charged to the container */
  memoryFileBytes: z.number().nullable(),
  rxBytes: z.number().nullable(),
  txBytes: z.number().nullable(),
  /** TCP segments that its network sent, and how many of them again because they were lost; null or absent: not read */
  tcpSegments: z.number().nullish(),
  tcpRetransmits: z.number().nullish(),
})
export type Reading = z.infer<typeof reading>

/**
 * The difference between a machine's clock and the time that passed in a repetition: it slept, or its clock was set (forward
 * is above 0). The figures use the time that passed, without the sleep.
 */
export const clockGap = z.object({ sleptMs: z.number(), setMs: z.number() })
export type ClockGap = z.infer<typeof clockGap>

/** One reading of the host's counters. */
export const hostReading = z.object({
  atMs: z.number(),
  busySeconds: z.number().nullable(),
  /** part of busySeconds: network work that some kernels do not charge to the container that caused it */
  softirqSeconds: z.number().nullish(),
  idleSeconds: z.number().nullable(),
  stealSeconds: z.number().nullable(),
  /** total time in which something waited for a CPU (`some` of /proc/pressure/cpu) */
  pressureSeconds: z.number().nullable(),
})
export type HostReading = z.infer<typeof hostReading>

export const samples = z.object({
  /** one series per container of the target (replicas, proxy), by container name */
  target: z.record(z.string(), z.array(reading)),
  services: z.record(z.string(), z.array(reading)),
  agent: z.array(reading),
  /** of the target's machine */
  host: z.array(hostReading),
  /** one series per load agent, by container name, where there are several; `agent` is then that of the first */
  agents: z.record(z.string(), z.array(reading)).nullish(),
  /** largest error of the alignment of the target's machine's clock with the run's; null: not known; absent: there is one machine, and one clock */
  clockErrorMs: z.number().nullish(),
  /** the other machines of the bench, by the names of their hosts; null or absent: there is none */
  machines: z
    .record(z.string(), z.object({ readings: z.array(hostReading), clockErrorMs: z.number().nullable() }))
    .nullish(),
})
export type Samples = z.infer<typeof samples>

export const stage = z.enum(['build', 'start', 'ready', 'verify', 'warm-up', 'load'])
export type Stage = z.infer<typeof stage>

/** How one repetition of an entry ended. Loads that were complete by then are kept beside it. */
export const outcome = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('measured') }),
  z.object({ kind: z.literal('unsupported'), reason: z.string() }),
  z.object({ kind: z.literal('failed'), stage, error: errorRecord }),
  z.object({ kind: z.literal('aborted'), reason: z.string() }),
])
export type Outcome = z.infer<typeof outcome>

export const verification = z.object({
  golden: z.object({
    total: z.int(),
    right: z.int(),
    /** at most five, first ones first */
    differences: z.array(
      z.object({ request: z.string(), expected: z.string(), actual: z.string(), difference: z.string() }),
    ),
  }),
})
export type Verification = z.infer<typeof verification>

/** A probe of the search for capacity. */
export const capacityProbe = z.object({
  perSecond: z.number(),
  /** absent in files of before 2026-12 */
  servedPerSecond: z.number().nullish(),
  p99Ms: z.number().nullable(),
  errorShare: z.number(),
  ok: z.boolean(),
})

export const loadRecord = z.object({
  loadId: z.string(),
  load: loadSpec,
  measurement: loadMeasurement,
  samples,
  /** containers of the target that ended, or were restarted, within the window */
  deaths: z.int(),
  /** services that had ended by the end of the window; older runs did not check */
  serviceDeaths: z.array(serviceDeath).nullish(),
  oomKills: z.int(),
  /** counters of services that could be read; null or absent: the scenario names none */
  counters: z.array(counted).nullish(),
  capacity: z.object({ perSecond: z.number().nullable(), probes: z.array(capacityProbe) }).nullable(),
})
export type LoadRecord = z.infer<typeof loadRecord>

export const imageFacts = z.object({
  name: z.string(),
  id: z.string(),
  key: z.string(),
  bytes: z.number().nullable(),
  architecture: z.string().nullable(),
  cached: z.boolean(),
  /** seconds of the build that made it, kept as a label; null when unknown */
  buildSeconds: z.number().nullable(),
  baseId: z.string().nullable(),
})
export type ImageFacts = z.infer<typeof imageFacts>

export const warmUpRecord = z.object({
  durationMs: z.number(),
  steady: z.boolean(),
  /** the judgement of its curve; absent in files from before 2026-12 and for batches */
  why: z.enum(['steady', 'too-early', 'no-answers', 'changed', 'drifting', 'too-few']).nullish(),
  /** where the steady part begins, since the load's start */
  sinceMs: z.number().nullish(),
  /** gain still to come, relative to the rate at its end, extrapolated */
  remaining: z.number().nullish(),
  /** mean rate before the steady part ÷ steady rate */
  coldShare: z.number().nullish(),
  windows: z.array(loadSlice),
})
export type WarmUpRecord = z.infer<typeof warmUpRecord>

/** One try at a repetition of an entry. */
export const repetitionTry = z.object({
  schemaVersion: z.literal(1),
  runId: z.string(),
  entry: z.string(),
  block: z.string(),
  repetition: z.int(),
  /** id of the bench that ran it, on several machines; null or absent: there is none */
  bench: z.string().nullish(),
  startedAt: z.string(),
  endedAt: z.string(),
  outcome,
  image: imageFacts.nullable(),
  /** ids of all images that ran, by name: target, services, proxy, load agent and second instrument; older runs did not record them */
  images: z.record(z.string(), z.string()).nullish(),
  info: targetInfo.nullable(),
  /** GET /info was answered 404: the target tells nothing of itself, and that is no fault */
  tellsNothing: z.boolean().optional(),
  coldStart: z.object({ startCallMs: z.number(), readyMs: z.number().nullable() }).nullable(),
  /** anonymous memory of the target after verification, before load */
  idleMemoryBytes: z.number().nullable(),
  verification: verification.nullable(),
  warmUp: warmUpRecord.nullable(),
  loads: z.array(loadRecord),
  /** in the one repetition after whose loads it measured; null or absent in all others */
  secondInstrument: secondInstrumentRecord.nullish(),
  logTail: z.array(z.string()),
  /** problems that did not end the repetition, e.g. a container that was slow to remove */
  notes: z.array(z.string()),
  /** null or absent: its clocks went together */
  clockGap: clockGap.nullish(),
})
export type RepetitionTry = z.infer<typeof repetitionTry>

/** One repetition of one entry: the file runs/<block>-<entry>.json. */
export const repetitionRecord = repetitionTry.extend({
  /** earlier tries, in order, that ended for a reason outside of the target; nothing is computed from them */
  earlierTries: z.array(repetitionTry).nullish(),
})
export type RepetitionRecord = z.infer<typeof repetitionRecord>

/** A network between a load agent and the target's machine, as the agent measured it before any load. */
export const link = z.object({
  /** smallest of many small requests on one connection; null: no answer */
  roundTripUs: z.number().nullable(),
  /** of one long answer; null: no answer */
  bytesPerSecond: z.number().nullable(),
  mtu: z.int().nullable(),
})
export type Link = z.infer<typeof link>

/** A calibration: what the agent reaches against the null server on this run's cores. Stored in calibration.json. */
export const calibration = z.object({
  /** the core assignments this holds for, e.g. `agent:0|target:1` */
  key: z.string(),
  /** absent in files of before 2026-12, where one calibration opened the run */
  scenario: z.string().nullish(),
  /** the block that it opened */
  block: z.string().nullish(),
  /** lengths of the bodies of request and answer */
  requestBytes: z.int().nullish(),
  answerBytes: z.int().nullish(),
  connections: z.int(),
  /** over its window; in files of before 2026-12 of the best half second */
  throughput: z.number(),
  /** of the best half second */
  best: z.number().nullish(),
  p50Us: z.number().nullable(),
  agentCores: z.int(),
  /** ids of the images that ran, by name: load agent and null server; older runs did not record them */
  images: z.record(z.string(), z.string()).nullish(),
  eventLoopUtilisation: z.number().nullable(),
  /** cores that the null server used */
  serverCores: z.number().nullish(),
  /** the container whose cores were full */
  limit: z.enum(['agent', 'null-server', 'both', 'neither']).nullish(),
  windows: z.array(loadSlice),
  /** id of the bench, on several machines */
  bench: z.string().nullish(),
  /** the way from the agents to the target, on several machines */
  link: link.nullish(),
})
export type Calibration = z.infer<typeof calibration>

/** The key of `calibration` on one machine: agents on other cores reach other ceilings. */
export function calibrationKey(agent: readonly number[], target: readonly number[]): string {
  return `agent:${agent.join(',')}|target:${target.join(',')}`
}

/**
 * The key of the calibrations of a scenario: agents on other machines reach other ceilings too.
 *
 * @param bench where they are; null: there is one machine
 */
export function calibrationKeyOf(
  { cores, agents }: Pick<PlannedScenario, 'cores' | 'agents'>,
  bench: PlannedBench | null,
): string {
  if (bench === null) return calibrationKey(cores.agent, cores.target)
  const each = bench.agents.map((host, index) => `${(agents?.[index] ?? cores.agent).join(',')}@${host}`)
  return `agent:${each.join('+')}|target:${cores.target.join(',')}@${bench.target}`
}

/** A line of events.ndjson. The live page and the terminal read the same events. */
export const runEvent = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('run-started'),
    at: z.string(),
    runId: z.string(),
    entries: z.int(),
    blocks: z.int(),
    estimateMs: z.number(),
    /** ids of the benches that measure side by side; absent: there is one */
    benches: z.array(z.string()).optional(),
  }),
  /** One of several benches measures no more in this run. */
  z.object({
    kind: z.literal('bench-left'),
    at: z.string(),
    bench: z.string(),
    /** lost: its machines do not answer any more; odd: its null server is not like that of the others */
    why: z.enum(['lost', 'odd']),
    message: z.string(),
  }),
  z.object({
    kind: z.literal('image'),
    at: z.string(),
    image: z.string(),
    state: z.enum(['building', 'built', 'cached', 'pulled', 'failed', 'unsupported']),
    seconds: z.number().nullable(),
    message: z.string().nullable(),
    /** the step of its Dockerfile that a build has come to */
    step: z.object({ number: z.int(), of: z.int() }).nullish(),
    /** how long a build is expected to take in all, from earlier ones; null or absent when unknown */
    expectedSeconds: z.number().nullish(),
    /** where it is `building`: it is pulled from a registry, since nothing is built of it; absent: it is built */
    isPulled: z.boolean().optional(),
    /** where it is `building`: the host that it is moved to, from the one that built it; absent: it is not moved */
    movedTo: z.string().optional(),
  }),
  /** A stage of a block: its images are built, then it is measured, then the report so far is written. */
  z.object({
    kind: z.literal('stage'),
    at: z.string(),
    scenario: z.string(),
    repetition: z.int(),
    /** its place among the blocks of this repetition, from 1 */
    number: z.int(),
    of: z.int(),
    state: z.enum(['building', 'measuring', 'over']),
    /** id of the bench, on several machines */
    bench: z.string().nullish(),
    /** of building: how many images are asked for */
    images: z.int().nullish(),
  }),
  z.object({ kind: z.literal('calibrated'), at: z.string(), calibration }),
  z.object({ kind: z.literal('boundary'), at: z.string(), boundary }),
  z.object({
    kind: z.literal('step'),
    at: z.string(),
    entry: z.string(),
    block: z.string(),
    bench: z.string().nullish(),
    step: z.string(),
    detail: z.string().nullable(),
  }),
  z.object({
    kind: z.literal('slice'),
    at: z.string(),
    entry: z.string(),
    bench: z.string().nullish(),
    loadId: z.string(),
    slice: loadSlice,
    /** cores used and anonymous memory in this slice, by `target`, service name and `agent` */
    use: z.record(z.string(), z.object({ cores: z.number().nullable(), memoryBytes: z.number().nullable() })),
  }),
  z.object({
    kind: z.literal('repetition'),
    at: z.string(),
    entry: z.string(),
    block: z.string(),
    repetition: z.int(),
    bench: z.string().nullish(),
    outcome: z.string(),
    message: z.string().nullable(),
    /** the same repetition is tried once more at once */
    triedAgain: z.boolean().nullish(),
    figures: z.array(
      z.object({
        loadId: z.string(),
        throughput: z.number(),
        /** the rate that a search found; null: no rate kept the service level; absent: nothing was searched, or an older run */
        capacityPerSecond: z.number().nullish(),
        /** null with too few answers for a p99 */
        p99Ms: z.number().nullable(),
        /** why the figure does not count; null: it does. Older runs did not say */
        invalid: z.string().nullish(),
      }),
    ),
    leftMs: z.number().nullable(),
  }),
  z.object({
    kind: z.literal('note'),
    at: z.string(),
    level: z.enum(['info', 'warning', 'error']),
    message: z.string(),
  }),
  z.object({
    kind: z.literal('run-ended'),
    at: z.string(),
    status: z.enum(['complete', 'partial', 'aborted']),
    reason: z.string().nullable(),
  }),
])
export type RunEvent = z.infer<typeof runEvent>
