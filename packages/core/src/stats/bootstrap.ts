import type { Random } from './random.js'
import type { Interval } from './student.js'
import { ascending, quantile } from './summary.js'

/**
 * The percentile bootstrap (Efron 1979): the statistic of many samples drawn with replacement, and the middle part of
 * what came out. For medians and other statistics without a formula. With few values it is too narrow, as it knows
 * nothing outside them: five is the least that is worth looking at.
 *
 * @param random seeded by the caller: the same seed gives the same interval
 * @returns null below two values
 */
export function bootstrapInterval(
  values: readonly number[],
  statistic: (sample: readonly number[]) => number,
  random: Random,
  { confidence = 0.95, resamples = 2000 }: { readonly confidence?: number; readonly resamples?: number } = {},
): Interval | null {
  if (values.length < 2) return null
  const statistics = ascending(
    Array.from({ length: resamples }, () => statistic(values.map(() => values[random.int(values.length)]!))),
  )
  return { low: quantile(statistics, (1 - confidence) / 2), high: quantile(statistics, (1 + confidence) / 2) }
}
