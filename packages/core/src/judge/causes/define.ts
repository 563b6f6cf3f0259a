import type { Cause, LoadSpec, PlanWarning } from '@bakeoff/model'
import { type FigureRule, valueIn } from '../../figures/define.js'
import type { CellView } from '../../observe/view.js'

/** A finding of a rule: its effect on the figures, and the evidence. */
export interface Found {
  readonly effect: Cause['effect']
  readonly evidence: string
  /** the service, repetition or load that the finding is about, when there is one */
  readonly subject?: string
}

/** One cause of a verdict, with all that is said about it. */
export interface CauseRule {
  readonly id: string
  /** for the glossary of the report */
  readonly about: string
  /** completes a sentence after `because` */
  readonly because: string
  /** The limit that the figure reached. A cause without it is not a limit, and says how far a figure can be trusted. */
  readonly limits?: (subject: string | null, load: LoadSpec) => NonNullable<Cause['limit']>
  /**
   * It makes answers later than the target alone would: a service level that is missed where this casts doubt may be kept without it, and one that is
   * kept is kept all the same.
   */
  readonly delays?: true
  /** a warning above all figures where it casts doubt on some; the evidence of the first is its reason */
  readonly warning?: Pick<PlanWarning, 'what' | 'todo'>
  /** For claims: a sentence with the reading that speaks against the cause; null when it was not read. Without this member: no sign was seen. */
  readonly against?: (view: CellView, service: string | null) => string | null
  /** For claims: a sentence why its not being found says nothing, as others filled the same cores; null or absent: it says something. */
  readonly unclear?: (view: CellView, service: string | null) => string | null
  /** Examines a measured cell and returns no finding, one finding, or one per subject. */
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

/** The worst value of a figure beyond a limit, and the repetitions in which it lies there. */
interface Beyond {
  readonly worst: number
  readonly where: string
}

/**
 * The repetitions in which a figure lies above a limit, and the highest value. Every repetition counts: a median over them
 * would hide one in three, whose figures are part of the result. Null when there is no such repetition.
 */
export function above(view: CellView, rule: FigureRule, limit: number): Beyond | null {
  return beyond(view, rule, (value) => value > limit, Math.max)
}

/** The same for a figure below a limit, and its lowest value. */
export function below(view: CellView, rule: FigureRule, limit: number): Beyond | null {
  return beyond(view, rule, (value) => value < limit, Math.min)
}

function beyond(
  view: CellView,
  rule: FigureRule,
  isBeyond: (value: number) => boolean,
  worst: (...values: number[]) => number,
): Beyond | null {
  const found = view.repetitions.flatMap((repetition) => {
    const value = valueIn(rule, repetition, view)
    return value !== null && isBeyond(value) ? [{ number: repetition.number, value }] : []
  })
  if (found.length === 0) return null
  return {
    worst: worst(...found.map(({ value }) => value)),
    where: inRepetitions(
      found.map(({ number }) => number),
      view.repetitions.length,
    ),
  }
}
