import type { Estimate, Figure, LoadSpec, RepetitionRecord } from '@bakeoff/model'
import type { CellView, Repetition } from '../observe/view.js'

/** How a figure comes from what was measured, with all that results.json says of it. */
export type FigureRule = LoadFigure | StartFigure

interface Described extends Omit<Figure, 'compared'> {
  /** whether targets are compared by it under this load */
  readonly isCompared: (load: LoadSpec) => boolean
}

/** One number of one repetition under a load. Over repetitions it becomes an estimate, between targets a ratio. */
export interface LoadFigure extends Described {
  readonly of: 'load'
  /** null: not measured, or not by so few answers */
  readonly from: (repetition: Repetition, view: CellView) => number | null
  /** whether it can lie below 0, as a difference can; an interval stops at 0 otherwise */
  readonly isSigned?: true
  /**
   * The step in which it counts, relative: one answer of a thousand is 0.001. Repetitions that agree to the last digit are not known better
   * than that. Absent: it has none worth a word
   */
  readonly quantum?: (repetition: Repetition, view: CellView) => number | null
  /** an estimate that is more than one number of each repetition can tell */
  readonly over?: (view: CellView) => Over
}

/** One number of one start of an entry's containers, whatever load came after it. */
export interface StartFigure extends Described {
  readonly of: 'start'
  readonly from: (run: RepetitionRecord) => number | null
}

export interface Over {
  readonly estimate: Estimate | null
  /** where there is no estimate since too many requests had no end: the figure is at least this */
  readonly atLeast: number | null
}

/** What need not be said of most figures. */
type Usual = 'better' | 'shows' | 'format' | 'ofBatch' | 'dependsOnLoad' | 'seenByAgent' | 'isCompared'
type Saying<Rule extends FigureRule> = Omit<Rule, Usual | 'of'> & Partial<Pick<Rule, Usual>>

/** Nobody is compared by it. */
const never = () => false

const usual = {
  better: 'lower',
  shows: 'median',
  format: 'number',
  ofBatch: null,
  seenByAgent: false,
  isCompared: never,
} as const

/** Unless said otherwise: less is better, it depends on the load, and nobody is compared by it. */
export function defineFigure(figure: Saying<LoadFigure>): LoadFigure {
  return { ...usual, dependsOnLoad: true, ...figure, of: 'load' }
}

/** Unless said otherwise: less is better, and nobody is compared by it. */
export function defineStartFigure(figure: Saying<StartFigure>): StartFigure {
  return { ...usual, dependsOnLoad: false, ...figure, of: 'start' }
}

/** What the legend says of it. */
export function described(rule: FigureRule): Figure {
  const { id, title, unit, format, better, about, of, shows, dependsOnLoad, seenByAgent, isCompared, column, ofBatch } =
    rule
  const compared = isCompared !== never
  return { id, title, unit, format, better, about, of, shows, dependsOnLoad, seenByAgent, compared, column, ofBatch }
}

/** The figure of one repetition. */
export function valueIn(rule: FigureRule, repetition: Repetition, view: CellView): number | null {
  return rule.of === 'start' ? rule.from(repetition.run) : rule.from(repetition, view)
}
