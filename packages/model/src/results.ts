/** results.json, the product of a run. Every page of the report is a function of it. */
import { z } from 'zod'
import { boundary } from './boundary.js'
import { figures } from './figure.js'
import { coreAssignment, engineFacts, hostFacts } from './host.js'
import { imageFrom } from './image-from.js'
import { targetInfo } from './info.js'
import { legend } from './legend.js'
import { encodedHistogram } from './load.js'
import { loadSpec } from './loads/index.js'
import { plannedSite } from './machines.js'
import { caps, plannedAgainst, planWarning, role, script, slo, standIn } from './plan.js'
import { reach } from './reach.js'
import { calibration, imageFacts, outcome, verification } from './repetition.js'
import { secondInstrumentResult } from './second-instrument.js'
import { askedLevel, levelAnswer } from './service-level.js'
import { plannedState } from './state.js'

export const cause = z.object({
  /** `legend.causes` says what it means */
  cause: z.string(),
  /** invalidates: the figure does not count. doubts: it counts, marked. explains: it says what limited a sound figure. */
  effect: z.enum(['invalidates', 'doubts', 'explains']),
  /** with figures and units, e.g. `target used 0.98 of its 1 core` */
  evidence: z.string(),
  /** the service, repetition or load concerned, when there is one */
  subject: z.string().nullable(),
  /** the limit that the figure reached, such as `own cores` of the target itself; null: the cause is not a limit */
  limit: z.object({ what: z.string(), isOwn: z.boolean() }).nullable(),
})
export type Cause = z.infer<typeof cause>

export const verdict = z.object({
  status: z.enum(['valid', 'suspect', 'invalid']),
  causes: z.array(cause),
  /** a sentence that says what limited this cell; null when nothing was found */
  limitedBy: z.string().nullable(),
})
export type Verdict = z.infer<typeof verdict>

export const lint = z.object({
  lint: z.string(),
  /** what was found, with figures */
  message: z.string(),
  /** what it does to the figures */
  consequence: z.string(),
  hint: z.string(),
})
export type Lint = z.infer<typeof lint>

/** Milliseconds. A percentile that n cannot support is null (p99.9 needs 10,000 answers). */
export const latencyMs = z.object({
  p50: z.number().nullable(),
  p90: z.number().nullable(),
  p95: z.number().nullable(),
  p99: z.number().nullable(),
  p99_9: z.number().nullable(),
  max: z.number().nullable(),
  mean: z.number().nullable(),
})
export type LatencyMs = z.infer<typeof latencyMs>

export const componentUse = z.object({
  caps: caps.nullable(),
  cpuSeconds: z.number().nullable(),
  cpuUserSeconds: z.number().nullable(),
  cpuSystemSeconds: z.number().nullable(),
  /** mean cores used in the window */
  coresUsed: z.number().nullable(),
  /** of its cap, 0 to 1 */
  cpuShare: z.number().nullable(),
  /** share of the window in which it used at least 95 % of its cap */
  atCapShare: z.number().nullable(),
  throttledMs: z.number().nullable(),
  memoryPeakBytes: z.number().nullable(),
  memoryShare: z.number().nullable(),
})
export type ComponentUse = z.infer<typeof componentUse>

/** A curve over elapsed time of one repetition, for the Resources and Latency pages. */
export const resourcePoint = z.object({
  atMs: z.number(),
  cores: z.number().nullable(),
  memoryBytes: z.number().nullable(),
  throttledShare: z.number().nullable(),
})
export type ResourcePoint = z.infer<typeof resourcePoint>

export const timeline = z.object({
  repetition: z.int(),
  /** warm-up windows end at or before 0 */
  windows: z.array(
    z.object({
      atMs: z.number(),
      throughput: z.number(),
      p50Ms: z.number().nullable(),
      p99Ms: z.number().nullable(),
      warmUp: z.boolean(),
    }),
  ),
  target: z.array(resourcePoint),
  services: z.record(z.string(), z.array(resourcePoint)),
  agent: z.array(resourcePoint),
  /** host: share of time with pressure, and steal, per interval */
  host: z.array(z.object({ atMs: z.number(), pressure: z.number().nullable(), steal: z.number().nullable() })),
})
export type Timeline = z.infer<typeof timeline>

