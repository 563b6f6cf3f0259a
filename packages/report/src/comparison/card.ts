/** The share card of a comparison, as SVG: how many figures changed between the first run and the second, and which changed most. */
import {
  type ComparedCell,
  type ComparedFigure,
  isToldApart,
  type Ratio,
  type RunComparison,
  type SettingDifference,
} from '@bakeoff/model'
import { cardOf, MARGIN, PAINT, ROOM, textAt } from '../card/drawing.js'
import { beginningOf, nameThatFits } from '../card/fit.js'
import { drawable, type Font } from '../card/font.js'
import { BOTTOM, flagPill, footAt, headingOf } from '../card/frame.js'
import { type Html, html } from '../html/html.js'
import { formatFactor, formatNumber, formatTime } from '../shared/format.js'
import { countedSays } from './words.js'

export function comparisonCard(comparison: RunComparison): string {
  const { runs, settings } = comparison
  const heading = headingOf(comparisonHeadline(comparison))
  const has = (what: SettingDifference['makes']) => settings.some(({ makes }) => makes === what)
  const flags = has('other-network')
    ? ['Other kinds of network']
    : has('other-work')
      ? ['Not the same work everywhere']
      : settings.length > 0
        ? ['More differs than the targets']
        : []
  const differs =
    settings.length === 0
      ? 'Same host, engine, caps and versions, as far as the results tell.'
      : `What else differs: ${settings.map(({ what }) => what).join(', ')}.`
  const measured = runs.map(({ name, results }) => `${name}: ${formatTime(results.run.startedAt)}`).join(' · ')
  return cardOf([
    flagPill(flags),
    heading.drawn,
    changesAt(changesOf(comparison), heading.bottom + 28),
    footAt(null, [differs, measured]),
  ])
}

/** The comparison of the second run with the first in a sentence. */
export function comparisonHeadline({ runs: [first, later], cells }: RunComparison): string {
  const found = cells.flatMap(({ figures }) => figures.flatMap(({ against }) => against[0] ?? []))
  return `${later?.name} against ${first?.name}: ${countedSays(found)}.`
}

interface Change {
  readonly cell: ComparedCell
  readonly figure: ComparedFigure
  readonly ratio: Ratio
}

/** What is told apart, the largest change first. */
function changesOf({ cells }: RunComparison): Change[] {
  const changes = cells.flatMap((cell) =>
    cell.figures.flatMap((figure) => {
      const [found] = figure.against
      return isToldApart(found) && found?.difference ? [{ cell, figure, ratio: found.difference.ratio }] : []
    }),
  )
  const size = ({ ratio }: Change) => Math.abs(Math.log(ratio.median))
  return changes.sort((a, b) => size(b) - size(a))
}

const NAME: Font = { size: 21, weight: 'semibold' }
const TEXT: Font = { size: 21, weight: 'regular' }
const ROW = 38
/** Where the columns begin: the cell, its figure, the factor, and both values. */
const COLUMNS = { cell: MARGIN, figure: 440, factor: 680, values: 790 } as const
const GAP = 20

/** The room of a text in a row, and its colour. */
interface Room {
  readonly x: number
  readonly end: number
  readonly fill: string
}

function changesAt(changes: readonly Change[], top: number): Html {
  const most = Math.floor((BOTTOM - top) / ROW)
  const shown = changes.slice(0, changes.length > most ? most - 1 : most)
  const left = changes.length - shown.length
  const yOf = (row: number) => top + ROW * row + 24
  return html`${shown.map((change, row) => changeAt(change, yOf(row)))}${
    left > 0 && textAt(`${left} more on the page.`, TEXT, { x: MARGIN, y: yOf(shown.length), fill: PAINT.faint })
  }`
}

function changeAt({ cell, figure, ratio }: Change, y: number): Html {
  const [was, is] = figure.estimates.map((estimate) => (estimate ? formatNumber(estimate.median) : '–'))
  const isBetter = ratio.median > 1 === (figure.better === 'higher')
  const name = nameThatFits(drawable(cell.id), COLUMNS.figure - COLUMNS.cell - GAP, NAME)
  const put = (says: string, font: Font, { x, end, fill }: Room) =>
    textAt(beginningOf(drawable(says), end - x, font), font, { x, y, fill })
  return html`${textAt(name, NAME, { x: COLUMNS.cell, y })}${put(figure.name, TEXT, {
    x: COLUMNS.figure,
    end: COLUMNS.factor - GAP,
    fill: PAINT.text,
  })}${put(formatFactor(ratio.median), NAME, {
    x: COLUMNS.factor,
    end: COLUMNS.values - GAP,
    fill: isBetter ? PAINT.good : PAINT.bad,
  })}${put(`${was} → ${is} ${figure.unit}`, TEXT, { x: COLUMNS.values, end: MARGIN + ROOM, fill: PAINT.soft })}`
}
