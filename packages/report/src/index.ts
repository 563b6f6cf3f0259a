/** results.json → pages. Draws, never computes. */

export { renderCsv } from './csv.js'
export { type RenderOptions, renderHtml } from './render-html.js'
export { renderSummary } from './summary.js'
