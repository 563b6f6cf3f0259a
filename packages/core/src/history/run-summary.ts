import { type Cell, figureOf, type HistoryPoint, type HistoryRun, type LoadSpec, type Results } from '@bakeoff/model'
import { figuresUnder, observedIn, type RunFigure } from '../compared-figures.js'
import { figureRules } from '../figures/index.js'
import type { RunConditions } from '../run-conditions.js'
import { mean, variance } from '../stats/index.js'
import { nameOf } from '../words/names.js'

/** A run as far as others are set beside it: a few numbers of each cell, where its results hold megabytes. */
export interface RunSummary {
  readonly run: HistoryRun
  readonly conditions: RunConditions
  readonly cells: readonly CellSummary[]
}

export interface CellSummary {
  readonly id: string
  readonly scenario: string
  readonly target: string
  readonly variant: string
  readonly name: string
  readonly load: LoadSpec
  readonly loadId: string
  readonly figures: readonly FigureSummary[]
}

export interface FigureSummary extends Pick<RunFigure, 'name' | 'unit'>, Pick<RunFigure['metric'], 'id' | 'better'> {
  readonly point: HistoryPoint
  /** null: it does not count */
  readonly log: LogMean | null
}

/** The mean of the logarithms of a figure over the repetitions of a run. */
export interface LogMean {
  readonly mean: number
  /** of the mean, by what scattered within the run; null with one repetition */
  readonly variance: number | null
}

/**
 * @param results of a run that does not go on any more
 * @param folder  the run's name in the folder of reports; null: it does not lie there
 */
export function summaryOf(
  { run, host, engine, site, scenarios, cells }: Results,
  folder: string | null = null,
): RunSummary {
  const { id, startedAt, status, gitCommit, gitDirty, profile, windowMs } = run
  return {
    run: { id, startedAt, status: status === 'running' ? 'aborted' : status, folder, gitCommit, gitDirty },
    conditions: {
      host: {
        cpuModel: host.cpuModel,
        architecture: host.architecture,
        cpus: host.cpus,
        memoryBytes: host.memoryBytes,
      },
      engine: { name: engine.name, version: engine.version },
      site,
      run: { profile, windowMs },
      scenarios: scenarios.map(({ id: scenario, targetCaps, workDigest, services, loads }) => ({
        ...{ id: scenario, targetCaps, workDigest, loads },
        services: services.map(({ name, caps }) => ({ name, caps })),
      })),
    },
    cells: cells.map((cell) => ({
      id: cell.id,
      scenario: cell.scenario,
      target: cell.target.name,
      variant: cell.variant,
      name: nameOf(cell),
      load: cell.load,
      loadId: cell.loadId,
      figures: figuresOf(cell).map((figure) => summaryOfFigure(cell, figure)),
    })),
  }
}

/** What a cell is compared by from run to run, and its p99 where it has one. */
function figuresOf({ load, shownTime }: Cell): RunFigure[] {
  const p99 = figureRules.find(({ id }) => id === `${shownTime}.p99`)
  return [...figuresUnder(load), ...(p99 ? [{ metric: p99, name: 'p99', unit: p99.unit }] : [])]
}

function summaryOfFigure(cell: Cell, figure: RunFigure): FigureSummary {
  const { metric, name, unit } = figure
  const estimate = figureOf(cell, metric.id)
  const observed = observedIn(cell, figure)
  const whyNot = whyNotCounted(cell, estimate !== null, observed !== null)
  return {
    id: metric.id,
    better: metric.better,
    name,
    unit,
    point: {
      value: estimate?.median ?? null,
      low: estimate?.low ?? null,
      high: estimate?.high ?? null,
      repetitions: estimate?.n ?? 0,
      verdict: cell.verdict?.status ?? null,
      whyNot,
    },
    log: whyNot === null && observed !== null ? logMeanOf(observed) : null,
  }
}

function whyNotCounted(
  { outcome, outcomeReason, verdict }: Cell,
  isKnown: boolean,
  isPositive: boolean,
): string | null {
  if (outcome !== 'measured') return outcomeReason === null ? outcome : `${outcome}: ${outcomeReason}`
  if (verdict?.status === 'invalid') {
    const causes = verdict.causes.filter(({ effect }) => effect === 'invalidates').map(({ cause }) => cause)
    return `its figures do not count: ${causes.join(', ')}`
  }
  if (!isKnown) return 'it has no such figure'
  return isPositive ? null : 'a repetition had no right answer'
}

function logMeanOf(observed: readonly { readonly value: number; readonly quantum?: number }[]): LogMean {
  const logs = observed.map(({ value }) => Math.log(value))
  if (logs.length < 2) return { mean: mean(logs), variance: null }
  const quantum = mean(observed.map(({ quantum = 0 }) => quantum ** 2))
  return { mean: mean(logs), variance: Math.max(variance(logs), quantum) / logs.length }
}
