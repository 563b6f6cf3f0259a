/**
 * Specs: what the YAML files say, checked and in plain units (ms, bytes, fractions). Parsing is in core/parse; the
 * shapes of the files themselves, from which editors complete, are in files.ts.
 */
import type { ImageFrom } from './image-from.js'
import type { Arrivals, LoadSpec, SloSpec } from './loads/index.js'
import type { Dependency, Role, StandIn } from './plan.js'
import type { Reach } from './reach.js'
import type { Comparison, ContractCase, GoldenLine, RequestLine, SetupLine } from './requests.js'
import type { AskedLevel } from './service-level.js'
import type { TrafficPart, ValueSpec } from './state.js'
import type { Respell, ServiceCounters } from './work.js'

export interface VariantSpec {
  readonly name: string
  readonly summary: string
  readonly env: Readonly<Record<string, string>>
  /** containers of the target inside one cap */
  readonly replicas: number
  readonly proxy: 'caddy' | null
  /** replaces the image's command; null: the image's own */
  readonly command: readonly string[] | null
  /** the scenarios this variant takes part in */
  readonly scenarios: readonly string[]
  readonly role: Role
  /** another contender of its language stands for it where a run takes one of each */
  readonly alternative: boolean
  readonly standIn: StandIn | null
  /** services that are built from another folder than the scenario says: the folder, relative to compose/, by the name of the service. Absent: none */
  readonly services?: Readonly<Record<string, string>> | undefined
}

export interface TargetSpec {
  /** the folder's name */
  readonly name: string
  /** absolute path of the folder */
  readonly folder: string
  /** the image that it is, by reference, where nothing is built */
  readonly image?: string | undefined
  /** where its image comes from; absent: the Dockerfile of its folder */
  readonly imageFrom?: ImageFrom | undefined
  /** how it is reached; absent: as usual */
  readonly reach?: Reach | undefined
  /** folders that it writes to besides /tmp; absent: none */
  readonly tmpfs?: readonly string[] | undefined
  readonly language: string
  readonly stack: readonly string[]
  readonly summary: string
  readonly scenarios: readonly string[]
  /** what a build needs from outside, e.g. `hex` */
  readonly requires: readonly string[]
  /** why nobody has run it as it stands; absent: it was run */
  readonly neverRun?: string | undefined
  readonly readyTimeoutMs: number
  readonly variants: readonly VariantSpec[]
  /** texts of target.yaml and of the Dockerfile, shown on the target's page of the report. The latter is empty where nothing is built */
  readonly yaml: string
  readonly dockerfile: string
}

/** A health check, which asks a service whether it is ready: as in compose, but from the service's first moment on. */
export interface HealthcheckSpec {
  readonly test: readonly string[]
  /** between the end of a check and the next */
  readonly intervalMs: number
  /** a check that takes longer has failed */
  readonly timeoutMs: number
  /** after this many failures in a row, the service will never be ready */
  readonly retries: number
  /** from the container's start; failures within it do not count */
  readonly startPeriodMs: number
}

export interface ServiceSpec {
  readonly name: string
  /** a folder to build (absolute), or an image to take as it is; exactly one is set. Both null for the target itself */
  readonly build: string | null
  readonly image: string | null
  /** 0, of the target alone: no cap */
  readonly cpus: number
  /** whether the cap is a quota: `cpus` is a fraction, or the scenario asks for quotas */
  readonly quota: boolean
  readonly memoryBytes: number
  readonly environment: Readonly<Record<string, string>>
  readonly command: readonly string[] | null
  readonly dependsOn: readonly Readonly<Dependency>[]
  readonly healthcheck: HealthcheckSpec | null
  readonly readOnly: boolean
  readonly tmpfs: readonly string[]
  readonly shmBytes: number | null
  readonly user: string | null
}

export interface ScriptSpec {
  readonly firstByteMs: number
  readonly gapMs: number
  readonly chunks: number
}

/** What a scenario says of state between requests. */
export interface StateSpec {
  readonly values: Readonly<Record<string, ValueSpec>>
  /** null: seeded permutations of the corpus */
  readonly traffic: readonly TrafficPart[] | null
  /** sent in order before every verification */
  readonly before: readonly SetupLine[]
  /** sent in order after the last load */
  readonly after: readonly SetupLine[]
}

/** The files of a scenario's work, from the project: `compose/predict/golden.ndjson`. */
export interface WorkPlaces {
  readonly requests: string
  readonly golden: string
  /** of each case, with its line: `compose/predict/contract.ndjson:3` */
  readonly contract: readonly string[]
}

