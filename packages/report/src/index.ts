/** results.json → pages. Draws, never computes. */

export { renderComparison } from './comparison/render.js'
export { comparisonLines } from './comparison/text.js'
export { renderCsv } from './csv.js'
export { type RenderOptions, renderHtml } from './render-html.js'
export { type RunListing, renderIndex } from './run-index.js'
export { renderSummary } from './summary.js'
