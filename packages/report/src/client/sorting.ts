import { sortValue } from '../shared/sort-value.js'
import type { Sort } from './selection.js'

/** Makes tables sortable: heads of sortable columns become buttons. */
export function makeSortable(
  heads: readonly HTMLTableCellElement[],
  onSort: (head: HTMLTableCellElement) => void,
): void {
  for (const head of heads) {
    const button = head.ownerDocument.createElement('button')
    button.type = 'button'
    button.append(...head.childNodes)
    head.append(button)
    button.addEventListener('click', () => onSort(head))
  }
}

/** The next sort after a click on a head: the best first, then the other way, then the order of the groups (null). */
export function sortAfter(head: HTMLTableCellElement, before: Sort | undefined): Sort | null {
  const column = columnOf(head)
  const first = head.dataset.sort === 'a' ? 'ascending' : 'descending'
  if (before?.column !== column) return { column, direction: first }
  if (before.direction !== first) return null
  return { column, direction: first === 'ascending' ? 'descending' : 'ascending' }
}

/** The sort in words, for a reader who cannot see the table. */
export function sortWords(sort: Sort | null): string {
  return sort ? `Sorted by ${sort.column}, ${sort.direction}` : 'Sorted by group'
}

/** Sorts the tables of a page that are in sight and have the column; the others get the order back that they came with. */
export function sortTables(page: HTMLElement, sort: Sort | undefined): void {
  for (const table of page.querySelectorAll('table')) {
    const heads = [...table.querySelectorAll<HTMLTableCellElement>('th[data-sort]')]
    if (heads.length === 0 || table.closest('[hidden]')) continue
    const head = sort && heads.find((one) => columnOf(one) === sort.column)
    sortTable(table, heads, head && sort ? { head, direction: sort.direction } : null)
  }
}

const originals = new WeakMap<HTMLTableSectionElement, HTMLTableRowElement[]>()

interface SortedBy {
  readonly head: HTMLTableCellElement
  readonly direction: Sort['direction']
}

function sortTable(table: HTMLTableElement, heads: readonly HTMLTableCellElement[], by: SortedBy | null): void {
  const body = table.tBodies[0]
  const isDone = heads.every((head) => head.getAttribute('aria-sort') === (head === by?.head ? by.direction : null))
  if (!body || isDone) return
  const rows = originals.get(body) ?? [...body.rows]
  originals.set(body, rows)
  for (const head of heads) head.removeAttribute('aria-sort')
  by?.head.setAttribute('aria-sort', by.direction)
  body.append(...(by ? sorted(rows, by.head.cellIndex, by.direction === 'ascending' ? 1 : -1) : rows))
}

/** The name of a column: its head without the unit below it. */
function columnOf(head: HTMLTableCellElement): string {
  return head.querySelector('button')?.firstChild?.textContent ?? ''
}

/** Rows without a value come last in both directions. */
function sorted(rows: readonly HTMLTableRowElement[], column: number, sign: 1 | -1): HTMLTableRowElement[] {
  const values = new Map(rows.map((row) => [row, sortedBy(row.cells[column])]))
  return [...rows].sort((a, b) => {
    const [x, y] = [values.get(a) ?? null, values.get(b) ?? null]
    if (x === null || y === null) return Number(x === null) - Number(y === null)
    return sign * (typeof x === 'number' && typeof y === 'number' ? x - y : String(x).localeCompare(String(y)))
  })
}

/** The value that a cell is sorted by: the one that it carries, or what it shows first; null where its figure is not known. */
function sortedBy(cell: HTMLTableCellElement | undefined): number | string | null {
  if (!cell || cell.querySelector(':scope > sup')) return null
  const said = cell.dataset.v
  if (said !== undefined) return said === '' || Number.isNaN(Number(said)) ? said : Number(said)
  const first = cell.ownerDocument.createTreeWalker(cell, NodeFilter.SHOW_TEXT).nextNode()
  return sortValue(first?.textContent ?? '')
}
