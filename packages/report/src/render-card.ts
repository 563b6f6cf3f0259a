import type { Results, RunComparison } from '@bakeoff/model'
import { pngOf } from './card/png.js'
import { runCard } from './card/run-card.js'
import { comparisonCard } from './comparison/card.js'

/** The share card of a run, to lie beside its report, as a PNG of 1200 × 630; null where this machine cannot draw one. */
export function renderCard(results: Results): Uint8Array | null {
  return pngOf(runCard(results))
}

/** That of a comparison. */
export function renderComparisonCard(comparison: RunComparison): Uint8Array | null {
  return pngOf(comparisonCard(comparison))
}
