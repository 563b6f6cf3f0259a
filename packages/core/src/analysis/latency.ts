import type { LatencyMs } from '@bakeoff/model'
import { type Distribution, histogramQuantile, median } from '../stats/index.js'

/** The percentiles that are shown, as fractions. */
export const percentiles = { p50: 0.5, p90: 0.9, p95: 0.95, p99: 0.99, p99_9: 0.999 } as const
export type PercentileName = keyof typeof percentiles

/** So many answers must lie beyond a percentile: p90 needs 100 answers, p95 200, p99 1,000 and p99.9 10,000. */
const BEYOND = 10

/** Whether n answers can carry the q-quantile. The median is shown from the first answer on. */
export function isSupported(q: number, n: number): boolean {
  // 10 ÷ (1 − 0.999) is 10,000.000000000009 in binary
  return n > 0 && (q <= 0.5 || n * (1 - q) >= BEYOND * (1 - 1e-9))
}

/** A percentile of one repetition in ms; null when its answers cannot carry it. */
export function percentileMs(distribution: Distribution, q: number): number | null {
  const value = isSupported(q, distribution.count) ? histogramQuantile(distribution, q) : null
  return value === null ? null : value / 1000
}

/**
 * Each percentile per repetition, then its median over repetitions and its range: percentiles are never averaged. One that
 * fewer than half of the repetitions can carry is null. The maximum is the highest of all.
 */
export function latencyOf(
  repetitions: readonly Distribution[],
): { latency: LatencyMs; range: Record<string, [number, number]> } | null {
  const filled = repetitions.filter(({ count }) => count > 0)
  if (filled.length === 0) return null
  const range: Record<string, [number, number]> = {}
  const over = (name: string, values: readonly (number | null)[]): number | null => {
    const known = values.filter((value) => value !== null)
    if (known.length === 0 || known.length < filled.length / 2) return null
    range[name] = [Math.min(...known), Math.max(...known)]
    return median(known)
  }
  const at = (name: PercentileName) =>
    over(
      name,
      filled.map((each) => percentileMs(each, percentiles[name])),
    )
  const maxima = filled.map(({ maxUs }) => (maxUs === null ? null : maxUs / 1000))
  over('max', maxima)
  return {
    latency: {
      p50: at('p50'),
      p90: at('p90'),
      p95: at('p95'),
      p99: at('p99'),
      p99_9: at('p99_9'),
      max: range['max']?.[1] ?? null,
      mean: over(
        'mean',
        filled.map(({ meanUs }) => (meanUs === null ? null : meanUs / 1000)),
      ),
    },
    range,
  }
}

/** The latency that counts: from the intended start where there is one, so that waiting for a busy server counts. */
export function latencyDistribution({
  responseTime,
  serviceTime,
}: {
  readonly responseTime: Distribution | null
  readonly serviceTime: Distribution
}): Distribution {
  return responseTime ?? serviceTime
}

/** Points for a chart whose axis is 1 ÷ (1 − p), even on a logarithmic scale: five to each further nine. */
const SPECTRUM = [0, 0.1, 0.25, 0.5, 0.75, ...Array.from({ length: 21 }, (_, step) => 1 - 10 ** -(1 + step / 5)), 1]

/** The percentile spectrum of all repetitions together; `supported` is false beyond what their number can carry. */
export function spectrumOf(merged: Distribution): { percentile: number; ms: number; supported: boolean }[] {
  if (merged.count === 0) return []
  const last = 1 - 1 / merged.count
  return SPECTRUM.filter((q) => q <= last || q === 1).map((q) => ({
    percentile: Number((q * 100).toFixed(5)),
    ms: round(histogramQuantile(merged, q)! / 1000),
    supported: isSupported(q, merged.count),
  }))
}

/** Four digits: a curve needs no more, and hundreds of them are sent around. */
export function round(value: number): number {
  return Number(value.toPrecision(4))
}
