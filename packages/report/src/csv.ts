import { type Cell, type Figure, figureOf, limitsWords, type Results, shownValue, visibleText } from '@bakeoff/model'
import { type View, viewOf } from './shared/subjects.js'

type Value = string | number | boolean | null | undefined

type Column = readonly [name: string, of: (cell: Cell) => Value]

/** The columns that are not figures: names, outcomes, counts. Each has a function for its value; an unknown value is an empty field. */
const COLUMNS: readonly (readonly [name: string, of: (cell: Cell, view: View) => Value])[] = [
  ['cell', ({ id }) => id],
  ['scenario', ({ scenario }) => scenario],
  ['target', ({ entry }, view) => view.subjectOf(entry).target],
  ['variant', ({ variant }) => variant],
  ['language', ({ language }) => language],
  ['role', ({ entry }, { entries }) => entries.get(entry)?.role ?? 'contender'],
  ['stand_in_for', ({ entry }, { entries }) => entries.get(entry)?.standIn?.for.join(' ')],
  ['load', ({ loadId }) => loadId],
  ['outcome', ({ outcome }) => outcome],
  ['outcome_reason', ({ outcomeReason }) => outcomeReason],
  ['verdict', ({ verdict }) => verdict?.status],
  ['causes', ({ verdict }) => verdict?.causes.map(({ cause }) => cause).join(' ')],
  ['limited_by', ({ verdict }) => verdict?.limitedBy],
  ['repetitions', ({ repetitions }) => repetitions],
  ['time_answered_share', ({ account }) => account?.answered],
  ['time_unanswered_share', ({ account }) => account?.unanswered],
  ['time_between_share', ({ account }) => account?.between],
  ['sent', ({ requests }) => requests?.sent],
  ['ok', ({ requests }) => requests?.ok],
  ['wrong', ({ requests }) => requests?.wrong],
  ['errors', ({ requests }) => requests?.errors],
  ['timeouts', ({ requests }) => requests?.timeouts],
  ['lost', ({ requests }) => requests?.lost],
  ['service_level', ({ serviceLevel }) => serviceLevel && limitsWords(serviceLevel.level)],
  ['service_level_kept', ({ serviceLevel }) => serviceLevel?.answer],
  ['service_level_reason', ({ serviceLevel }) => serviceLevel?.reason],
  ['service_level_windows_kept', ({ serviceLevel }) => serviceLevel?.windows.kept],
  ['service_level_windows_missed', ({ serviceLevel }) => serviceLevel?.windows.missed],
  ['service_level_cost_per_million', ({ serviceLevel }) => serviceLevel?.cost?.perMillion],
  ['second_instrument_per_s', (cell) => secondOf(cell)?.perSecond],
  ['second_instrument_difference', (cell) => secondOf(cell)?.difference],
]

/** The columns of a figure, named as in the legend; where targets are compared by it, also the bounds of its interval. */
function figureColumns(view: View, figure: Figure): readonly Column[] {
  const of = (cell: Cell) => figureOf(figure.of === 'start' ? view.entries.get(cell.entry) : cell, figure.id)
  const { id, column } = figure
  const plain: readonly Column[] = [
    [
      column,
      (cell) => {
        const found = of(cell)
        return found && shownValue(figure, found)
      },
    ],
  ]
  // Of a percentile, sometimes only the least that it can be is known.
  const least: readonly Column[] = id.endsWith('.p99')
    ? [[column.replace('_ms', '_at_least_ms'), (cell) => cell.atLeast[id]]]
    : []
  if (!figure.compared) return [...plain, ...least]
  const bound = (name: 'low' | 'high'): Column => [
    column.replace(/_(?=per_|ms|bytes)/, `_${name}_`),
    (cell) => of(cell)?.[name],
  ]
  return [...plain, bound('low'), bound('high'), ...least]
}

/** Renders one line per cell, RFC 4180, with CRLF and a head. Units stand in the names; the columns of services come last, with theirs. */
export function renderCsv(results: Results): string {
  const view = viewOf(results)
  const services = [...new Set(results.cells.flatMap((cell) => Object.keys(cell.services)))].sort()
  const columns: readonly Column[] = [
    ...COLUMNS.map(([name, of]) => [name, (cell: Cell) => of(cell, view)] as const),
    ...results.legend.figures.flatMap((figure) => figureColumns(view, figure)),
    ...services.flatMap((name) => [
      [`service_${name}_cores_used`, (cell: Cell) => cell.services[name]?.coresUsed] as const,
      [`service_${name}_cpu_share`, (cell: Cell) => cell.services[name]?.cpuShare] as const,
      [`service_${name}_memory_peak_bytes`, (cell: Cell) => cell.services[name]?.memoryPeakBytes] as const,
    ]),
  ]
  const lines = [
    columns.map(([name]) => csvField(name)),
    ...results.cells.map((cell) => columns.map(([, of]) => csvField(of(cell)))),
  ]
  return lines.map((line) => `${line.join(',')}\r\n`).join('')
}

function secondOf({ secondInstrument }: Cell) {
  return secondInstrument?.kind === 'measured' ? secondInstrument : null
}

/** A field of a line. A text that a spreadsheet would take for a formula gets a quote in front: names and logs come from outside. */
export function csvField(value: Value): string {
  if (value === null || value === undefined) return ''
  if (typeof value !== 'string') return String(value)
  const visible = visibleText(value.replace(/\r\n/g, '\n'))
  const text = /^[=+\-@\t]/.test(visible) ? `'${visible}` : visible
  return /[",\n]/.test(text) ? `"${text.split('"').join('""')}"` : text
}