export const cell = z.object({
  /** `scenario/target/variant/loadId` */
  id: z.string(),
  entry: z.string(),
  scenario: z.string(),
  variant: z.string(),
  language: z.string(),
  stack: z.array(z.string()),
  load: loadSpec,
  loadId: z.string(),
  outcome: z.enum(['measured', 'unsupported', 'failed', 'aborted']),
  outcomeReason: z.string().nullable(),
  verdict: verdict.nullable(),
  repetitions: z.int(),
  /** of each load; `legend.figures` says what they are */
  figures,
  /** lower bounds of figures that are null because too many requests had no end */
  atLeast: z.record(z.string(), z.number()),
  /** which of its two times a cell is told by: that from when a request was due, where requests are due; null for a batch, which has neither */
  shownTime: z.enum(['serviceMs', 'responseMs']).nullable(),
  /** sums over repetitions */
  requests: z
    .object({
      sent: z.int(),
      ok: z.int(),
      wrong: z.int(),
      errors: z.int(),
      timeouts: z.int(),
      lost: z.int(),
      inFlight: z.int(),
      checked: z.int(),
      errorsByKind: z.record(z.string(), z.int()),
    })
    .nullable(),
  target: componentUse.extend({
    name: z.string(),
    /** with replicas or a proxy: each container's use */
    containers: z.record(z.string(), componentUse),
  }),
  services: z.record(z.string(), componentUse),
  /** Little's law: connections that were in answered requests on average, and that ÷ connections used (for closed loads near 1) */
  little: z.object({ implied: z.number(), connections: z.number(), ratio: z.number() }).nullable(),
  /** closed loads: shares of connections × window in answered requests, in requests without an answer, and in none */
  account: z.object({ answered: z.number(), unanswered: z.number(), between: z.number() }).nullish(),
  /** the same load by another tool, once per run; null or absent where it was not asked */
  secondInstrument: secondInstrumentResult.nullish(),
  /** capacity loads: every rate that was tried, ascending, of the last repetition */
  probes: z
    .array(z.object({ perSecond: z.number(), p99Ms: z.number().nullable(), errorShare: z.number(), ok: z.boolean() }))
    .nullable(),
  /** whether it keeps the service level that is asked for at its rate; null or absent: none is */
  serviceLevel: levelAnswer.nullish(),
  /** batch loads: tasks that failed, summed over repetitions */
  tasksFailed: z.int().nullable(),
  stream: z.object({ firstByteMs: latencyMs, interChunkMs: latencyMs, chunks: z.int() }).nullable(),
  histograms: z.object({ service: encodedHistogram.nullable(), response: encodedHistogram.nullable() }),
  /** percentile spectrum of the merged histogram; `supported` false beyond what n can carry */
  spectrum: z.array(z.object({ percentile: z.number(), ms: z.number(), supported: z.boolean() })),
  /** histogram of the merged latencies, log-spaced: [fromMs, toMs, count] */
  bins: z.array(z.tuple([z.number(), z.number(), z.number()])),
  timeline: timeline.nullable(),
  wrongSamples: z.array(
    z.object({ requestIndex: z.int(), expected: z.string(), actual: z.string(), difference: z.string() }),
  ),
})
export type Cell = z.infer<typeof cell>

