import { sortValue } from '../shared/sort-value.js'
import { type Content, type Html, html } from './html.js'

/** A figure that is not known. It is shown as a dash, and its reason stands under the table; by its letter the page knows it. */
export class Unknown {
  constructor(readonly reason: string) {}
}

export function unknown(reason: string): Unknown {
  return new Unknown(reason)
}

/** A known value shown by `show`, or a dash with its reason. */
export function known<T>(value: T | null | undefined, show: (value: T) => Content, reason: string): Content | Unknown {
  return value === null || value === undefined ? unknown(reason) : show(value)
}

export interface Column<Row> {
  readonly head: string
  /** stands small under the head */
  readonly unit?: string
  readonly align?: 'start' | 'end'
  /** the column that names the row: it stays in sight when the table is scrolled sideways */
  readonly names?: boolean
  readonly field: (row: Row) => Content | Unknown
  /** the value that the column is sorted by; null sorts last. Without it the column cannot be sorted */
  readonly sort?: (row: Row) => number | string | null
  /** whether the least comes first when the column is sorted, because less is better or it holds names */
  readonly leastFirst?: boolean
}

export interface Table<Row> {
  /** read out to a reader who cannot see where the table stands */
  readonly caption: string
  readonly columns: readonly Column<Row>[]
  readonly rows: readonly Row[]
  /** the subject of a row, so that the chips can filter it; null: always shown */
  readonly subject?: (row: Row) => number | null
  /** a class of the row */
  readonly tone?: (row: Row) => string | null
  readonly empty?: string
  /** what stands above the rows from one on: those aside come after the others, and a sort by the reader takes the line away */
  readonly divider?: { readonly before: number; readonly text: string } | null
  /** whether its heads become buttons: for tables that stand alone, not for a chart's numbers */
  readonly sortable?: boolean
  /** heads of the columns' groups: [text, how many columns] */
  readonly groups?: readonly (readonly [string, number])[]
}

/**
 * A table with its numbers right-aligned, its first column in sight, and a note for each reason for which a figure is
 * missing. It scrolls sideways in its own frame, which the keyboard can reach. End tags that HTML does not require are
 * left out, since a report has thousands of rows.
 */
export function table<Row>({
  caption,
  columns,
  rows,
  subject,
  tone,
  empty,
  groups,
  divider = null,
  sortable = false,
}: Table<Row>): Html {
  if (rows.length === 0) return html`<p class="none">${empty ?? 'Nothing to show.'}</p>`
  const reasons = new Reasons()
  // Said once for the table: many tables below charts have only texts beside the names.
  const isOfTexts = columns.every(({ names, align }) => names || align === 'start')
  const body = rows.map((row, place) => {
    const index = subject?.(row)
    const fields = columns.map((column) => bodyField(column, row, { reasons, sortable, isOfTexts }))
    const line = place === divider?.before && html`<tr class="divider"><td colspan=${columns.length}>${divider.text}`
    return html`${line}<tr${typeof index === 'number' && html` data-s=${index}`}${tone?.(row) && html` class="${tone(row)}"`}>${fields}`
  })
  return html`<div class=scroll tabindex=0 role=region aria-label="${caption}"><table${isOfTexts && html` class=texts`}><thead>${groups && groupRow(groups)}<tr>${columns.map((column) => headField(column, sortable))}<tbody>${body}</table></div>${reasons.notes()}`
}

function groupRow(groups: readonly (readonly [string, number])[]): Html {
  return html`<tr class="groups">${groups.map(([text, span]) => (text ? html`<th colspan="${span}" scope="colgroup">${text}` : html`<td colspan="${span}">`))}`
}

/** Facts: names and values in two columns, without a head. */
export function facts(rows: readonly (readonly [string, Content | Unknown])[]): Html {
  return html`<dl class="facts">${rows.map(
    ([name, value]) =>
      html`<div><dt>${name}<dd>${value instanceof Unknown ? html`<span class="unknown">– <small>${value.reason}</small></span>` : value}</div>`,
  )}</dl>`
}

function headField<Row>({ head, unit, align, names, sort, leastFirst }: Column<Row>, sortable: boolean): Html {
  const start = align === 'start' || names
  return html`<th${start && html` class="${names ? 't names' : 't'}"`}${sortable && sort && (leastFirst || names ? html` data-sort=a` : html` data-sort`)}>${head}${unit && html`<small>${unit}</small>`}`
}

interface OfTable {
  readonly reasons: Reasons
  readonly sortable: boolean
  readonly isOfTexts: boolean
}

function bodyField<Row>(column: Column<Row>, row: Row, { reasons, sortable, isOfTexts }: OfTable): Html {
  const content = column.field(row)
  const missing = content instanceof Unknown
  const shown = missing ? html`–<sup>${reasons.letter(content.reason)}</sup>` : html`${content}`
  const value = sortable && !missing ? (column.sort?.(row) ?? null) : null
  const sort =
    value !== null &&
    !saysItself(shown, value) &&
    (typeof value === 'number' ? html` data-v=${Number(value.toPrecision(6))}` : html` data-v="${value}"`)
  if (column.names) return html`<th${sort}>${shown}`
  const isText = column.align === 'start' && !isOfTexts
  return html`<td${isText && html` class=t`}${sort}>${shown}`
}

/** Whether the page can sort by the text of the field itself: it is the same text, or the same number as far as it is shown. */
function saysItself({ text }: Html, value: number | string): boolean {
  const shown = sortValue(/^(?:<[^>]*>)*([^<]*)/.exec(text)?.[1] ?? '')
  if (typeof shown === 'string' || typeof value === 'string') return shown === value
  return Math.abs(shown - value) <= Math.abs(value) * 0.01
}

/** The reasons why figures of a table are missing, each named by a letter. */
class Reasons {
  readonly #letters = new Map<string, string>()

  letter(reason: string): string {
    const known = this.#letters.get(reason)
    if (known) return known
    const letter = nameOf(this.#letters.size)
    this.#letters.set(reason, letter)
    return letter
  }

  notes(): Html | null {
    if (this.#letters.size === 0) return null
    return html`<p class="notes">${[...this.#letters].map(([reason, letter]) => html`<span><sup>${letter}</sup> ${reason}</span> `)}</p>`
  }
}

/** The name of the reason at an index: 0 → a, 25 → z, 26 → aa. */
function nameOf(index: number): string {
  const letter = String.fromCharCode(97 + (index % 26))
  return index < 26 ? letter : nameOf(Math.floor(index / 26) - 1) + letter
}
