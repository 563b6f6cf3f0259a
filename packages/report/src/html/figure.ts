import { heightOf } from '../shared/heights.js'
import { MOST_LINES } from '../shared/panels.js'
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
  /** of a chart with a line per target, how many it draws: many lines are drawn in panels, which take the whole width */
  readonly lines?: number
  readonly howTo: Content
  /** the numbers as a table; or where the table stands that has them, which several figures share: charts say so to a screen reader */
  readonly table: Html | 'below' | 'above'
  readonly wide?: boolean
  /** the chart as SVG, which is seen until the script has drawn it, and by readers without the script */
  readonly still?: Html | null
  /** why there is nothing to draw; the canvas is left out then, and the table stays */
  readonly nothing?: string | null
}

function how(text: Content): Html {
  return html`<details class="how"><summary>How to read</summary><p>${text}</p></details>`
}

const IN_PANELS =
  'Each line has a panel of its own, in which it is in colour and the others are grey; all panels have the same axes.'

/** The least characters of a legend that stands once per page where several tables have it. */
const LONG = 100

/**
 * A page whose explanations of charts, and long legends that several of its tables have, stand once at its end. Where they belong
 * stands which it is (`data-like`): the page's script writes a legend there, and an explanation where a reader asks for it.
 */
export function withExplanations({ text }: Html): Html {
  const legends: readonly string[] = text.match(/(?<=<p class="legend">).*?(?=<\/p>)/gs) ?? []
  const places = new Map<string, number>()
  const placeOf = (words: string) => {
    const place = places.get(words) ?? places.size
    places.set(words, place)
    return place
  }
  const content = text
    .replaceAll(
      /<details class="how"><summary>[^<]*<\/summary><p>(.*?)<\/p><\/details>/gs,
      (_, words) => `<p class=how data-like=${placeOf(words)}></p>`,
    )
    .replaceAll(/<p class="legend">(.*?)<\/p>/gs, (whole, words) =>
      words.length >= LONG && legends.indexOf(words) < legends.lastIndexOf(words)
        ? `<p class=legend data-like=${placeOf(words)}></p>`
        : whole,
    )
  if (places.size === 0) return trusted(text)
  return html`${trusted(content)}<aside class="hows" aria-label="How to read this page">${[...places.keys()].map((words) => html`<p>${trusted(words)}`)}</aside>`
}

/** A figure: a chart with its finding as the title, and its numbers as a table that is there without JavaScript. */
export function figure(of: Figure): Html {
  const isMany = (of.lines ?? 0) > MOST_LINES
  const height = heightOf(of.chart, of.rows ?? of.lines)
  const canvas = of.nothing
    ? html`<p class="none">${of.nothing}</p>`
    : html`<div class="plot">${of.still}<canvas width=1 height=${height} data-chart="${of.chart}"${of.of !== undefined && html` data-of="${of.of}"`}></canvas></div>`
  return html`<figure${(of.wide || isMany) && html` class="wide"`}>
    <figcaption><h3>${of.title}</h3><p class="condition">${of.condition.filter(Boolean).join(' · ')}</p></figcaption>
    ${canvas}
    ${how(isMany ? html`${of.howTo} ${IN_PANELS}` : of.howTo)}
    ${of.table instanceof Html && html`<details class="numbers"><summary>Numbers</summary>${of.table}</details>`}
  </figure>`
}