export const entryResult = z.object({
  id: z.string(),
  scenario: z.string(),
  target: z.string(),
  variant: z.string(),
  variantSummary: z.string(),
  language: z.string(),
  stack: z.array(z.string()),
  summary: z.string(),
  caps,
  replicas: z.int(),
  proxy: z.string().nullable(),
  /** where its image came from; absent: the Dockerfile of its folder */
  imageFrom: imageFrom.nullish(),
  /** how it was reached; absent: on port 8080, without TLS */
  reach: reach.nullish(),
  /** folders that it wrote to besides /tmp; absent: none */
  tmpfs: z.array(z.string()).nullish(),
  environment: z.record(z.string(), z.string()),
  outcome,
  repetitions: z.int(),
  image: imageFacts.nullable(),
  info: targetInfo.nullable(),
  /** GET /info was answered 404: the target tells nothing of itself */
  tellsNothing: z.boolean().optional(),
  lints: z.array(lint),
  /** of its starts; `legend.figures` says what they are */
  figures,
  verification: verification.nullable(),
  warmUps: z.array(
    z.object({
      repetition: z.int(),
      durationMs: z.number(),
      steady: z.boolean(),
      /** where the steady part begins, and how the rate before it compares */
      sinceMs: z.number().nullish(),
      coldShare: z.number().nullish(),
    }),
  ),
  /** coefficient of variation of throughput between repetitions on the main load */
  variation: z.number().nullable(),
  /** slope of throughput over repetitions, relative per repetition */
  drift: z.number().nullable(),
  logTail: z.array(z.string()),
  notes: z.array(z.string()),
  dockerfile: z.string(),
  targetYaml: z.string(),
  /** the command that runs just this again */
  rerun: z.string(),
  /** absent in results of before 2026-12: a contender */
  role: role.nullish(),
  standIn: standIn.nullish(),
  /** why nobody had run it as it stands before this run, as target.yaml says; absent: it was run */
  neverRun: z.string().nullish(),
})
export type EntryResult = z.infer<typeof entryResult>

export const scenarioResult = z.object({
  id: z.string(),
  summary: z.string(),
  source: z.string().nullable(),
  targetCaps: caps,
  requestedTargetCpus: z.number(),
  /** the target has no cap, and shares all cores with everything else. Absent: it has one */
  isUncapped: z.boolean().optional(),
  services: z.array(z.object({ name: z.string(), image: z.string(), caps, requestedCpus: z.number() })),
  cores: coreAssignment,
  /** cores of each load agent, in the order of a bench's agents, where there are several; absent: one, on `cores.agent` */
  agents: z.array(z.array(z.int())).nullish(),
  loads: z.array(loadSpec),
  /** the load the leaderboard ranks by: the closed load with the most connections, or the first there is */
  mainLoad: z.string(),
  script: script.nullish(),
  slo: slo.nullable(),
  /** service levels that were asked for at a rate; null or absent: none */
  levels: z.array(askedLevel).nullish(),
  compare: z.string(),
  tolerance: z.number(),
  requests: z.int(),
  /** values that are filled into requests, and requests that go together; absent: none */
  state: plannedState.optional(),
  workDigest: z.string(),
})
export type ScenarioResult = z.infer<typeof scenarioResult>

export const ratio = z.object({
  median: z.number(),
  low: z.number().nullable(),
  high: z.number().nullable(),
  n: z.int(),
  /** of a fleet: how many machines both were measured on. Repetitions of one machine are averaged first, and these are what is counted; null or absent: one machine */
  machines: z.int().positive().nullish(),
  method: z.string(),
})
export type Ratio = z.infer<typeof ratio>

/** What would decide a pair that is not told apart. */
export const outlook = z.object({
  /** the least ratio that would be told apart now, as scattered as the repetitions are */
  detectable: z.number(),
  /** how many repetitions would decide it if the ratio stays as it is; null: more than a thousand */
  repetitions: z.int().nullable(),
})
export type Outlook = z.infer<typeof outlook>

/** Two cells of the same work and load. `of ÷ to`. */
export const cellComparison = z.object({
  scenario: z.string(),
  loadId: z.string(),
  metric: z.string(),
  of: z.string(),
  to: z.string(),
  /** its interval is the one of the conclusion: all those of a scenario, load and figure hold at once with 95 % */
  ratio,
  /** adjusted as the interval is */
  pAdjusted: z.number().nullable(),
  conclusion: z.enum(['higher', 'lower', 'no-difference', 'undecided']),
  /** the limit that it was judged by, relative: what a difference must exceed, or what no difference lies within; null: of version 1 */
  least: z.number().nullable(),
  /** whether it rests on fewer repetitions than the run's profile promised; null: of version 1 */
  provisional: z.boolean().nullable(),
  /** null: it is decided, or more repetitions would not decide it */
  outlook: outlook.nullable(),
  why: z.string(),
})
export type CellComparison = z.infer<typeof cellComparison>

