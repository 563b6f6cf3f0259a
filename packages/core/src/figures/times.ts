import type { LatencyMs } from '@bakeoff/model'
import type { Repetition } from '../observe/view.js'
import {
  type Distribution,
  excursionsAbove,
  histogramQuantile,
  intervalOverRepetitions,
  type PercentileSupport,
  quantileInterval,
  supportOf,
} from '../stats/index.js'
import type { Over } from './define.js'
import { estimateWithin, type Interval } from './estimate.js'

/** The percentiles that are shown, as fractions. */
export const percentiles = { p50: 0.5, p90: 0.9, p95: 0.95, p99: 0.99, p99_9: 0.999 } as const
export type PercentileName = keyof typeof percentiles

/** The times of one window, and how well they are known. */
export interface Times {
  readonly distribution: Distribution
  /** how many of them are only known to be at least as long: timeouts, in flight, never sent */
  readonly censored: number
  /** the slowest time that ended in each 10 ms; null when not kept */
  readonly peaks: readonly (readonly [number, number])[] | null
}

/** Times of which only the distribution is known. */
export function plainTimes(distribution: Distribution): Times {
  return { distribution, censored: 0, peaks: null }
}

type TimesOfRepetition = Pick<Repetition, 'responseTime' | 'serviceTime' | 'record'>

/** From sending a request to its answer. Requests that never ended count where no other time is kept: under an open load their waiting does. */
export function serviceTimes({ serviceTime, responseTime, record }: TimesOfRepetition): Times {
  return responseTime === null ? withUnended(serviceTime, record) : plainTimes(serviceTime)
}

/** From the moment at which a request was due, so that waiting for a busy server counts; null where nothing is due: closed loads. */
export function responseTimes({ responseTime, record }: TimesOfRepetition): Times | null {
  return responseTime === null ? null : withUnended(responseTime, record)
}

/** The times that count: from when a request was due, or from sending where nothing is due. */
export function shownTimes(repetition: TimesOfRepetition): Times {
  return responseTimes(repetition) ?? serviceTimes(repetition)
}

function withUnended(distribution: Distribution, { measurement: { window } }: Repetition['record']): Times {
  return { distribution, censored: window?.censored ?? 0, peaks: window?.peaks ?? null }
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

/**
 * A percentile per repetition, then its median over repetitions: percentiles are never averaged. Without an estimate when fewer than
 * half of the repetitions can carry it.
 */
export function percentileOver(repetitions: readonly Times[], q: number): Over {
  const filled = repetitions.filter(({ distribution }) => distribution.count > 0)
  const found = filled.map((times) => ({ times, ...percentileOf(times, q) }))
  const shown = found.flatMap(({ times, ms, support }) => (support === 'shown' && ms !== null ? [{ times, ms }] : []))
  if (shown.length === 0 || shown.length < filled.length / 2) {
    const least = found.flatMap(({ ms, support }) => (support === 'at-least' && ms !== null ? [ms] : []))
    return { estimate: null, atLeast: least.length > 0 ? Math.max(...least) : null }
  }
  const interval = intervalOf(
    shown.map(({ times }) => times),
    q,
  )
  return {
    estimate: estimateWithin(
      shown.map(({ ms }) => ms),
      interval,
    ),
    atLeast: null,
  }
}

/** The least, most or mean time of each repetition. They need no minimum number of answers, and have no interval. */
export function extremeOver(repetitions: readonly Times[], of: (distribution: Distribution) => number | null): Over {
  const filled = repetitions.filter(({ distribution }) => distribution.count > 0)
  const known = filled.flatMap(({ distribution }) => {
    const us = of(distribution)
    return us === null ? [] : [us / 1000]
  })
  const isKnown = known.length > 0 && known.length >= filled.length / 2
  return { estimate: isKnown ? estimateWithin(known, null) : null, atLeast: null }
}

/** Percentiles of times that are not figures, such as those of a stream's parts; null where there are none. */
export function latencyOf(repetitions: readonly Times[]): LatencyMs | null {
  if (repetitions.every(({ distribution }) => distribution.count === 0)) return null
  const at = (name: PercentileName) => percentileOver(repetitions, percentiles[name]).estimate?.median ?? null
  const highest = extremeOver(repetitions, ({ maxUs }) => maxUs).estimate
  return {
    p50: at('p50'),
    p90: at('p90'),
    p95: at('p95'),
    p99: at('p99'),
    p99_9: at('p99_9'),
    max: highest && Math.max(...highest.values),
    mean: extremeOver(repetitions, ({ meanUs }) => meanUs).estimate?.median ?? null,
  }
}

/** The interval of a percentile: from repetitions, which show more variation than one window can; for a single one, from its own ranks. */
function intervalOf(repetitions: readonly Times[], q: number): Interval | null {
  if (repetitions.length >= 2) {
    const values = repetitions.map(({ distribution }) => histogramQuantile(distribution, q)! / 1000)
    const bounds = intervalOverRepetitions(values)
    return bounds && { ...bounds, method: 'Student t on logs, 95 %' }
  }
  const [only] = repetitions
  if (!only) return null
  const us = histogramQuantile(only.distribution, q)!
  const clusters = only.peaks === null || q < percentiles.p99_9 ? {} : { clusters: excursionsAbove(only.peaks, us) }
  const bounds = quantileInterval(only.distribution, q, clusters)
  return bounds && { low: bounds.lowUs / 1000, high: bounds.highUs / 1000, method: 'ranks within one repetition, 95 %' }
}

/** Times from the intended start, where there is one. */
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

/** Rounds to four digits: a curve needs no more, and the page holds hundreds of points. */
export function round(value: number): number {
  return Number(value.toPrecision(4))
}
