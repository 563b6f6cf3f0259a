import type { Estimate } from '@bakeoff/model'
import { isOfFleet } from '../observe/machines.js'
import type { CellView, Repetition } from '../observe/view.js'
import { mean, meanInterval, median, medianOf, outliers } from '../stats/index.js'
import { type FigureRule, valueIn } from './define.js'
import { throughput } from './throughput.js'

export interface Interval {
  readonly low: number
  readonly high: number
  readonly method: string
}

/**
 * The estimate of a figure over repetitions: the median to show, and Student's t for the interval of the mean. With one repetition there is
 * no interval, and without repetitions no estimate.
 *
 * @param isSigned whether the figure can lie below 0; the interval of any other stops there
 * @param benches  of a fleet: the machine of each value. The interval is then that of the means of machines, with as many degrees of freedom
 */
export function estimateOf(
  values: readonly (number | null)[],
  isSigned = false,
  benches: readonly string[] | null = null,
): Estimate | null {
  const known = values.filter((value) => value !== null)
  if (known.length === 0) return null
  const interval = meanInterval(benches === null ? known : meansOf(values, benches))
  const least = isSigned ? Number.NEGATIVE_INFINITY : 0
  return estimateWithin(
    known,
    interval && {
      low: Math.max(least, interval.low),
      high: Math.max(least, interval.high),
      method: benches === null ? 'Student t, 95 %' : 'Student t over machines, 95 %',
    },
  )
}

/** The mean of each machine's values. */
function meansOf(values: readonly (number | null)[], benches: readonly string[]): number[] {
  return [...new Set(benches)].flatMap((bench) => {
    const own = values.filter((value, index): value is number => value !== null && benches[index] === bench)
    return own.length === 0 ? [] : [mean(own)]
  })
}

/** The machine of each repetition; null where there is no fleet. */
export function benchesIn({ plan, repetitions }: CellView): string[] | null {
  return isOfFleet(plan) ? repetitions.map(({ whole }) => whole.bench ?? '') : null
}

/** An estimate with a given interval. @param values at least one */
export function estimateWithin(values: readonly number[], interval: Interval | null): Estimate {
  return {
    median: median(values),
    mean: mean(values),
    low: interval?.low ?? null,
    high: interval?.high ?? null,
    n: values.length,
    values: [...values],
    method: interval?.method ?? (values.length === 1 ? 'one repetition: no interval' : 'no interval'),
    outliers: outliers(values),
  }
}

/** The figure in each repetition, in order; null where it was not measured. */
export function valuesOf(rule: FigureRule, view: CellView): (number | null)[] {
  return view.repetitions.map((repetition) => valueIn(rule, repetition, view))
}

/** The median of the figure over repetitions; null when it was never measured. */
export function typical(rule: FigureRule, view: CellView): number | null {
  return medianOf(valuesOf(rule, view))
}

/** The repetition to show as an example: the one whose throughput is nearest to the median. */
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
