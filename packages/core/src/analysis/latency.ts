import type { LatencyMs } from '@bakeoff/model'
import {
  type Distribution,
  excursionsAbove,
  histogramQuantile,
  intervalOverRepetitions,
  median,
  type PercentileSupport,
  quantileInterval,
  supportOf,
} from '../stats/index.js'
import type { Repetition } from './view.js'

/** The percentiles that are shown, as fractions. */
export const percentiles = { p50: 0.5, p90: 0.9, p95: 0.95, p99: 0.99, p99_9: 0.999 } as const
export type PercentileName = keyof typeof percentiles

/** The times of one window, and how well they are known. */
export interface Times {
  readonly distribution: Distribution
  /** of them, how many are only known to be at least as long: timeouts, in flight, never sent */
  readonly censored: number
  /** slowest time that ended in each 10 ms; null: not kept */
  readonly peaks: readonly (readonly [number, number])[] | null
}

/** Times of which nothing more is known than their distribution. */
export function plainTimes(distribution: Distribution): Times {
  return { distribution, censored: 0, peaks: null }
}

/** The latency that counts: from the intended start where there is one, so that waiting for a busy server counts. */
export function timesOf(repetition: Pick<Repetition, 'responseTime' | 'serviceTime' | 'record'>): Times {
  const { window } = repetition.record.measurement
  return {
    distribution: latencyDistribution(repetition),
    censored: window?.censored ?? 0,
    peaks: window?.peaks ?? null,
  }
}

/** A percentile of one repetition: its value in ms, and how it may be shown. */
export function percentileOf(
  { distribution, censored, peaks }: Times,
  q: number,
): { readonly ms: number | null; readonly support: PercentileSupport } {
  const us = histogramQuantile(distribution, q)
  if (us === null) return { ms: null, support: 'unsupported' }
  const excursions = peaks === null ? null : excursionsAbove(peaks, us)
  return { ms: us / 1000, support: supportOf(q, { count: distribution.count, censored, excursions }) }
}

/** A percentile of one repetition in ms; null when its answers cannot carry it. */
export function percentileMs(times: Times, q: number): number | null {
  const { ms, support } = percentileOf(times, q)
  return support === 'shown' ? ms : null
}

/** Latencies of a cell over its repetitions. */
export interface CellLatency {
  readonly latency: LatencyMs
  /** per figure the lowest and highest repetition */
  readonly range: Record<string, [number, number]>
  /** 95 %, per percentile: over repetitions, or within the only one */
  readonly interval: Record<string, [number, number]>
  /** percentiles that too many requests without an end keep from being known: they are at least so long */
  readonly atLeast: Record<string, number>
}

/**
 * Each percentile per repetition, then its median over repetitions and its range: percentiles are never averaged. One that
 * fewer than half of the repetitions can carry is null. The maximum is the highest of all.
 */
export function latencyOf(repetitions: readonly Times[]): CellLatency | null {
  const filled = repetitions.filter(({ distribution }) => distribution.count > 0)
  if (filled.length === 0) return null
  const range: CellLatency['range'] = {}
  const interval: CellLatency['interval'] = {}
  const atLeast: CellLatency['atLeast'] = {}
  const over = (name: string, values: readonly (number | null)[]): number | null => {
    const known = values.filter((value) => value !== null)
    if (known.length === 0 || known.length < filled.length / 2) return null
    range[name] = [Math.min(...known), Math.max(...known)]
    return median(known)
  }
  const at = (name: PercentileName) => {
    const q = percentiles[name]
    const found = filled.map((times) => percentileOf(times, q))
    const shown = over(
      name,
      found.map(({ ms, support }) => (support === 'shown' ? ms : null)),
    )
    if (shown === null) {
      const least = found.flatMap(({ ms, support }) => (support === 'at-least' && ms !== null ? [ms] : []))
      if (least.length > 0) atLeast[name] = Math.max(...least)
      return null
    }
    const bounds = intervalOf(
      filled.filter((_, index) => found[index]?.support === 'shown'),
      q,
    )
    if (bounds) interval[name] = bounds
    return shown
  }
  over(
    'max',
    filled.map(({ distribution: { maxUs } }) => (maxUs === null ? null : maxUs / 1000)),
  )
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
        filled.map(({ distribution: { meanUs } }) => (meanUs === null ? null : meanUs / 1000)),
      ),
    },
    range,
    interval,
    atLeast,
  }
}

/** Repetitions tell more of what varies than one window can; of a single one its own ranks are all there is. */
function intervalOf(repetitions: readonly Times[], q: number): [number, number] | null {
  if (repetitions.length >= 2) {
    const values = repetitions.map(({ distribution }) => histogramQuantile(distribution, q)! / 1000)
    const bounds = intervalOverRepetitions(values)
    return bounds && [bounds.low, bounds.high]
  }
  const [only] = repetitions
  if (!only) return null
  const us = histogramQuantile(only.distribution, q)!
  const clusters = only.peaks === null || q < percentiles.p99_9 ? {} : { clusters: excursionsAbove(only.peaks, us) }
  const bounds = quantileInterval(only.distribution, q, clusters)
  return bounds && [bounds.lowUs / 1000, bounds.highUs / 1000]
}

/** From the intended start where there is one. */
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
export function spectrumOf(
  merged: Distribution,
  censored = 0,
): { percentile: number; ms: number; supported: boolean }[] {
  if (merged.count === 0) return []
  const last = 1 - 1 / merged.count
  return SPECTRUM.filter((q) => q <= last || q === 1).map((q) => ({
    percentile: Number((q * 100).toFixed(5)),
    ms: round(histogramQuantile(merged, q)! / 1000),
    supported: q < 1 && supportOf(q, { count: merged.count, censored, excursions: null }) === 'shown',
  }))
}

/** Four digits: a curve needs no more, and hundreds of them are sent around. */
export function round(value: number): number {
  return Number(value.toPrecision(4))
}
