/** The table of a card: the best of each row in each scenario, with a bar of its share of the best one. */
import {
  bestCompared,
  type Decision,
  type DecisionColumn,
  type DecisionFigure,
  type DecisionMark,
  isAnyBeyond,
  isAside,
  legendOf,
  sentenceCase,
  signsOf,
} from '@bakeoff/model'
import { type Html, html } from '../html/html.js'
import { wordsOf } from '../sections/decision.js'
import { formatNumber } from '../shared/format.js'
import type { View } from '../shared/subjects.js'
import { HUES, MARGIN, PAINT, ROOM, short, textAt } from './drawing.js'
import { beginningOf, linesOf, nameThatFits } from './fit.js'
import { drawable, type Font, widthOf } from './font.js'

const FONTS = {
  name: { size: 21, weight: 'semibold' },
  head: { size: 19, weight: 'semibold' },
  unit: { size: 15, weight: 'regular' },
  best: { size: 21, weight: 'semibold' },
  figure: { size: 21, weight: 'regular' },
  reason: { size: 16, weight: 'regular' },
  legend: { size: 16, weight: 'regular' },
} as const satisfies Readonly<Record<string, Font>>

const MOST_COLUMNS = 6
/** The most that names take, and what stands between columns. */
const NAMES = 220
const GAP = 24
/** The height of the heads, of a line of the legend, of what stands free above it, and the least and the most of a row. */
const HEAD = 50
const LEGEND = 21
const MOST_LEGEND = 2
const AIR = 8
const ROW = { least: 34, most: 54 }

/** @param place the y at which it begins, and the one that it does not reach */
export function answerTable(
  view: View,
  { rows, columns: all }: Decision,
  { top, bottom }: { readonly top: number; readonly bottom: number },
): Html {
  const known = all.filter(({ figures }) => figures.some(({ value }) => value !== null))
  const columns = known.slice(0, MOST_COLUMNS)
  const room = bottom - top - HEAD - MOST_LEGEND * LEGEND - AIR
  const names = rows.names.slice(0, Math.max(1, Math.floor(room / ROW.least)))
  const shownNames = names.map((name) => drawable(rows.by === 'language' ? sentenceCase(name) : name))
  const nameRoom = Math.min(NAMES, Math.max(...shownNames.map((name) => widthOf(name, FONTS.name)), 0))
  const left = MARGIN + nameRoom + GAP
  const step = (MARGIN + ROOM + GAP - left) / columns.length
  const height = Math.min(ROW.most, room / names.length)
  const yOf = (row: number) => top + HEAD + row * height + (height - ROW.least) / 2
  const legend = legendLines({
    by: rows.by,
    marks: columns.flatMap(({ figures }) => figures.filter(({ row }) => names.includes(row)).flatMap(marksOf)),
    isBroken: columns.some(isAnyBeyond),
    left: { rows: rows.names.length - names.length, columns: known.length - columns.length },
  })
  return html`${columns.map((column, index) => {
    const place = { x: left + index * step, room: step - GAP }
    return html`${headAt(column, top, place)}${names.map((row, line) => figureAt(view, column, row, { ...place, y: yOf(line) }))}`
  })}${shownNames.map((name, line) =>
    textAt(nameThatFits(name, nameRoom, FONTS.name), FONTS.name, { x: MARGIN, y: yOf(line) + 21 }),
  )}${legend.map((line, index) =>
    textAt(line, FONTS.legend, {
      x: MARGIN,
      y: bottom - 8 - (legend.length - 1 - index) * LEGEND,
      fill: PAINT.faint,
    }),
  )}`
}

const NO_BREAK = '\u00a0'

/** The marks that are shown as signs: of a figure that is not known a word says why. */
const marksOf = ({ value, marks }: DecisionFigure) => (value === null ? [] : marks)

interface Place {
  readonly x: number
  readonly room: number
}

function headAt({ scenario, unit }: DecisionColumn, top: number, { x, room }: Place): Html {
  const head = nameThatFits(drawable(scenario), room, FONTS.head)
  return html`${textAt(head, FONTS.head, { x, y: top + 19 })}${textAt(beginningOf(unit, room, FONTS.unit), FONTS.unit, { x, y: top + 38, fill: PAINT.faint })}`
}

function figureAt(view: View, { figures }: DecisionColumn, row: string, { x, room, y }: Place & { y: number }): Html {
  const figure = figures.find((each) => each.row === row)
  if (!figure) return html``
  const { value, marks } = figure
  if (value === null) {
    const reason = beginningOf(wordsOf(marks).join(', ') || '–', room, FONTS.reason)
    return textAt(reason, FONTS.reason, { x, y: y + 21, fill: PAINT.faint })
  }
  const share = value / (bestCompared(figures) || Number.MIN_VALUE)
  const font = marks.includes('leads') || marks.includes('level') ? FONTS.best : FONTS.figure
  const says = beginningOf([formatNumber(value), signsOf(marks)].filter(Boolean).join(' '), room, font)
  const hue = HUES[view.subjectOf(figure.entry).colour] ?? PAINT.faint
  const width = short(Math.max(2, Math.min(1, share) * room))
  const bar = isAside(figure)
    ? html`<rect x="${short(x + 0.5)}" y="${short(y + 27.5)}" width="${Math.max(1, width - 1)}" height="5" fill="none" stroke="${hue}" />${share > 1 && html`<rect x="${short(x + room - 12)}" y="${short(y + 26)}" width="4" height="8" fill="${PAINT.surface}" />`}`
    : html`<rect x="${short(x)}" y="${short(y + 27)}" width="${width}" height="6" fill="${hue}" />`
  return html`${textAt(says, font, { x, y: y + 21 })}${bar}`
}

interface Legend {
  readonly by: Decision['rows']['by']
  readonly marks: readonly DecisionMark[]
  /** whether a bar is broken, because it would be longer */
  readonly isBroken: boolean
  /** how many rows and columns have no room */
  readonly left: { readonly rows: number; readonly columns: number }
}

/** What the table shows and what its signs mean, in as many lines as there is room for. */
function legendLines({ by, marks, isBroken, left }: Legend): string[] {
  const one = by === 'language' ? 'language' : 'target'
  const more = (count: number, of: string) => (count > 0 ? [`${count} more ${of}${count === 1 ? '' : 's'}`] : [])
  const rest = [...more(left.rows, one), ...more(left.columns, 'scenario')].join(' and ')
  const items = [
    by === 'language' ? 'The best of each language; higher is better.' : 'Higher is better.',
    ...(rest ? [`${rest} in the report.`] : []),
    ...(isBroken ? ['A broken bar would be longer.'] : []),
    ...legendOf(marks),
  ]
  // Lines break between items alone.
  const whole = items.map((item) => item.replaceAll(' ', NO_BREAK)).join(`${NO_BREAK}${NO_BREAK} `)
  return linesOf(whole, ROOM, FONTS.legend).slice(0, MOST_LEGEND)
}