/** Letter groups of the cells of one scenario and load by one figure. */
export const grouping = z.object({
  scenario: z.string(),
  loadId: z.string(),
  metric: z.string(),
  /** best first */
  ranked: z.array(z.string()),
  /** two cells share a group exactly when they are not told apart; a cell may be in several. The first one is a, the next b */
  groups: z.array(z.array(z.string())),
  /** cells that are not ranked, and why */
  unranked: z.array(z.object({ cell: z.string(), why: z.string() })),
})
export type Grouping = z.infer<typeof grouping>

/** Where a claim was published. */
export const claimSource = z.object({
  title: z.string(),
  author: z.string().nullable(),
  published: z.string().nullable(),
  url: z.string().nullable(),
})

export const claimConclusion = z.enum([
  'reproduced',
  'same-direction',
  'contradicted',
  'undecided',
  'not-comparable',
  'not-measured',
])
export type ClaimConclusion = z.infer<typeof claimConclusion>

export const claimResult = z.object({
  id: z.string(),
  title: z.string(),
  source: claimSource,
  setting: z.string(),
  scenario: z.string(),
  subjects: z.array(
    z.object({
      id: z.string(),
      says: z.string(),
      target: z.string(),
      variant: z.string(),
      published: z.record(z.string(), z.number()),
      load: z.record(z.string(), z.number()),
      cell: z.string().nullable(),
      measured: z.record(z.string(), z.number().nullable()),
    }),
  ),
  comparisons: z.array(
    z.object({
      metric: z.string(),
      of: z.string(),
      to: z.string(),
      statement: z.string(),
      published: z.number(),
      measured: ratio.nullable(),
      conclusion: claimConclusion,
      why: z.string(),
    }),
  ),
  statements: z.array(
    z.object({
      says: z.string(),
      conclusion: claimConclusion.exclude(['same-direction']),
      why: z.string(),
    }),
  ),
  /** how many of its sentences came to which conclusion; null or absent: files of before 2026-12 */
  score: z.partialRecord(claimConclusion, z.int()).nullish(),
  notes: z.array(z.string()),
})
export type ClaimResult = z.infer<typeof claimResult>

export const finding = z.object({
  id: z.string(),
  kind: z.string(),
  scenario: z.string().nullable(),
  tone: z.enum(['finding', 'caveat', 'nothing-to-say']),
  text: z.string(),
  cells: z.array(z.string()),
})
export type Finding = z.infer<typeof finding>

/** One entry of a scenario beside itself, measured twice under two names in the same blocks (A/A), by one figure under one load. */
export const twinComparison = z.object({
  scenario: z.string(),
  entry: z.string(),
  loadId: z.string(),
  metric: z.string(),
  /** once more ÷ the entry; null: one of the two was not measured */
  ratio: ratio.nullable(),
  /** by the judge, without adjustment for other comparisons; null without a ratio */
  conclusion: cellComparison.shape.conclusion.nullable(),
  why: z.string(),
})
export type TwinComparison = z.infer<typeof twinComparison>

/** A figure of an entry of this checkout beside the same entry of another commit, measured in the same blocks. */
export const againstFigure = z.object({
  /** of this checkout */
  cell: z.string(),
  scenario: z.string(),
  entry: z.string(),
  loadId: z.string(),
  metric: z.string(),
  better: z.enum(['higher', 'lower']),
  /** nothing of the entry differs between the two commits: what is told apart is an error of the method */
  isSame: z.boolean(),
  /** this checkout ÷ the other commit; null: one of the two has no figure */
  ratio: ratio.nullable(),
  /** by the judge; the intervals of all figures of the comparison hold at once with 95 % */
  conclusion: cellComparison.shape.conclusion.nullable(),
  pAdjusted: z.number().nullable(),
  /** what a difference must exceed to count, relative, and where that limit comes from; null without a ratio */
  least: z.number().nullable(),
  leastIs: z.enum(['relevant', 'noise-floor']).nullable(),
  /** the side that has no figure; null: both have one */
  missing: z.enum(['this-checkout', 'other-commit']).nullable(),
  why: z.string(),
})
export type AgainstFigure = z.infer<typeof againstFigure>

