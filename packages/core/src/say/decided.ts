import type { Cell, CellComparison, DecisionColumn, EntryResult, Results, ScenarioResult } from '@bakeoff/model'

/** The input of a decision; all of it is in the results. */
export type Decided = Pick<
  Results,
  | 'run'
  | 'host'
  | 'site'
  | 'scenarios'
  | 'entries'
  | 'cells'
  | 'groups'
  | 'comparisons'
  | 'twins'
  | 'claims'
  | 'certificates'
>

/** A row's best entry in a scenario, with everything that is known about it. */
export interface Candidate {
  readonly row: string
  readonly name: string
  readonly entry: EntryResult
  readonly cell: Cell | null
  readonly kind: Kind
  readonly value: number | null
}

/** The ways in which an entry takes part, in the order in which a row prefers to show them. */
export const KINDS = [
  ...(['ranked', 'stand-in', 'development-server', 'not-compared', 'invalid', 'without-figure'] as const),
  'not-contender',
] as const
export type Kind = (typeof KINDS)[number]

/** The entries of one scenario, best first, and how they compare. */
export interface Field {
  readonly scenario: ScenarioResult
  readonly unit: DecisionColumn['unit']
  /** what a headline compares, the best of each row: only these can lead or follow */
  readonly ranked: readonly Candidate[]
  readonly others: readonly Candidate[]
  /** the comparison of the first ranked candidate with another; undefined when they were not compared */
  readonly comparedWith: (other: Candidate) => CellComparison | undefined
  /** the reason why nothing can be decided yet; null when it can */
  readonly provisional: string | null
}
