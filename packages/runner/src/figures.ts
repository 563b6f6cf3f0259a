import { decodeHistogram, histogramQuantile } from '@bakeoff/core'
import type { LoadRecord } from '@bakeoff/model'

/** p99 of the response time of an open load, of the service time of any other; null without an answer. */
export function p99MsOf({ measurement }: Pick<LoadRecord, 'measurement'>): number | null {
  const p99Us = histogramQuantile(decodeHistogram(measurement.responseTime ?? measurement.serviceTime), 0.99)
  return p99Us === null ? null : p99Us / 1000
}