export interface ScenarioSpec {
  /** the file's name without `.yaml` */
  readonly id: string
  readonly file: string
  readonly summary: string
  /** the article or claim it comes from */
  readonly source: string | null
  readonly target: ServiceSpec
  /** in an order in which they can be started */
  readonly services: readonly ServiceSpec[]
  /** caps are quotas of time, and target and services share cores */
  readonly quotas: boolean
  readonly requests: readonly RequestLine[]
  readonly golden: readonly GoldenLine[]
  readonly contract: readonly ContractCase[]
  /** where they stand, for a reader who looks for a fault; absent: not known */
  readonly places?: WorkPlaces | undefined
  readonly compare: Comparison
  readonly tolerance: number
  readonly loads: readonly LoadSpec[]
  /** connections and arrivals of every load that is offered, also of those that a run adds: rates, capacity */
  readonly connections: number
  readonly arrivals: Arrivals
  /** the answer is a stream: measure first-byte and inter-chunk times */
  readonly stream: boolean
  /** what a service takes by its script; the rest of an answer's time is the target's */
  readonly script: ScriptSpec | null
  /** the load's own timeout for one request */
  readonly requestTimeoutMs: number
  /** requests differ in cost: a window covers whole passes of the corpus */
  readonly wholePasses: boolean
  /** null: the profile's */
  readonly warmUpLimitMs: number | null
  /** null: 30 s */
  readonly longestWindowMs: number | null
  /** null: bodies are sent as they stand */
  readonly respell: Respell | null
  readonly counters: readonly ServiceCounters[]
  /** absent or null: requests are sent as they stand, and none depends on another */
  readonly state?: StateSpec | null | undefined
  readonly slo: SloSpec | null
  /** service levels at a rate. Absent: the file names no rate */
  readonly levels?: readonly AskedLevel[] | undefined
  /** sha256 of requests and golden answers together, and of their state: runs with different work are never compared */
  readonly workDigest: string
}

export interface ProfileSpec {
  readonly name: string
  /** wall time for the measured part of a run; building is outside */
  readonly budgetMs: number
  readonly minRepetitions: number
  readonly maxRepetitions: number
  readonly warmUp: WarmUpRules
  /** measured window of a closed, open or rate load */
  readonly windowMs: number
  /** a window lasts at least this many mean response times */
  readonly leastResponses: number
  /** at most so many different requests of a scenario, of all lengths alike; null: all */
  readonly requests: number | null
  /** at most so many tasks of a batch; null: all */
  readonly tasks: number | null
  /** common rates at which latency–throughput curves are measured; 0: none */
  readonly curveRates: number
  /** only the last closed load of a scenario, for a smoke run */
  readonly onlyMainLoad: boolean
  /** false: contenders that are an alternative are left out, for a smoke run */
  readonly alternatives: boolean
  /** the main load of every entry once by a second instrument */
  readonly secondInstrument: boolean
}

export interface WarmUpRules {
  readonly minMs: number
  readonly maxMs: number
  /** gain that may still be to come, relative */
  readonly tolerance: number
}

export interface MatrixSpec {
  readonly scenarios: readonly string[] | null
  readonly targets: readonly string[] | null
  /** in which scenarios are built, measured and reported; those that are not named come after, by name */
  readonly order: readonly string[]
  /** null: each run has a seed of its own */
  readonly seed: number | null
  readonly profiles: Readonly<Record<string, ProfileSpec>>
  /** add the capacity load to every scenario with an slo */
  readonly capacity: boolean
  /** absolute rates to offer to all, requests a second */
  readonly rates: readonly number[]
}

export interface ClaimFigures {
  readonly [metric: string]: number
}

export interface ClaimSubject {
  readonly id: string
  readonly target: string
  readonly variant: string
  readonly says: string
  readonly figures: ClaimFigures
  /** the source's load setting, e.g. { connections: 10, requests: 1000 } or { tasks: 1800, concurrency: 200 } */
  readonly load: Readonly<Record<string, number>>
}

export interface ClaimSpec {
  readonly id: string
  readonly title: string
  readonly source: {
    readonly title: string
    readonly author: string | null
    readonly published: string | null
    readonly url: string | null
  }
  readonly setting: string
  readonly scenario: string
  readonly subjects: readonly ClaimSubject[]
  readonly comparisons: readonly {
    readonly metric: string
    readonly of: string
    readonly to: string
    /** published ratio of / to */
    readonly published: number
    readonly statement: string
  }[]
  readonly statements: readonly ClaimStatement[]
  /** cores that the source gave, by `target` or service; none: without a cap. Absent: it does not say */
  readonly caps?: Readonly<Record<string, number | 'none'>> | undefined
  /** how the work that is measured here differs from the source's, as it stands after "because". Absent: it is rebuilt */
  readonly differs?: string | undefined
  readonly notes: readonly string[]
}

/** One half of a published sentence, held against a cause of the verdicts. */
export interface ClaimPart {
  readonly verdict: string
  readonly service: string | null
  readonly subjects: readonly string[]
  /** whether the source says that it is so; absent: it does */
  readonly holds?: boolean | undefined
}

/** A published sentence, of one half or of several that are tested each. */
export interface ClaimStatement extends ClaimPart {
  readonly says: string
  readonly and?: readonly ClaimPart[] | undefined
}
