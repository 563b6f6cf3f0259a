import { gzipSync } from 'node:zlib'
import type { Results } from '@bakeoff/model'
import { toBase91 } from '../shared/base91.js'
import { toColumns } from '../shared/columns.js'
import { slimResults } from '../shared/slim.js'
import { type Html, html, jsonForScript } from './html.js'

/** The most characters of results that are not packed: they stand in the page as they are, and any tool can read them there. */
const MOST_PLAIN = 128 * 1024

/**
 * The results inside the page, as JSON that cannot end its script element. Beyond `MOST_PLAIN` they are packed
 * by columns (`{"encoding":"columns-gzip-base91","data":"…"}`), so that a report of 200 cells can still be sent by mail.
 */
export function embedded(results: Results): Html {
  const slim = slimResults(results)
  const text = JSON.stringify(slim)
  const content = text.length <= MOST_PLAIN ? slim : { encoding: 'columns-gzip-base91', data: packed(slim) }
  return html`<script type="application/json" id="results">${jsonForScript(content)}</script>`
}

function packed(results: Results): string {
  const columns = toColumns(results as unknown as Parameters<typeof toColumns>[0])
  return toBase91(gzipSync(JSON.stringify(columns), { level: 9 }))
}
