import type { PlannedEntry } from '@bakeoff/model'

type Marks = Pick<PlannedEntry, 'twinOf' | 'ofRef'>

/** Whether an entry stands in tables, groups and sentences of a report: all but twins and the entries of another commit. */
export function isShown({ twinOf, ofRef }: Marks): boolean {
  return (twinOf ?? null) === null && (ofRef ?? null) === null
}

export function shownEntries<Entry extends Marks>(entries: readonly Entry[]): Entry[] {
  return entries.filter(isShown)
}
