import type { Cell, CellComparison, Results } from '@bakeoff/model'
import { LEAST_REPETITIONS } from '../plan/least-repetitions.js'
import { many } from '../words/quantities.js'
import type { Field } from './decided.js'

/**
 * Why nothing is decided yet among the cells that a headline compares, such as `2 repetitions`; null when something can be.
 *
 * @param compared the comparisons of the first cell with the others
 */
export function whyProvisional(
  { profile }: Pick<Results['run'], 'profile'>,
  cells: readonly Cell[],
  compared: readonly CellComparison[],
): string | null {
  const fewest = Math.min(...cells.map(({ repetitions }) => repetitions))
  if (cells.length > 1 && fewest < LEAST_REPETITIONS) return fewest === 1 ? 'one repetition' : `${fewest} repetitions`
  if (profile === 'quick') return 'short windows'
  const isBelowPromise = compared.some(({ provisional }) => provisional === true)
  return isBelowPromise ? `${many(fewest, 'repetition')}, fewer than its profile promises` : null
}

/**
 * The reason for which nothing is decided yet in any scenario that compares something, so that it is said once for all. Null where
 * something is decided, where the reasons differ, and where there is one scenario, which says it itself.
 */
export function reasonOfAll(fields: readonly Field[]): string | null {
  const comparing = fields.filter(({ ranked }) => ranked.length > 1)
  const [reason = null, ...others] = new Set(comparing.map(({ provisional }) => provisional))
  return comparing.length > 1 && others.length === 0 ? reason : null
}
