import {
  type AgainstCommit,
  type Boundary,
  type Calibration,
  type Certificate,
  type ClaimSpec,
  type Plan,
  type PlannedAgainst,
  type PlanWarning,
  type RepetitionRecord,
  type Results,
  type RunRules,
  withHosts,
} from '@bakeoff/model'
import { compareAgainst } from './judge/against.js'
import { judge } from './judge/causes/index.js'
import { compareClaims } from './judge/claims/index.js'
import { compareCells } from './judge/comparisons.js'
import type { JudgedCell } from './judge/judged.js'
import { compareTwins } from './judge/twins.js'
import { viewCells } from './observe/view.js'
import { isShown } from './plan/shown.js'
import { toCell } from './results/cells.js'
import { certificatesOf } from './results/certificate.js'
import { curvesOf } from './results/curves.js'
import { type TargetPage, toEntries } from './results/entries.js'
import { legend } from './results/legend.js'
import { toScenarios } from './results/scenarios.js'
import { againstSays } from './say/against.js'
import { decide } from './say/decision.js'
import { findings } from './say/findings/index.js'
import { withServiceLevel } from './say/service-level.js'
import { warningsOf } from './say/warnings.js'

export interface AnalysisInput {
  readonly plan: Plan
  /** records in any order; a missing one shows as not reached */
  readonly records: readonly RepetitionRecord[]
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
  records,
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
  const all = viewCells(plan, records, calibrations).map((view) => ({ view, verdict: judge(view) }))
  // Twins and entries of another commit are compared with their partners, and are in nothing else.
  const judged = all.filter(({ view }) => isShown(view.entry))
  const views = judged.map(({ view }) => view)
  const certificates = certificatesOf(plan, calibrations)
  const compared = compareCells(judged, certificates)
  const entries = toEntries(plan, records, views, targets)
  const known = {
    scenarios: toScenarios(plan, views),
    entries,
    cells: judged.map((each) => withServiceLevel(toCell(each.view, each.verdict), each)),
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
    ...(plan.site ? { site: plan.site } : {}),
    boundary,
    base,
    calibration: [...calibrations],
    certificates,
    curves: curvesOf(views),
    ...known,
    ...(plan.against ? { against: againstOf(plan.against, all, certificates) } : {}),
    findings: findings({ ...known, run }).map((one) => ({ ...one, text: withHosts(one.text, plan.site?.file) })),
    decision: decide({ ...known, run, host: plan.host, site: plan.site, certificates }),
    warnings: [...warnings, ...warningsOf(plan, judged, boundary)],
  }
}

function againstOf(
  against: PlannedAgainst,
  cells: readonly JudgedCell[],
  certificates: readonly Certificate[],
): AgainstCommit {
  const figures = compareAgainst({ against, cells, certificates })
  return { ...against, figures, says: againstSays({ ...against, figures }) }
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
