/** The main chart of a scenario as SVG, for readers without the page's script: bars with their intervals, as the script draws them. */
import type { Cell } from '@bakeoff/model'
import { drawnFigure } from '../shared/figures.js'
import { lettersBy, type View } from '../shared/subjects.js'
import { hueOf } from '../styles/generated-style.js'
import { type Html, html } from './html.js'

/** The share of the width, in per cent, that the longest interval takes; the rest is for the number beyond it. */
const REACH = 78
const ROW = 44
const BAR = 14

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
  return html`<svg class="still" width="100%" height=${rows.length * ROW} role="img" aria-label="${figure.title} of each target, with its 95 % interval; the numbers are in the table above">${rows.map(
    ({ cell, value, low, high }, index) => {
      const subject = view.subjectOf(cell.entry)
      const [name, middle] = [index * ROW + 14, index * ROW + 20 + BAR / 2]
      const isHollow = cell.verdict?.status === 'invalid'
      const text = [figure.format(value), lettersBy(view, cell, id)].filter(Boolean).join('  ')
      return html`<g class="${hueOf(subject)}"><text y=${name}>${subject.label}</text><rect${isHollow && html` class="hollow"`} y=${middle - BAR / 2} width=${at(value)} height=${BAR} />${
        low !== null && high !== null && interval(at(low), at(high), middle)
      }<text class="value" x=${at(Math.max(value, high ?? 0))} dx=8 y=${middle + 5}>${text}</text></g>`
    },
  )}</svg>`
}

function interval(low: string, high: string, y: number): Html {
  const ends = [low, high].map((x) => html`<line x1=${x} x2=${x} y1=${y - 5} y2=${y + 5} />`)
  return html`<line x1=${low} x2=${high} y1=${y} y2=${y} />${ends}`
}
