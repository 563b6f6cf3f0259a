import type { Cause, LoadSpec, PlanWarning } from '@bakeoff/model'
import { type FigureRule, valueIn } from '../../figures/define.js'
import type { CellView } from '../../observe/view.js'

/** What a rule found: the effect on the figures, and the figures that show it. */
export interface Found {
  readonly effect: Cause['effect']
  readonly evidence: string
  /** the service, repetition or load concerned, when there is one */
  readonly subject?: string
}

/** One cause of a verdict, with all that is said about it. */
export interface CauseRule {
  readonly id: string
  /** for the glossary of the report */
  readonly about: string
  /** ends a sentence that says `because` */
  readonly because: string
  /** What such a figure ran into. Without it the cause says how far a figure can be trusted, and limits nothing. */
  readonly limits?: (subject: string | null, load: LoadSpec) => NonNullable<Cause['limit']>
  /** a warning above all figures where it casts doubt on some; the evidence of the first is its reason */
  readonly warning?: Pick<PlanWarning, 'what' | 'todo'>
  /** The reading that would have shown it and did not, for claims; null when it was not read. Without it: no sign was seen. */
  readonly against?: (view: CellView, service: string | null) => string | null
  /** It sees a cell that was measured, and answers with nothing, one finding, or one per subject. */
  readonly find: (view: CellView) => readonly Found[]
}

export function defineCause(rule: CauseRule): CauseRule {
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
export function above(view: CellView, rule: FigureRule, limit: number): { worst: number; where: string } | null {
  const found = view.repetitions.flatMap((repetition) => {
    const value = valueIn(rule, repetition, view)
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
