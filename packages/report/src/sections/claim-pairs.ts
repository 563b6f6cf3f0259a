/** Published and measured ratios as pairs on a logarithmic axis, as SVG: they are there without the page's script, and on paper. */
import type { ClaimResult } from '@bakeoff/model'
import { type Html, html } from '../html/html.js'

/** The axis of pairs, from one power of ten to another. */
export interface Span {
  readonly low: number
  readonly high: number
}

type Pair = Pick<ClaimResult['comparisons'][number], 'published' | 'measured'>

/** The axis that holds all pairs with their intervals, and 1; null where there is none. */
export function pairAxis(pairs: readonly Pair[]): Span | null {
  const values = pairs
    .flatMap(({ published, measured }) => [published, measured?.median, measured?.low, measured?.high])
    .filter((value): value is number => typeof value === 'number' && value > 0)
  if (values.length === 0) return null
  const power = (value: number, round: (power: number) => number) => 10 ** round(Number(Math.log10(value).toFixed(9)))
  return { low: power(Math.min(1, ...values), Math.floor), high: power(Math.max(10, ...values), Math.ceil) }
}

const HEIGHT = 20

/** A pair: a ring where the ratio was published, and a dot with its interval where it was measured. The table has the numbers. */
export function pairOf({ published, measured }: Pair, span: Span): Html {
  const at = (value: number) => `${placeOf(value, span)}%`
  const middle = HEIGHT / 2
  const powers = Math.round(Math.log10(span.high / span.low))
  const lines = Array.from({ length: powers + 1 }, (_, index) => span.low * 10 ** index)
  return html`<svg class="pair" width="100%" height=${HEIGHT} aria-hidden=true>${lines.map((value) => html`<line class="${Math.abs(value - 1) < 1e-9 ? 'one' : 'ten'}" x1=${at(value)} x2=${at(value)} y1=0 y2=${HEIGHT} />`)}${
    measured !== null &&
    html`<line class="between" x1=${at(published)} x2=${at(measured.median)} y1=${middle} y2=${middle} />${measured.low !== null && measured.high !== null && html`<line class="interval" x1=${at(measured.low)} x2=${at(measured.high)} y1=${middle} y2=${middle} />`}<circle cx=${at(measured.median)} cy=${middle} r=4.5 />`
  }<circle class="ring" cx=${at(published)} cy=${middle} r=4.5 /></svg>`
}

/** Where a ratio stands, in per cent of the width; a margin on both sides holds the marks at the ends. */
function placeOf(value: number, { low, high }: Span): number {
  const share = Math.log(Math.max(value, low) / low) / Math.log(high / low)
  return Number((4 + 92 * Math.min(1, share)).toFixed(2))
}
