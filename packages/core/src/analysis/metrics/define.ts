import type { LoadSpec } from '@bakeoff/model'
import type { CellView, Repetition } from '../view.js'

/** One figure of one repetition. Over repetitions it becomes an estimate, between targets a ratio. */
export interface Metric {
  /** as it stands in results.json: comparisons, tiers, claims */
  readonly id: string
  readonly title: string
  readonly unit: string
  readonly better: 'higher' | 'lower'
  readonly description: string
  /**
   * Whether it depends on how much was put on the target at once. Such a figure is never compared between unequal loads;
   * CPU time per request is.
   */
  readonly dependsOnLoad: boolean
  /** Seen from the load agent: where the agent was the limit, the target may be better than this. */
  readonly seenByAgent?: true
  /** Whether targets are compared by it under this load. */
  readonly isCompared: (load: LoadSpec) => boolean
  /** null: not measured, or not by so few answers */
  readonly from: (repetition: Repetition, view: CellView) => number | null
}

export function defineMetric(metric: Metric): Metric {
  return metric
}

/** Nobody is compared by it. */
export const never = () => false
