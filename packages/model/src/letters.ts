import type { Grouping } from './results.js'

const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'

/** `a`, `ab`: the letters of a cell's groups, of which two cells share one exactly when they are not told apart. Empty: it is not ranked. */
export function lettersOf({ groups }: Pick<Grouping, 'groups'>, cell: string): string {
  return groups.flatMap((group, index) => (group.includes(cell) ? [LETTERS[index] ?? `(${index + 1})`] : [])).join('')
}
