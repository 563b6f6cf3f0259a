/** The menu of a figure: its link, its picture and its numbers, to be sent to others. The page's script adds it: it costs the file nothing. */
import { csvField } from '../csv.js'
import { md, mdTable } from '../markdown.js'
import { save } from './save.js'

export interface Sharing {
  /** the address of the page as it is, with a figure in it */
  readonly linkOf: (figure: string) => string
  readonly pictureOf: (canvas: HTMLCanvasElement) => Promise<Blob | null>
  /** reads out what was done */
  readonly say: (text: string) => void
}

export function addShareMenus(canvases: readonly HTMLCanvasElement[], sharing: Sharing): void {
  for (const canvas of canvases) {
    const figure = canvas.closest('figure')
    if (!figure) continue
    const menu = make('details', { className: 'share' })
    menu.append(make('summary', { textContent: 'Share' }))
    // A report has hundreds of figures: what is in a menu is made when it is opened.
    menu.addEventListener('toggle', () => menu.append(itemsOf(figure, canvas, sharing)), { once: true })
    menu.addEventListener('keydown', ({ key }) => {
      if (key === 'Escape') menu.open = false
    })
    figure.append(menu)
  }
}

/** The figure of a name in an address that is in sight. */
export function figureNamed(root: Document, name: string): Element | null {
  const canvases = [...root.querySelectorAll<HTMLCanvasElement>('canvas[data-chart]')]
  return (
    canvases.find((canvas) => figureName(canvas) === name && !canvas.closest('[hidden]'))?.closest('figure') ?? null
  )
}

/** A figure and how far below the top of the window it is, in CSS pixels. */
export interface SeenFigure {
  readonly name: string
  readonly top: number
}

/** The first figure in sight of a page that was scrolled to it; null where there is none. */
export function figureInSight(root: Document): SeenFigure | null {
  if (scrollY === 0) return null
  for (const canvas of root.querySelectorAll<HTMLCanvasElement>('canvas[data-chart]')) {
    const { top = 0, bottom = 0 } = canvas.closest('figure')?.getBoundingClientRect() ?? {}
    // Half of the window below the bar: a figure whose end alone is in sight is not what a reader looks at.
    if (bottom > innerHeight / 2 && top < innerHeight / 2) return { name: figureName(canvas), top }
  }
  return null
}

/** The name of a figure, which no other has in its part of the page: `bars.throughput`. */
function figureName({ dataset: { chart, of } }: HTMLCanvasElement): string {
  return [chart, of].filter(Boolean).join('.')
}

function itemsOf(figure: HTMLElement, canvas: HTMLCanvasElement, { linkOf, pictureOf, say }: Sharing): HTMLElement {
  const name = figureName(canvas)
  const list = make('div', {})
  const item = (text: string, act: () => void | Promise<void>) => {
    const button = make('button', { type: 'button', textContent: text })
    button.addEventListener('click', () => void act())
    list.append(button)
  }
  item('Copy link', async () =>
    say((await copied(linkOf(name))) ? 'The link was copied' : 'The link could not be copied'),
  )
  item('PNG', async () => {
    const picture = await pictureOf(canvas)
    if (picture) save(figure.ownerDocument, `${name}.png`, picture)
  })
  const table = numbersOf(figure)
  if (table) {
    item('CSV', () => save(figure.ownerDocument, `${name}.csv`, text('text/csv', csvOf(table))))
    item('Markdown', () => save(figure.ownerDocument, `${name}.md`, text('text/markdown', markdownOf(table))))
  }
  return list
}

/** The table with the numbers of a figure: its own or, where several figures share one, the table beside them. */
function numbersOf(figure: HTMLElement): HTMLTableElement | null {
  const own = figure.querySelector('table')
  return (
    own ??
    figure.closest('.figures')?.parentElement?.querySelector(':scope > .block table, :scope > .scroll table') ??
    null
  )
}

function csvOf(table: HTMLTableElement): string {
  return `${rowsOf(table)
    .map((row) => row.map(csvField).join(','))
    .join('\r\n')}\r\n`
}

function markdownOf(table: HTMLTableElement): string {
  const [heads = [], ...rows] = rowsOf(table).map((row) => row.map(md))
  return `${mdTable(heads, rows)}\n`
}

/** The rows in sight as text, the heads first; what stands small below a figure follows it in brackets. */
function rowsOf(table: HTMLTableElement): string[][] {
  const heads = table.querySelector('thead tr:last-child')
  const rows = [...(table.tBodies[0]?.rows ?? [])].filter(({ hidden }) => !hidden)
  return [...(heads ? [heads] : []), ...rows].map((row) => [...row.children].map(cellText))
}

function cellText(cell: Element): string {
  const copy = cell.cloneNode(true) as Element
  for (const mark of copy.querySelectorAll('sup')) mark.remove()
  const small = [...copy.querySelectorAll('small')].map((part) => {
    part.remove()
    return part.textContent?.trim()
  })
  const beside = small.filter(Boolean).join(', ')
  return [copy.textContent?.trim(), beside && `(${beside})`].filter(Boolean).join(' ')
}

function text(type: string, content: string): Blob {
  return new Blob([content], { type: `${type};charset=utf-8` })
}

async function copied(link: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(link)
    return true
  } catch {
    return false // no permission, or no clipboard for this page
  }
}

function make<Tag extends 'details' | 'summary' | 'div' | 'button'>(
  tag: Tag,
  properties: Partial<HTMLElementTagNameMap[Tag]>,
): HTMLElementTagNameMap[Tag] {
  return Object.assign(document.createElement(tag), properties)
}
