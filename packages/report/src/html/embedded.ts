import { gzipSync } from 'node:zlib'
import type { Results } from '@bakeoff/model'
import { toBase91 } from '../shared/base91.js'
import { toColumns } from '../shared/columns.js'
import { type Packed, partedResults } from '../shared/parted.js'
import { slimResults } from '../shared/slim.js'
import { type Html, html, jsonForScript } from './html.js'

/** The most characters of results that are not packed: they stand in the page as they are, and any tool can read them there. */
export const MOST_PLAIN = 128 * 1024

/**
 * The results inside the page, as JSON that cannot end its script element. Beyond `MOST_PLAIN` they are packed
 * by columns (`{"encoding":"columns-gzip-base91","data":"…"}`), so that a report of 200 cells can still be sent by mail. Then the
 * cells of each scenario stand in an element of their own, and a page reads those of the scenario that it shows.
 */
export function embedded(results: Results): Html {
  const slim = slimResults(results)
  if (JSON.stringify(slim).length <= MOST_PLAIN)
    return html`<script type="application/json" id="results">${jsonForScript(slim)}</script>`
  const { run, ofScenarios } = partedResults(slim)
  return html`<script type="application/json" id="results">${jsonForScript(packed(run))}</script>${ofScenarios.map(
    (part, index) =>
      html`<script type="application/json" id="results-${index}">${jsonForScript(packed(part))}</script>`,
  )}`
}

function packed(value: unknown): Packed {
  const columns = toColumns(value as Parameters<typeof toColumns>[0])
  return { encoding: 'columns-gzip-base91', data: toBase91(gzipSync(JSON.stringify(columns), { level: 9 })) }
}
