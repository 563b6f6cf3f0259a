import type { Estimate, Figure, LoadSpec, RepetitionRecord } from '@bakeoff/model'
import type { CellView, Repetition } from '../observe/view.js'

/** The definition of a figure: how it is computed from what was measured, and everything that results.json says about it. */
export type FigureRule = LoadFigure | StartFigure

interface Described extends Omit<Figure, 'compared'> {
  /** whether targets are compared by it under this load */
  readonly isCompared: (load: LoadSpec) => boolean
}

/** One number of one repetition under a load. Over repetitions it becomes an estimate, between targets a ratio. */
export interface LoadFigure extends Described {
  readonly of: 'load'
  /** null when it was not measured, or has too few answers */
  readonly from: (repetition: Repetition, view: CellView) => number | null
  /** whether it can lie below 0, as a difference can; otherwise its interval stops at 0 */
  readonly isSigned?: true
  /**
   * The step in which it counts, relative: one answer of a thousand is 0.001. Repetitions that agree to the last digit are not known better
   * than that. Absent: it has none worth a word
   */
  readonly quantum?: (repetition: Repetition, view: CellView) => number | null
  /** whether it grows with the number of answers alone, so that samples of different size are not compared by it */
  readonly growsWithAnswers?: true
  /** a special estimate, where one number of each repetition is not enough */
  readonly over?: (view: CellView) => Over
}

/** A figure of the start of an entry's containers: one number for each repetition, independent of the load. */
export interface StartFigure extends Described {
  readonly of: 'start'
  readonly from: (record: RepetitionRecord) => number | null
}

export interface Over {
  readonly estimate: Estimate | null
  /** a lower bound, where there is no estimate because too many requests had no end */
  readonly atLeast: number | null
}

/** The members of a figure that have defaults. */
type Usual = 'better' | 'shows' | 'format' | 'ofBatch' | 'dependsOnLoad' | 'seenByAgent' | 'isCompared'
type Saying<Rule extends FigureRule> = Omit<Rule, Usual | 'of'> & Partial<Pick<Rule, Usual>>

/** The default for `isCompared`: targets are not compared by the figure. */
const never = () => false

const usual = {
  better: 'lower',
  shows: 'median',
  format: 'number',
  ofBatch: null,
  seenByAgent: false,
  isCompared: never,
} as const

/** Defines a figure. By default less is better, it depends on the load, and targets are not compared by it. */
export function defineFigure(figure: Saying<LoadFigure>): LoadFigure {
  return { ...usual, dependsOnLoad: true, ...figure, of: 'load' }
}

/** Defines a figure of the start. By default less is better, and targets are not compared by it. */
export function defineStartFigure(figure: Saying<StartFigure>): StartFigure {
  return { ...usual, dependsOnLoad: false, ...figure, of: 'start' }
}

/** The figure's entry in the legend. */
export function described(rule: FigureRule): Figure {
  const { id, title, unit, format, better, about, of, shows, dependsOnLoad, seenByAgent, isCompared, column, ofBatch } =
    rule
  const compared = isCompared !== never
  return { id, title, unit, format, better, about, of, shows, dependsOnLoad, seenByAgent, compared, column, ofBatch }
}

/** The value of a figure in one repetition. */
export function valueIn(rule: FigureRule, repetition: Repetition, view: CellView): number | null {
  return rule.of === 'start' ? rule.from(repetition.whole) : rule.from(repetition, view)
}
