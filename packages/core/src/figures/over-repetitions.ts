import type { Cell, Figures, RepetitionRecord } from '@bakeoff/model'
import type { CellView } from '../observe/view.js'
import type { LoadFigure, Over } from './define.js'
import { benchesIn, estimateOf, valuesOf } from './estimate.js'
import { figureRules } from './index.js'

/** Every figure of a cell, and the lower bounds of those that are not known because too many requests had no end. */
export function figuresOfCell(view: CellView): Pick<Cell, 'figures' | 'atLeast'> {
  const found = figureRules.flatMap((rule) => (rule.of === 'load' ? [[rule.id, over(rule, view)] as const] : []))
  return {
    figures: Object.fromEntries(found.map(([id, { estimate }]) => [id, estimate])),
    atLeast: Object.fromEntries(found.flatMap(([id, { atLeast }]) => (atLeast === null ? [] : [[id, atLeast]]))),
  }
}

/** Every figure of an entry's starts. @param runs the entry's records, by repetition */
export function figuresOfStarts(records: readonly RepetitionRecord[]): Figures {
  return Object.fromEntries(
    figureRules.flatMap((rule) => (rule.of === 'start' ? [[rule.id, estimateOf(records.map(rule.from))]] : [])),
  )
}

function over(rule: LoadFigure, view: CellView): Over {
  return (
    rule.over?.(view) ?? { estimate: estimateOf(valuesOf(rule, view), rule.isSigned, benchesIn(view)), atLeast: null }
  )
}
