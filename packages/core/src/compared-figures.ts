import { type Cell, type Estimate, figureOf, kindOf, type LoadSpec } from '@bakeoff/model'
import { capacityPerSecond } from './figures/capacity.js'
import { cpuMsPerRequest } from './figures/cpu-per-request.js'
import type { FigureRule } from './figures/define.js'
import { throughput } from './figures/throughput.js'
import type { Observed } from './judge/difference.js'
import { CAPACITY_PRECISION } from './stats/index.js'

/** A figure by which the cells of several runs are compared, as sentences call it. */
export interface RunFigure {
  readonly metric: Pick<FigureRule, 'id' | 'better'>
  /** its name in a sentence: `throughput`, `CPU time per request` */
  readonly name: string
  readonly unit: string
}

const THROUGHPUT: RunFigure = { metric: throughput, name: 'throughput', unit: 'correct responses/s' }
const CAPACITY: RunFigure = { metric: capacityPerSecond, name: 'capacity', unit: 'requests/s' }
const CPU: RunFigure = { metric: cpuMsPerRequest, name: 'CPU time per request', unit: 'ms' }

/** The figures by which cells under a load are compared from run to run, what the load is about first. */
export function figuresUnder(load: LoadSpec): readonly [RunFigure, RunFigure] {
  switch (kindOf(load).headline) {
    case 'throughput':
      return [THROUGHPUT, CPU]
    case 'capacityPerSecond':
      return [CAPACITY, CPU]
    case 'cpuMsPerRequest':
      return [
        { ...CPU, name: 'CPU time per task' },
        { ...THROUGHPUT, unit: 'tasks/s' },
      ]
  }
}

/** The figure in each repetition of a cell. Blocks of two runs have nothing in common but their names. Null where there is none to judge. */
export function observedIn(cell: Cell | null, { metric }: Pick<RunFigure, 'metric'>): Observed[] | null {
  const estimate = figureOf(cell, metric.id)
  if (!isPositive(estimate)) return null
  const quantum = metric.id === capacityPerSecond.id ? CAPACITY_PRECISION : oneAnswerOf(cell)
  return estimate.values.map((value) => ({ value, block: null, quantum }))
}

/** The share of one answer of a repetition, or of one task: rates and costs are not known better. */
function oneAnswerOf(cell: Cell | null): number {
  if (cell && 'tasks' in cell.load) return 1 / cell.load.tasks
  return cell?.requests && cell.requests.ok > 0 ? cell.repetitions / cell.requests.ok : 0
}

/** A ratio on logs has no use for 0. */
function isPositive(estimate: Estimate | null): estimate is Estimate {
  return estimate !== null && estimate.values.length > 0 && estimate.values.every((value) => value > 0)
}
