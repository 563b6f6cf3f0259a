import { decodeHistogram, histogramQuantile } from '@bakeoff/core'
import type { EncodedHistogram } from '@bakeoff/model'

/** Percentiles of a measured histogram, in ms. */
export function percentilesMs(encoded: EncodedHistogram | null): {
  p50: number
  p90: number
  p99: number
  max: number
} {
  if (encoded === null) throw new Error('no histogram')
  const distribution = decodeHistogram(encoded)
  const at = (q: number) => (histogramQuantile(distribution, q) ?? Number.NaN) / 1000
  return { p50: at(0.5), p90: at(0.9), p99: at(0.99), max: at(1) }
}
