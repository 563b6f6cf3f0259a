import type { Cell, CellComparison, DecisionColumn, EntryResult, Results, ScenarioResult } from '@bakeoff/model'

/** What a decision is made from: nothing that is not in the results. */
export type Decided = Pick<
  Results,
  'run' | 'host' | 'scenarios' | 'entries' | 'cells' | 'groups' | 'comparisons' | 'claims' | 'certificates'
>

/** Fewer repetitions than this decide nothing: two leave the interval of a ratio one degree of freedom. */
export const LEAST_REPETITIONS = 3

/** One row's best entry in a scenario, with all that is known of it. */
export interface Candidate {
  readonly row: string
  readonly name: string
  readonly entry: EntryResult
  readonly cell: Cell | null
  readonly kind: Kind
  readonly value: number | null
}

/** Whether, and as what, an entry takes part; in the order in which a row would rather show one. */
export const KINDS = ['ranked', 'stand-in', 'not-compared', 'invalid', 'without-figure', 'not-contender'] as const
export type Kind = (typeof KINDS)[number]

/** Who takes part in one scenario, best first, and how they compare. */
export interface Field {
  readonly scenario: ScenarioResult
  readonly unit: DecisionColumn['unit']
  /** contenders that are ranked, one a row: only these lead, or are led */
  readonly ranked: readonly Candidate[]
  readonly others: readonly Candidate[]
  /** of the first one to another; undefined: they were not compared */
  readonly comparedWith: (other: Candidate) => CellComparison | undefined
  /** why nothing is decided by it yet; null: it can be */
  readonly provisional: string | null
}
