import { sortValue } from '../shared/sort-value.js'

/** Makes tables sortable: heads of sortable columns become buttons. A third click restores the order of the groups. */
export function makeSortable(root: Document, say: (text: string) => void): void {
  for (const head of root.querySelectorAll<HTMLTableCellElement>('th[data-sort]')) {
    const button = root.createElement('button')
    button.type = 'button'
    button.append(...head.childNodes)
    head.append(button)
    button.addEventListener('click', () => say(sortBy(head)))
  }
}

const originals = new WeakMap<HTMLTableSectionElement, HTMLTableRowElement[]>()

function sortBy(head: HTMLTableCellElement): string {
  const table = head.closest('table')
  const body = table?.tBodies[0]
  if (!table || !body) return ''
  const rows = originals.get(body) ?? [...body.rows]
  originals.set(body, rows)
  const next = { none: 'descending', descending: 'ascending', ascending: 'none' } as const
  const direction = next[(head.getAttribute('aria-sort') ?? 'none') as keyof typeof next]
  for (const other of table.querySelectorAll('th[aria-sort]')) other.removeAttribute('aria-sort')
  if (direction !== 'none') head.setAttribute('aria-sort', direction)
  body.append(...(direction === 'none' ? rows : sorted(rows, head.cellIndex, direction === 'ascending' ? 1 : -1)))
  return direction === 'none'
    ? 'Sorted by group'
    : `Sorted by ${head.firstChild?.firstChild?.textContent ?? 'this column'}, ${direction}`
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
  if (!cell || cell.classList.contains('u')) return null
  const said = cell.dataset.v
  if (said !== undefined) return said === '' || Number.isNaN(Number(said)) ? said : Number(said)
  const first = cell.ownerDocument.createTreeWalker(cell, NodeFilter.SHOW_TEXT).nextNode()
  return sortValue(first?.textContent ?? '')
}
