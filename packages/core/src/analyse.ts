import type {
  Boundary,
  Calibration,
  ClaimSpec,
  Plan,
  PlanWarning,
  RepetitionRecord,
  Results,
  RunRules,
} from '@bakeoff/model'
import { judge } from './judge/causes/index.js'
import { compareClaims } from './judge/claims/index.js'
import { compareCells } from './judge/comparisons.js'
import { compareTwins } from './judge/twins.js'
import { viewCells } from './observe/view.js'
import { toCell } from './results/cells.js'
import { certificatesOf } from './results/certificate.js'
import { curvesOf } from './results/curves.js'
import { type TargetPage, toEntries } from './results/entries.js'
import { legend } from './results/legend.js'
import { toScenarios } from './results/scenarios.js'
import { decide } from './say/decision.js'
import { findings } from './say/findings/index.js'
import { warningsOf } from './say/warnings.js'

export interface AnalysisInput {
  readonly plan: Plan
  /** records in any order; a missing one shows as not reached */
  readonly runs: readonly RepetitionRecord[]
  readonly calibrations: readonly Calibration[]
  readonly claims: readonly ClaimSpec[]
  /** the files that a target's page shows, by target */
  readonly targets: Readonly<Record<string, TargetPage>>
  readonly base: Results['base']
  /** null when the run did not try */
  readonly boundary?: Boundary | null
  /** null while the run goes on */
  readonly endedAt: string | null
  readonly status: Results['run']['status']
  readonly statusReason: string | null
  /** warnings about the files themselves: what was missing or damaged */
  readonly warnings?: readonly PlanWarning[]
}

/** Analyses a run: everything that can be said about it. Pure: the same files give the same results, years later. */
export function analyse({
  plan,
  runs,
  calibrations,
  claims,
  targets,
  base,
  boundary = null,
  endedAt,
  status,
  statusReason,
  warnings = [],
}: AnalysisInput): Results {
  const all = viewCells(plan, runs, calibrations).map((view) => ({ view, verdict: judge(view) }))
  // Twins are compared with what they are once more, and are in nothing else.
  const judged = all.filter(({ view }) => !view.entry.twinOf)
  const views = judged.map(({ view }) => view)
  const certificates = certificatesOf(plan, calibrations)
  const compared = compareCells(judged, certificates)
  const entries = toEntries(plan, runs, views, targets)
  const known = {
    scenarios: toScenarios(plan, views),
    entries,
    cells: judged.map(({ view, verdict }) => toCell(view, verdict)),
    groups: compared.groups,
    comparisons: compared.comparisons,
    claims: compareClaims(claims, judged, compared),
    twins: compareTwins(all, certificates),
  }
  const run = aboutRun(plan, { endedAt, status, statusReason })
  return {
    schemaVersion: 2,
    legend: legend(),
    run,
    host: plan.host,
    engine: plan.engine,
    boundary,
    base,
    calibration: [...calibrations],
    certificates,
    curves: curvesOf(views),
    ...known,
    findings: findings({ ...known, run }),
    decision: decide({ ...known, run, host: plan.host, certificates }),
    warnings: [...warnings, ...warningsOf(plan, judged, boundary)],
  }
}

function aboutRun(
  plan: Plan,
  { endedAt, status, statusReason }: Pick<AnalysisInput, 'endedAt' | 'status' | 'statusReason'>,
): Results['run'] {
  return {
    id: plan.runId,
    startedAt: plan.createdAt,
    endedAt,
    status,
    statusReason,
    profile: plan.profile,
    command: plan.command,
    replayOf: plan.replayOf ?? null,
    seed: plan.seed,
    gitCommit: plan.gitCommit,
    gitDirty: plan.gitDirty,
    budgetMs: plan.rules.budgetMs,
    ...repetitionRule(plan.rules),
    windowMs: plan.rules.windowMs,
  }
}

/** What decided how often entries were measured: in plans of before 2026-12 the width of intervals, since then open decisions. */
function repetitionRule({ tightness, minRepetitions, maxRepetitions }: RunRules): Partial<Results['run']> {
  if (typeof tightness === 'number') return { tightness }
  return { repetitions: { least: minRepetitions, most: maxRepetitions } }
}