/** This checkout beside another commit (`--against`). */
export const againstCommit = z.object({
  ref: z.string(),
  commit: z.string(),
  figures: z.array(againstFigure),
  /** entries without a partner in that commit, and why */
  leftOut: plannedAgainst.shape.leftOut,
  /** the summary in one sentence */
  says: z.string(),
})
export type AgainstCommit = z.infer<typeof againstCommit>

/** The certificate of the machine for a scenario: canaries against the null server at the start of its blocks. */
export const certificate = z.object({
  scenario: z.string(),
  connections: z.int(),
  requestBytes: z.int().nullable(),
  answerBytes: z.int().nullable(),
  canaries: z.array(
    z.object({
      block: z.string(),
      perSecond: z.number(),
      limit: z.enum(['agent', 'null-server', 'both', 'neither']).nullable(),
    }),
  ),
  /** change from the first to the last canary by a straight line, relative; null with one canary */
  drift: z.number().nullable(),
  /** furthest that a canary lies from their median, relative: no smaller difference is claimed; null with one canary */
  noiseFloor: z.number().nullable(),
})
export type Certificate = z.infer<typeof certificate>

const place = <Kinds extends readonly [string, ...string[]]>(kinds: Kinds) =>
  z.object({
    kind: z.enum(kinds),
    /** requests a second; null when it lies outside the rates that were offered */
    perSecond: z.number().nullable(),
    low: z.number().nullable(),
    high: z.number().nullable(),
  })

/** A latency–throughput curve: how latency grows with the offered rate, for one entry. */
export const curve = z.object({
  scenario: z.string(),
  entry: z.string(),
  /** ascending; medians over repetitions */
  points: z.array(
    z.object({
      perSecond: z.number(),
      served: z.number(),
      p50Ms: z.number().nullable(),
      /** null: too many requests never ended */
      p99Ms: z.number().nullable(),
      failedShare: z.number(),
      repetitions: z.int(),
    }),
  ),
  /** where throughput ÷ p99 is largest: beyond it latency rises faster than the rate; null below three rates */
  knee: place(['found', 'not-reached', 'below-lowest']).nullable(),
  /** highest rate that keeps the scenario's slo; null without one */
  slo: place(['crossed', 'kept-everywhere', 'broken-everywhere']).extend({ p99Ms: z.number() }).nullable(),
})
export type Curve = z.infer<typeof curve>

/** The marks of a figure in the decision; the terminal and the page have a sign for each. */
export const decisionMark = z.enum([
  'leads',
  /** not told apart from the first */
  'level',
  /** the load agent was the limit: the target can do more */
  'at-least',
  'suspect',
  'invalid',
  'stand-in',
  /** a server that is made for development: shown, and in no headline */
  'development-server',
  /** as published, or an experiment: shown, and not compared */
  'not-contender',
  /** it did other work, or has other caps */
  'not-compared',
  'failed',
  'unsupported',
  'not-reached',
])
export type DecisionMark = z.infer<typeof decisionMark>

/** The best entry of a row (a language, or a target) in one scenario. */
export const decisionFigure = z.object({
  row: z.string(),
  entry: z.string(),
  /** `go-net-http`, `python-flask (gunicorn)` */
  name: z.string(),
  /** in the unit of its column; null: it has none, and the marks say why */
  value: z.number().nullable(),
  marks: z.array(decisionMark),
})
export type DecisionFigure = z.infer<typeof decisionFigure>

export const decisionColumn = z.object({
  scenario: z.string(),
  loadId: z.string(),
  unit: z.enum(['answers/s', 'tasks/s', 'requests/s within the service level']),
  /** best first, then those that are not compared, then those without a figure */
  figures: z.array(decisionFigure),
  /**
   * leads: one is told apart from all others. level: several may be the best. provisional: measured too few times, or too
   * briefly, to decide. alone: nothing to compare with. nobody: no figure counts.
   */
  standing: z.enum(['leads', 'level', 'provisional', 'alone', 'nobody']),
  /** the same as a sentence, with how much and how sure */
  says: z.string(),
})
export type DecisionColumn = z.infer<typeof decisionColumn>

