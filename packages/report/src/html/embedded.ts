import { gzipSync } from 'node:zlib'
import type { Results } from '@bakeoff/model'
import { slimResults } from '../shared/slim.js'
import { type Html, html, jsonForScript } from './html.js'

/** Up to this many characters the results stand in the page as they are, and any tool can read them there. */
const MOST_PLAIN = 256 * 1024

/**
 * The results inside the page, as JSON that cannot end its script element. Beyond `MOST_PLAIN` they are packed
 * (`{"encoding":"gzip-base64","data":"…"}`), so that a report of 200 cells can still be sent by mail.
 */
export function embedded(results: Results): Html {
  const slim = slimResults(results)
  const text = JSON.stringify(slim)
  const content =
    text.length <= MOST_PLAIN
      ? slim
      : { encoding: 'gzip-base64', data: gzipSync(text, { level: 9 }).toString('base64') }
  return html`<script type="application/json" id="results">${jsonForScript(content)}</script>`
}
