import type { Cause, CauseId } from '@bakeoff/model'
import type { Metric } from '../metrics/define.js'
import type { CellView } from '../view.js'

/** What a rule found: the effect on the figures, and the figures that show it. */
export interface Found {
  readonly effect: Cause['effect']
  readonly evidence: string
  /** the service, repetition or load concerned, when there is one */
  readonly subject?: string
}

/** One cause of a verdict. It sees a cell that was measured, and answers with nothing, one finding, or one per subject. */
export interface VerdictRule {
  readonly cause: CauseId
  /** for the glossary of the report */
  readonly description: string
  readonly find: (view: CellView) => readonly Found[]
}

export function defineVerdict(rule: VerdictRule): VerdictRule {
  return rule
}

/** `in repetition 3`, `in repetitions 2 and 4`, `in all 5 repetitions`. */
export function inRepetitions(numbers: readonly number[], of: number): string {
  if (numbers.length === of) return of === 1 ? 'in its only repetition' : `in all ${of} repetitions`
  return `in ${numbers.length === 1 ? 'repetition' : 'repetitions'} ${numbers.join(', ')} of ${of}`
}

/**
 * Repetitions in which a figure lies above a limit, and the highest of them. Every repetition counts: a median over them
 * would hide one in three, whose figures are in the result all the same. Null when there is none.
 */
export function above(view: CellView, metric: Metric, limit: number): { worst: number; where: string } | null {
  const found = view.repetitions.flatMap((repetition) => {
    const value = metric.from(repetition, view)
    return value !== null && value > limit ? [{ number: repetition.number, value }] : []
  })
  if (found.length === 0) return null
  return {
    worst: Math.max(...found.map(({ value }) => value)),
    where: inRepetitions(
      found.map(({ number }) => number),
      view.repetitions.length,
    ),
  }
}
