import type { DecisionColumn, DecisionFigure, DecisionMark } from './results.js'

/** Marks of figures that are shown beside those that are compared. */
const ASIDE: readonly DecisionMark[] = ['invalid', 'stand-in', 'development-server', 'not-contender', 'not-compared']

/** Whether a figure is shown and not compared: a stand-in's, one that does not count. */
export function isAside({ marks }: Pick<DecisionFigure, 'marks'>): boolean {
  return marks.some((mark) => ASIDE.includes(mark))
}

/** Whether a figure that is not compared is better than the best that is: its bar has no room. */
export function isAnyBeyond({ figures }: Pick<DecisionColumn, 'figures'>): boolean {
  const best = bestCompared(figures)
  return best !== null && figures.some((figure) => isAside(figure) && (figure.value ?? 0) > best)
}

/** The best figure that is compared, by which bars are measured; the best of all where none is compared. Null where none is known. */
export function bestCompared(figures: readonly Pick<DecisionFigure, 'value' | 'marks'>[]): number | null {
  const known = figures.flatMap(({ value, marks }) => (value === null ? [] : [{ value, marks }]))
  const compared = known.filter((figure) => !isAside(figure))
  const values = (compared.length > 0 ? compared : known).map(({ value }) => value)
  return values.length === 0 ? null : Math.max(...values)
}
