import type { Cell, Outcome } from '@bakeoff/model'
import type { CellView } from './view.js'

/** The outcome of a cell. It is measured when one of its repetitions was complete; else the last outcome of its entry says why not. */
export function outcomeOfCell({ records, repetitions }: CellView): Pick<Cell, 'outcome' | 'outcomeReason'> {
  if (repetitions.length > 0) return { outcome: 'measured', outcomeReason: null }
  const telling = outcomeOfEntry(records.map(({ outcome }) => outcome))
  return telling.kind === 'measured'
    ? { outcome: 'aborted', outcomeReason: 'this load is not in any of the repetitions that were measured' }
    : { outcome: telling.kind, outcomeReason: reasonOf(telling) }
}

/** One outcome for all repetitions: measured if any was, else a failure, else the last one. */
export function outcomeOfEntry(outcomes: readonly Outcome[]): Outcome {
  return (
    outcomes.find(({ kind }) => kind === 'measured') ??
    outcomes.find(({ kind }) => kind === 'failed') ??
    outcomes.at(-1) ?? { kind: 'aborted', reason: 'not reached by the time of this report' }
  )
}

/** The outcome in words; null for a measured one. */
export function reasonOf(outcome: Outcome): string | null {
  switch (outcome.kind) {
    case 'measured':
      return null
    case 'unsupported':
    case 'aborted':
      return outcome.reason
    case 'failed':
      return `${outcome.stage}: ${outcome.error.message}`
  }
}
