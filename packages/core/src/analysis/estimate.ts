import type { Estimate } from '@bakeoff/model'
import { mean, meanInterval, median, medianOf, outliers } from '../stats/index.js'
import type { Metric } from './metrics/define.js'
import { throughput } from './metrics/throughput.js'
import type { CellView, Repetition } from './view.js'

/**
 * A figure over repetitions: median for showing, Student's t for the interval of the mean. With one repetition there is
 * no interval, and with none no estimate. Bounds stop at 0: no figure here can be negative.
 */
export function estimateOf(values: readonly (number | null)[]): Estimate | null {
  const known = values.filter((value) => value !== null)
  if (known.length === 0) return null
  const interval = meanInterval(known)
  return {
    median: median(known),
    mean: mean(known),
    low: interval && Math.max(0, interval.low),
    high: interval && Math.max(0, interval.high),
    n: known.length,
    values: known,
    method: interval ? 'Student t, 95 %' : 'one repetition: no interval',
    outliers: outliers(known),
  }
}

/** The metric in each repetition, in order; null where it was not measured. */
export function valuesOf(metric: Metric, view: CellView): (number | null)[] {
  return view.repetitions.map((repetition) => metric.from(repetition, view))
}

/** The median of the metric over repetitions; null when it was never measured. */
export function typical(metric: Metric, view: CellView): number | null {
  return medianOf(valuesOf(metric, view))
}

/** The repetition whose throughput is nearest to the median: the one to show as an example. */
export function medianRepetition(view: CellView): Repetition | null {
  const rates = view.repetitions.map((repetition) => throughput.from(repetition, view) ?? 0)
  if (rates.length === 0) return null
  const centre = median(rates)
  const nearest = rates.reduce(
    (best, rate, index) => (Math.abs(rate - centre) < Math.abs(rates[best]! - centre) ? index : best),
    0,
  )
  return view.repetitions[nearest]!
}
