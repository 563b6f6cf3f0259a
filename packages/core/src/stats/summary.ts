/**
 * The q-quantile of a sample, interpolated linearly between neighbours (Hyndman & Fan 1996, type 7: R's default).
 *
 * @param sorted ascending, at least one element, all in one unit
 * @param q      in [0, 1]; 0.99 is p99
 * @returns      a value in the sample's unit, never outside its range
 * @throws RangeError when the sample is empty or q lies outside [0, 1]
 */
export function quantile(sorted: readonly number[], q: number): number {
  if (sorted.length === 0) throw new RangeError('an empty sample has no quantile')
  if (!(q >= 0 && q <= 1)) throw new RangeError(`q is ${q}, outside [0, 1]`)
  const position = (sorted.length - 1) * q
  const below = Math.floor(position)
  const low = sorted[below]!
  const high = sorted[Math.min(below + 1, sorted.length - 1)]!
  return low + (high - low) * (position - below)
}

/** The middle of a sample in any order. @throws RangeError when it is empty */
export function median(values: readonly number[]): number {
  return quantile(ascending(values), 0.5)
}

/** The median of the values that are known; null when none is. */
export function medianOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null)
  return known.length === 0 ? null : median(known)
}

/** The arithmetic mean. @throws RangeError when the sample is empty */
export function mean(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError('an empty sample has no mean')
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

/** The sample variance (n − 1 in the denominator). @throws RangeError below two values */
export function variance(values: readonly number[]): number {
  if (values.length < 2) throw new RangeError('a variance needs two values')
  const centre = mean(values)
  return values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (values.length - 1)
}

/** Standard deviation ÷ mean; null below two values or when the mean is 0. */
export function coefficientOfVariation(values: readonly number[]): number | null {
  if (values.length < 2) return null
  const centre = mean(values)
  return centre === 0 ? null : Math.sqrt(variance(values)) / Math.abs(centre)
}

/**
 * The median absolute deviation from the median, unscaled (× 1.4826 estimates a normal standard deviation).
 * Hampel, "The influence curve and its role in robust estimation", 1974.
 */
export function medianAbsoluteDeviation(values: readonly number[]): number {
  const centre = median(values)
  return median(values.map((value) => Math.abs(value - centre)))
}

/**
 * The outliers among values, those that lie far from the rest: modified z-score 0.6745 × |x − median| ÷ MAD above 3.5
 * (Iglewicz & Hoaglin, "How to detect and handle outliers", 1993). Below four values nothing can be said. With a MAD of 0
 * nothing is flagged: more than half of the values agree to the last digit, and any other would count as infinitely far.
 *
 * @returns indices into `values`, ascending
 */
export function outliers(values: readonly number[]): number[] {
  if (values.length < 4) return []
  const deviation = medianAbsoluteDeviation(values)
  if (deviation === 0) return []
  const centre = median(values)
  return values.flatMap((value, index) => ((0.6745 * Math.abs(value - centre)) / deviation > 3.5 ? [index] : []))
}

export function ascending(values: readonly number[]): number[] {
  return [...values].sort((a, b) => a - b)
}
