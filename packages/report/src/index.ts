/** Makes pages from results.json. It draws the figures of core, and computes none. */

export { renderComparison } from './comparison/render.js'
export { comparisonLines } from './comparison/text.js'
export { renderCsv } from './csv.js'
export { renderHistory } from './history/render.js'
export { historyLines } from './history/text.js'
export { renderCard, renderComparisonCard } from './render-card.js'
export { type RenderOptions, renderHtml } from './render-html.js'
export { type RunListing, renderIndex } from './run-index.js'
export { renderSummary } from './summary.js'
