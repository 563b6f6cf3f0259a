import type { HistoryChange, HistoryFigure, HistoryPoint, HistoryRun } from '@bakeoff/model'
import { type Html, html } from '../html/html.js'
import { formatFactor, formatNumber, formatTime } from '../shared/format.js'
import { pointText, runName } from './words.js'

const SIZE = { width: 380, height: 132 } as const
/** The part that is drawn on; left of it stand values, below it days. */
const PLOT = { left: 58, right: 372, top: 16, bottom: 108 } as const

interface Scale {
  readonly low: number
  readonly high: number
  /** the place of a run, by its index */
  readonly x: (index: number) => number
  readonly y: (value: number) => number
}

/** A figure over runs as a line with the interval of each run, and a mark where a level begins. It needs no script. */
export function courseChart(name: string, figure: HistoryFigure, runs: readonly HistoryRun[]): Html {
  const { points, changes, unit } = figure
  const scale = scaleOf(points)
  if (scale === null) return html`<p class="none">No run has it.</p>`
  return html`<svg class="course" viewBox="0 0 ${SIZE.width} ${SIZE.height}" role="img" aria-label="${name}, ${figure.name} in ${unit}, run by run; the numbers are in the table">
    <path class="grid" d="M${PLOT.left} ${PLOT.top}H${PLOT.right}M${PLOT.left} ${PLOT.bottom}H${PLOT.right}"/>
    <text class="value" x="${PLOT.left - 6}" y="${PLOT.top + 4}">${formatNumber(scale.high)}</text><text class="value" x="${PLOT.left - 6}" y="${PLOT.bottom + 4}">${formatNumber(scale.low)}</text>
    ${days(runs, scale)}${changes.map((change) => changeMark(change, scale))}
    <path class="whiskers" d="${whiskers(points, scale)}"/><path class="line" d="${line(points, scale)}"/>${points.map((point, index) => dot(point, runs[index]!, { x: scale.x(index), scale }))}</svg>`
}

/** Null where there is nothing to draw. The scale does not begin at 0: a change of a few per cent must be seen. */
function scaleOf(points: readonly HistoryPoint[]): Scale | null {
  const values = points.flatMap(({ value, low, high }) => [value, low, high]).filter((each) => each !== null)
  if (values.length === 0) return null
  const [least, most] = [Math.min(...values), Math.max(...values)]
  const room = most > least ? (most - least) * 0.06 : Math.abs(most) * 0.05 || 1
  const low = Math.max(least >= 0 ? 0 : Number.NEGATIVE_INFINITY, least - room)
  const high = most + room
  const step = (PLOT.right - PLOT.left) / points.length
  return {
    low,
    high,
    x: (index) => rounded(PLOT.left + (index + 0.5) * step),
    y: (value) => rounded(PLOT.bottom - ((value - low) / (high - low)) * (PLOT.bottom - PLOT.top)),
  }
}

function rounded(place: number): number {
  return Number(place.toFixed(1))
}

/** The days of the first and the last run. */
function days(runs: readonly HistoryRun[], { x }: Scale): Html {
  const day = (run: HistoryRun | undefined) => formatTime(run?.startedAt ?? '').slice(0, 10)
  const y = SIZE.height - 8
  if (runs.length < 2) return html`<text class="day middle" x="${x(0)}" y="${y}">${day(runs[0])}</text>`
  return html`<text class="day" x="${PLOT.left}" y="${y}">${day(runs[0])}</text><text class="day end" x="${PLOT.right}" y="${y}">${day(runs.at(-1))}</text>`
}

function changeMark({ at, after, ratio, isBetter }: HistoryChange, { x }: Scale): Html {
  const place = rounded((x(at) + x(after)) / 2)
  const isLate = place > (PLOT.left + PLOT.right) / 2
  return html`<g class="change ${isBetter ? 'good' : 'bad'}"><path d="M${place} ${PLOT.top - 12}V${PLOT.bottom}"/><text${isLate && html` class="end"`} x="${isLate ? place - 4 : place + 4}" y="${PLOT.top - 4}">${formatFactor(ratio.median)} ${isBetter ? 'better' : 'worse'}</text></g>`
}

function whiskers(points: readonly HistoryPoint[], { x, y }: Scale): string {
  return points
    .map(({ low, high }, index) => (low === null || high === null ? '' : `M${x(index)} ${y(low)}V${y(high)}`))
    .join('')
}

/** The line through the runs that have a value; it is broken where one has none. */
function line(points: readonly HistoryPoint[], { x, y }: Scale): string {
  return points
    .map(({ value }, index) => {
      if (value === null) return ''
      const isBegun = index > 0 && points[index - 1]!.value !== null
      return `${isBegun ? 'L' : 'M'}${x(index)} ${y(value)}`
    })
    .join('')
}

function dot(
  point: HistoryPoint,
  run: HistoryRun,
  { x, scale }: { readonly x: number; readonly scale: Scale },
): Html | null {
  if (point.value === null) return null
  const counts = point.whyNot === null
  return html`<circle${!counts && html` class="hollow"`} cx="${x}" cy="${scale.y(point.value)}" r="3"><title>${runName(run)}, ${formatTime(run.startedAt)}: ${pointText(point)}</title></circle>`
}
