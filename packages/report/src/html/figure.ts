import { heightOf } from '../shared/heights.js'
import { type Content, Html, html, trusted } from './html.js'

export interface Figure {
  /** which drawing of src/client/charts fills the canvas */
  readonly chart: string
  /** tells the drawing what to draw, e.g. which metric or which service */
  readonly of?: string
  /** a sentence that says what can be seen */
  readonly title: Content
  /** metric · unit · condition · n */
  readonly condition: readonly (string | null | false)[]
  /** of a chart with a row per target, how many targets it draws; it sets the height */
  readonly rows?: number
  readonly howTo: Content
  /** the numbers as a table; or where the table stands that has them, which several figures share */
  readonly table: Html | 'below' | 'above'
  readonly wide?: boolean
  /** the chart as SVG, for readers without the page's script */
  readonly still?: Html | null
  /** why there is nothing to draw; the canvas is left out then, and the table stays */
  readonly nothing?: string | null
}

function how(text: Content): Html {
  return html`<details class="how"><summary>How to read</summary><p>${text}</p></details>`
}

/**
 * Folds equal explanations, which stand under a chart for each scenario and load. The file has each of them once per
 * page; the others refer to it (`data-like`), and the page's script writes them out.
 */
export function foldExplanations({ text }: Html): Html {
  const seen = new Map<string, number>()
  return trusted(
    text.replace(/(<details class="how">)(<summary>[^<]*<\/summary>)(.*?)<\/details>/g, (whole, _, summary, words) => {
      const place = seen.get(words)
      if (place === undefined) {
        seen.set(words, seen.size)
        return whole
      }
      return `<details class="how" data-like=${place}>${summary}</details>`
    }),
  )
}

/** A figure: a chart with its finding as the title, and its numbers as a table that is there without JavaScript. */
export function figure(of: Figure): Html {
  const height = heightOf(of.chart, of.rows)
  const canvas = of.nothing
    ? html`<p class="none">${of.nothing}</p>`
    : html`<div class="plot"><canvas width=1 height=${height} data-chart="${of.chart}"${of.of !== undefined && html` data-of="${of.of}"`}></canvas></div>`
  return html`<figure${of.wide && html` class="wide"`}>
    <figcaption><h3>${of.title}</h3><p class="condition">${of.condition.filter(Boolean).join(' · ')}</p></figcaption>
    ${canvas}${of.still}
    ${how(of.howTo)}
    ${of.table instanceof Html ? html`<details class="numbers"><summary>Numbers</summary>${of.table}</details>` : html`<p class="numbers">The numbers are in the table ${of.table}.</p>`}
  </figure>`
}
