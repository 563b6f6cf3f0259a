import { type Content, type Html, html } from './html.js'

export interface Figure {
  /** which drawing of src/page/charts fills the canvas */
  readonly chart: string
  /** tells the drawing what to draw, e.g. which metric or which service */
  readonly of?: string
  /** place of the scenario in the run, and the load's id; the page shows the figures of the chosen ones */
  readonly scenario: number
  readonly load: string | null
  /** a sentence: what can be seen */
  readonly title: Content
  /** metric · unit · condition · n */
  readonly condition: readonly (string | null | false)[]
  /** how many rows the chart has; it sets the height */
  readonly rows?: number
  readonly howTo: Content
  readonly table: Html
  readonly wide?: boolean
  /** why there is nothing to draw; the canvas is left out then, and the table stays */
  readonly nothing?: string | null
}

/** A chart with its finding as the title, and its numbers as a table that is there without JavaScript. */
export function figure(of: Figure): Html {
  const height = of.rows === undefined ? '' : ` rows-${Math.min(24, Math.max(1, of.rows))}`
  const canvas = of.nothing
    ? html`<p class="none">${of.nothing}</p>`
    : html`<div class="plot${height}"><canvas data-chart="${of.chart}" data-of="${of.of ?? ''}" tabindex="0" role="img"></canvas></div>`
  return html`<figure${of.wide && html` class="wide"`} data-scenario="${of.scenario}"${of.load !== null && html` data-load="${of.load}"`}>
    <figcaption><h3>${of.title}</h3><p class="condition">${of.condition.filter(Boolean).join(' · ')}</p></figcaption>
    ${canvas}
    <details class="how"><summary>How to read</summary><p>${of.howTo}</p></details>
    <details class="numbers"><summary>Numbers</summary>${of.table}</details>
  </figure>`
}