/** Who keeps a service level at a rate, of what a headline may name. */
export const decisionLevel = z.object({
  scenario: z.string(),
  loadId: z.string(),
  /** the ids of the cells that keep it, cheapest first */
  kept: z.array(z.string()),
  /** the same as a sentence: who keeps it, and which is the cheapest */
  says: z.string(),
})
export type DecisionLevel = z.infer<typeof decisionLevel>

/** The answer to "which one", as a table: languages × scenarios. A run of one language has a row for each target. */
export const decision = z.object({
  rows: z.object({ by: z.enum(['language', 'target']), names: z.array(z.string()) }),
  columns: z.array(decisionColumn),
  /** service levels at a rate, where some were asked for; absent: none was */
  levels: z.array(decisionLevel).nullish(),
  /** the answer over all scenarios in one sentence, service levels first; null without scenarios, absent in files of before 2026-12 */
  overall: z.string().nullish(),
  /**
   * why nothing is decided yet in any scenario that compares something, such as `one repetition`: said once, and left out of what each
   * scenario says. Null where something is decided, where the reasons differ, or where one scenario says it itself; absent in files of
   * before 2026-12
   */
  provisional: z.string().nullish(),
  /** the command that would decide what is open; null when nothing is open, or nothing would decide it */
  next: z.object({ scenarios: z.array(z.string()), command: z.string() }).nullable(),
  /** how many published sentences held here; null: none was measured */
  claims: z.string().nullable(),
  /** how far to trust the figures: at most three sentences */
  trust: z.array(z.string()),
  /** the same in a word, by the rule of docs/method.md; null when nothing was measured, absent in files of before 2026-12 */
  trustLevel: z.enum(['low', 'medium', 'high']).nullish(),
})
export type Decision = z.infer<typeof decision>

export const results = z.object({
  schemaVersion: z.literal(2),
  legend,
  run: z.object({
    id: z.string(),
    startedAt: z.string(),
    endedAt: z.string().nullable(),
    status: z.enum(['complete', 'partial', 'aborted', 'running']),
    statusReason: z.string().nullable(),
    profile: z.string(),
    command: z.string(),
    /** the run whose plan and images this one repeats */
    replayOf: z.string().nullish(),
    seed: z.int(),
    gitCommit: z.string().nullable(),
    gitDirty: z.boolean().nullable(),
    budgetMs: z.number(),
    /** fewest and most of each entry: more than the fewest where a decision is open; absent in runs of before that was the rule */
    repetitions: z.object({ least: z.int().positive(), most: z.int().positive() }).nullish(),
    /** of runs before 2026-12, which went on until the interval of each throughput was as narrow, ±; absent in others */
    tightness: z.number().nullish(),
    windowMs: z.number(),
  }),
  host: hostFacts,
  engine: engineFacts,
  /** the machines of a run on several; `host` and `engine` are the target's of the first bench. Null or absent: there is one */
  site: plannedSite.nullish(),
  /** null or absent: older runs did not try */
  boundary: boundary.nullish(),
  base: z.object({ id: z.string().nullable(), origin: z.string().nullable() }),
  calibration: z.array(calibration),
  certificates: z.array(certificate).nullish(),
  curves: z.array(curve).nullish(),
  scenarios: z.array(scenarioResult),
  entries: z.array(entryResult),
  cells: z.array(cell),
  groups: z.array(grouping),
  comparisons: z.array(cellComparison),
  /** null or absent: files of before 2026-12, which had none */
  twins: z.array(twinComparison).nullish(),
  /** null or absent: the run was not compared with another commit */
  against: againstCommit.nullish(),
  claims: z.array(claimResult),
  findings: z.array(finding),
  /** absent in files of before 2026-12 */
  decision: decision.nullish(),
  warnings: z.array(planWarning),
})
export type Results = z.infer<typeof results>
