import type { Cell, EntryResult } from './results.js'
import { competes, isContender } from './roles.js'

type Judged = Pick<EntryResult, 'id' | 'language' | 'lints' | 'role' | 'standIn'>

type OfEntry = Pick<Cell, 'id' | 'entry'>

/** The input of a headline; all of it is in the results. */
export interface HeadlineSource<Of extends OfEntry = Cell> {
  readonly entries: readonly Judged[]
  readonly cells: readonly Of[]
}

/** Whether an entry was served by a server that is made for development: its figures say nothing about the stack in production. */
export function isDevelopmentServer({ lints }: Pick<EntryResult, 'lints'>): boolean {
  return lints.some(({ lint }) => lint === 'development-server')
}

/** Whether a headline may name an entry: a contender that is no stand-in and runs no development server. */
export function isHeadlined(entry: Judged): boolean {
  return competes(entry) && !isDevelopmentServer(entry)
}

/**
 * The rows of the headlines of a run. Languages are compared by the best contender of each; where all contenders are of one
 * language, the targets are compared with one another.
 */
export function rowsBy(entries: readonly Judged[]): 'language' | 'target' {
  return new Set(entries.filter(isContender).map(({ language }) => language)).size > 1 ? 'language' : 'target'
}

/** What an entry is in a headline, by its id: its language, or itself. */
export function rowIn(entries: readonly Judged[]): (entry: string) => string {
  if (rowsBy(entries) === 'target') return (entry) => entry
  const languages = new Map(entries.map(({ id, language }) => [id, language]))
  return (entry) => languages.get(entry) ?? entry
}

/** The cells that a headline compares: of those that are ranked, the first of each row, in their order. */
export function headlined<Of extends OfEntry>(source: HeadlineSource<Of>, ranked: readonly string[]): Of[] {
  const all = mayLead(source, ranked)
  return all.filter(({ row }, index) => all.findIndex((each) => each.row === row) === index).map(({ cell }) => cell)
}

/** Whether a headline leaves ranked contenders out, since another one of their language is better: it says so then. */
export function isOfTheBest(source: HeadlineSource, ranked: readonly string[]): boolean {
  return headlined(source, ranked).length < mayLead(source, ranked).length
}

function mayLead<Of extends OfEntry>(
  { entries, cells }: HeadlineSource<Of>,
  ranked: readonly string[],
): { row: string; cell: Of }[] {
  const row = rowIn(entries)
  const entryOf = new Map(entries.map((entry) => [entry.id, entry]))
  const cellOf = new Map(cells.map((cell) => [cell.id, cell]))
  return ranked.flatMap((id) => {
    const cell = cellOf.get(id)
    const entry = cell && entryOf.get(cell.entry)
    return cell && entry && isHeadlined(entry) ? [{ row: row(entry.id), cell }] : []
  })
}
