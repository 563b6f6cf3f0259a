/**
 * The main chart of a scenario as SVG: bars with their intervals. It is there as soon as the page is, until the page's script has
 * drawn the chart; readers without the script keep it.
 */
import type { Cell } from '@bakeoff/model'
import { drawnFigure } from '../shared/figures.js'
import { lettersBy, type View } from '../shared/subjects.js'
import { linearTicks } from '../shared/ticks.js'
import { hueOf } from '../styles/generated-style.js'
import { type Html, html } from './html.js'

/** The share of the width, in per cent, that the longest interval takes; the rest is for the number beyond it. */
const REACH = 78
/** As high as a row of the chart that the script draws: its axis takes no more room than that chart's. */
const ROW = 36
const BAR = 14
const AXIS = 24

/** The bars of a figure, a row per target; null where it is not known of any. Lengths are per cents: it is as wide as its page. */
export function stillBars(view: View, cells: readonly Cell[], id: string): Html | null {
  const figure = drawnFigure(view, id, cells[0]?.load)
  const rows = cells.flatMap((cell) => {
    const [estimate, value] = [figure.estimate(cell), figure.value(cell)]
    return estimate && value !== null ? [{ cell, value, low: estimate.low, high: estimate.high }] : []
  })
  if (rows.length === 0) return null
  const most = Math.max(...rows.map(({ value, high }) => Math.max(value, high ?? 0)), Number.MIN_VALUE)
  const at = (value: number) => `${Number(((Math.max(0, value) / most) * REACH).toFixed(2))}%`
  const bottom = rows.length * ROW + 4
  const ticks = linearTicks(most, 5)
  return html`<svg class="still" width="100%" height=${bottom + AXIS} role="img" aria-label="${figure.title} of each target, with its 95 % interval; the numbers are in the table above">${ticks.map(
    (value) =>
      html`<g class="tick"><line x1=${at(value)} x2=${at(value)} y1=0 y2=${bottom} /><text x=${at(value)} y=${bottom + 16}>${figure.format(value)}</text></g>`,
  )}${rows.map(({ cell, value, low, high }, index) => {
    const subject = view.subjectOf(cell.entry)
    const [name, middle] = [index * ROW + 12, index * ROW + 17 + BAR / 2]
    const isHollow = cell.verdict?.status === 'invalid'
    const text = [figure.format(value), lettersBy(view, cell, id)].filter(Boolean).join('  ')
    return html`<g class="${hueOf(subject)}"><text y=${name}>${subject.label}</text><rect${isHollow && html` class="hollow"`} y=${middle - BAR / 2} width=${at(value)} height=${BAR} />${
      low !== null && high !== null && interval(at(low), at(high), middle)
    }<text class="value" x=${at(Math.max(value, high ?? 0))} dx=8 y=${middle + 5}>${text}</text></g>`
  })}</svg>`
}

function interval(low: string, high: string, y: number): Html {
  const ends = [low, high].map((x) => html`<line x1=${x} x2=${x} y1=${y - 5} y2=${y + 5} />`)
  return html`<line x1=${low} x2=${high} y1=${y} y2=${y} />${ends}`
}
