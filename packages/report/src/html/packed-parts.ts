import { gzipSync } from 'node:zlib'
import { toBase91 } from '../shared/base91.js'
import { MOST_PLAIN } from './embedded.js'
import { folded } from './folded.js'
import { type Content, Html, html, trusted } from './html.js'

/**
 * Content as `folded` gives it, of a load by which its scenario is not ranked: the one kind of content that is packed where a report
 * is large, since a scenario has one load that ranks it and up to seven others.
 *
 * @param scenario its place in the run
 */
export function packable(scenario: number, content: Content): Html {
  return new Html(folded(content).text.replace('<noscript>', `<noscript data-packable=${scenario}>`))
}

export interface PackedParts {
  /** the pages, with empty folds where parts were taken out */
  readonly pages: Html
  /** the parts of each scenario in a script element of their own, in the order of the pages; null: none were taken out */
  readonly parts: Html | null
}

/**
 * Takes what can be packed out of the pages where it is long: gzipped, as text, it takes an eighth of its room. The page's script puts it
 * back when the scenario is first shown under another load (`client/packed-parts.ts`). Without scripts it is missing, and the page says so.
 */
export function packedParts({ text }: Html): PackedParts {
  const found = [...text.matchAll(PACKABLE)]
  const length = found.reduce((sum, [whole]) => sum + whole.length, 0)
  if (length <= MOST_PLAIN) return { pages: new Html(text.replaceAll(MARK, '<noscript>')), parts: null }
  const scenarios = new Set(found.map(([, scenario]) => scenario))
  const of = (scenario: string | undefined) => found.flatMap((one) => (one[1] === scenario ? (one[2] ?? '') : []))
  return {
    pages: new Html(text.replaceAll(PACKABLE, '<noscript data-packed=$1></noscript>')),
    parts: html`${[...scenarios].map(
      (scenario) =>
        html`<script type="application/octet-stream" id="parts-${scenario}">${packed(of(scenario))}</script>`,
    )}`,
  }
}

const MARK = /<noscript data-packable=\d+>/g
const PACKABLE = /<noscript data-packable=(\d+)>(.*?)<\/noscript>/gs

function packed(parts: readonly string[]): Html {
  return trusted(toBase91(gzipSync(JSON.stringify(parts), { level: 9 })))
}
