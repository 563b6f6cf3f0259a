import {
  type Decision,
  type DecisionColumn,
  decidesWords,
  formatNumber,
  legendOf,
  signsOf,
  visibleText,
} from '@bakeoff/model'
import type { Colours } from './paint.js'
import { padEnd, padStart, widthOf, wrap } from './width.js'

const GAP = 2

/**
 * The decision for a terminal: the table, who leads in each scenario, what would decide the rest, and how far to trust
 * it. No line is wider than `columns`, except a command to copy, which stays whole.
 */
export function decisionLines(decision: Decision, columns: number, colours: Colours): string[] {
  const { next, claims, trust } = decision
  const decides = decidesWords(decision)
  const table = tableLines(decision, columns, colours)
  return [
    ...table,
    ...(table.length > 0 ? [''] : []),
    ...standings(decision.columns, columns, colours),
    ...(next && decides ? ['', ...wrap(decides, columns), `  ${next.command}`] : []),
    ...(claims ? ['', ...wrap(claims, columns)] : []),
    ...(trust.length > 0 ? ['', ...trust.flatMap((says) => wrap(visibleText(says), columns, '  '))] : []),
  ]
}

/** One table for as many scenarios as fit side by side, then one for the next ones; empty when there is no figure. */
function tableLines({ rows, columns: all, provisional }: Decision, columns: number, colours: Colours): string[] {
  const shown = all.filter(({ figures }) => figures.some(({ value }) => value !== null))
  if (shown.length === 0) return []
  const names = rows.names.map(visibleText)
  const heads = padEnd('', Math.max(...names.map(widthOf)))
  const withNames = shown.map((column) => partOf(column, rows, rows.by === 'language'))
  const isRoomy = widthOf(heads) + sum(withNames.map(({ width }) => width + GAP)) <= columns
  const parts = isRoomy ? withNames : shown.map((column) => partOf(column, rows, false))
  const tables = beside(parts, columns - widthOf(heads))
  const legend = legendOf(shown.flatMap(({ figures }) => figures.flatMap(({ marks }) => marks)))
  return [
    ...wrap(title(rows.by, shown, provisional ?? null), columns).map(colours.bold),
    ...tables.flatMap((group) => [
      '',
      colours.dim(trimmed([heads, ...group.map(({ head, width }) => padStart(head, width))])),
      ...names.flatMap((name, row) => {
        const cells = group.map(({ cells: own }) => own[row] as Shown)
        if (cells.every(({ text }) => text.trim() === '')) return []
        const line = [
          padEnd(name, widthOf(heads)),
          ...cells.map(({ text, isFirst }) => (isFirst ? colours.green(text) : text)),
        ]
        return [line.join(' '.repeat(GAP)).trimEnd()]
      }),
    ]),
    ...(legend.length > 0 ? ['', ...wrapItems(legend, columns).map(colours.dim)] : []),
  ]
}

/** @param why why all scenarios are provisional, where one reason holds for them all: their own lines leave it out */
function title(by: Decision['rows']['by'], shown: readonly DecisionColumn[], why: string | null): string {
  const count = (of: string) => shown.filter(({ unit }) => unit === of).length
  const units = [...new Set(shown.map(({ unit }) => unit))].sort((a, b) => count(b) - count(a))
  const [most = 'answers/s'] = units
  const others = units.slice(1).map(
    (unit) =>
      `${shown
        .filter((column) => column.unit === unit)
        .map(({ scenario }) => scenario)
        .join(', ')} in ${unit}`,
  )
  const what = by === 'language' ? 'The best target of each language' : 'Each target'
  const isProvisional = why !== null || shown.every(({ standing }) => standing === 'provisional')
  const provisional = isProvisional ? `, provisional${why === null ? '' : ` (${why})`}` : ''
  return visibleText([`${what}${provisional}, in ${most}`, ...others].join('; '))
}

interface Shown {
  readonly text: string
  readonly isFirst: boolean
}

interface Part {
  readonly head: string
  readonly width: number
  /** one text for each row, all of the same width */
  readonly cells: readonly Shown[]
}

function partOf({ scenario, figures }: DecisionColumn, { names }: Decision['rows'], withNames: boolean): Part {
  const own = names.map((name) => figures.find(({ row }) => row === name))
  const texts = own.map((figure) => ({
    name: withNames && figure ? visibleText(figure.name) : '',
    value: figure?.value == null ? '' : formatNumber(figure.value),
    signs: figure ? signsOf(figure.marks) : '',
  }))
  const most = (pick: (text: (typeof texts)[number]) => string) =>
    Math.max(0, ...texts.map((text) => widthOf(pick(text))))
  const [nameWidth, valueWidth, signWidth] = [
    most(({ name }) => name),
    most(({ value }) => value),
    most(({ signs }) => signs),
  ]
  const head = visibleText(scenario)
  const figure = texts.map(({ name, value, signs }) =>
    [
      ...(nameWidth > 0 ? [padEnd(name, nameWidth)] : []),
      `${padStart(value, valueWidth)}${signWidth > 0 ? ` ${padEnd(signs, signWidth)}` : ''}`,
    ].join('  '),
  )
  const width = Math.max(widthOf(head), ...figure.map(widthOf))
  return {
    head,
    width,
    cells: figure.map((text, row) => ({
      text: padStart(text, width),
      isFirst: own[row]?.marks.includes('leads') ?? false,
    })),
  }
}

/** Groups of parts that fit; a part that does not fit by itself is a group of its own. */
function beside(parts: readonly Part[], columns: number): Part[][] {
  const groups: Part[][] = []
  let left = 0
  for (const part of parts) {
    const needed = part.width + GAP
    const group = groups.at(-1)
    if (group && needed <= left) group.push(part)
    else {
      groups.push([part])
      left = columns
    }
    left -= needed
  }
  return groups
}

/** Lines that say who leads in each scenario, with the names of the scenarios in their own column where there is room. */
function standings(all: readonly DecisionColumn[], columns: number, { bold }: Colours): string[] {
  const names = all.map(({ scenario }) => visibleText(scenario))
  const width = Math.max(0, ...names.map(widthOf)) + GAP
  return all.flatMap(({ says, standing }, index) => {
    const name = names[index] as string
    const paint = standing === 'leads' ? bold : String
    const text = visibleText(says.replace(/\s+/g, ' '))
    if (width * 4 > columns) return [`${name}:`, ...wrap(text, columns - GAP).map((line) => `  ${line}`)]
    const [first = '', ...more] = wrap(text, columns - width)
    return [padEnd(name, width) + paint(first), ...more.map((line) => ' '.repeat(width) + paint(line))]
  })
}

/** Lines with as many items as fit; only an item that is too long for a whole line is broken. */
function wrapItems(items: readonly string[], columns: number): string[] {
  const lines: string[] = []
  for (const item of items) {
    const joined = `${lines.at(-1)}   ${item}`
    if (lines.length > 0 && widthOf(joined) <= columns) lines[lines.length - 1] = joined
    else lines.push(...wrap(item, columns, '  '))
  }
  return lines
}

function trimmed(cells: readonly string[]): string {
  return cells.join(' '.repeat(GAP)).trimEnd()
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0)
}
