/** Recorded times: each value (µs, the upper end of its bucket, 3 digits) with how often it was seen. Ascending. */
export interface Distribution {
  readonly valuesUs: readonly number[]
  readonly counts: readonly number[]
  readonly count: number
  readonly minUs: number | null
  readonly maxUs: number | null
  readonly meanUs: number | null
}

/**
 * Merges the values of all processes or repetitions: percentiles of the merged values are right, a mean of percentiles is not.
 *
 * @returns null for no distribution; a single one unchanged
 */
export function mergeDistributions(all: readonly Distribution[]): Distribution | null {
  if (all.length <= 1) return all[0] ?? null
  const sums = new Map<number, number>()
  for (const { valuesUs, counts } of all) {
    for (const [index, value] of valuesUs.entries()) sums.set(value, (sums.get(value) ?? 0) + counts[index]!)
  }
  const valuesUs = [...sums.keys()].sort((a, b) => a - b)
  const counts = valuesUs.map((value) => sums.get(value)!)
  const count = counts.reduce((sum, each) => sum + each, 0)
  const total = all.reduce((sum, { meanUs, count: n }) => sum + (meanUs ?? 0) * n, 0)
  return {
    valuesUs,
    counts,
    count,
    minUs: extreme(
      Math.min,
      all.map(({ minUs }) => minUs),
    ),
    maxUs: extreme(
      Math.max,
      all.map(({ maxUs }) => maxUs),
    ),
    meanUs: count === 0 ? null : total / count,
  }
}

/**
 * The smallest recorded value that at least q of all values do not exceed (nearest rank, HdrHistogram's own
 * definition), read at its bucket's upper end and never above the maximum seen: exact to 3 digits, never optimistic.
 *
 * @param q in [0, 1]
 * @returns µs; null when nothing was recorded
 */
export function histogramQuantile(distribution: Distribution, q: number): number | null {
  if (!(q >= 0 && q <= 1)) throw new RangeError(`q is ${q}, outside [0, 1]`)
  if (distribution.count === 0) return null
  // 0.99 × 100 is 99.00000000000001 in binary: without the slack it would ask for the 100th value.
  const rank = Math.max(1, Math.ceil(distribution.count * q - 1e-9 * distribution.count))
  let seen = 0
  for (const [index, count] of distribution.counts.entries()) {
    seen += count
    if (seen >= rank) return Math.min(distribution.valuesUs[index]!, distribution.maxUs ?? Number.POSITIVE_INFINITY)
  }
  return distribution.maxUs
}

/**
 * Counts in bins whose borders are evenly spaced on a logarithmic axis.
 *
 * @param perDecade bins for each factor of ten
 * @returns [from, to) in µs with the count; from the first to the last bin with a value, empty ones between included
 */
export function logBins(
  distribution: Distribution,
  perDecade: number,
): [fromUs: number, toUs: number, count: number][] {
  const bins = new Map<number, number>()
  for (const [index, value] of distribution.valuesUs.entries()) {
    const bin = Math.floor(Math.log10(Math.max(1, value)) * perDecade)
    bins.set(bin, (bins.get(bin) ?? 0) + distribution.counts[index]!)
  }
  if (bins.size === 0) return []
  const first = Math.min(...bins.keys())
  const last = Math.max(...bins.keys())
  return Array.from({ length: last - first + 1 }, (_, offset) => {
    const bin = first + offset
    return [10 ** (bin / perDecade), 10 ** ((bin + 1) / perDecade), bins.get(bin) ?? 0]
  })
}

function extreme(pick: (...values: number[]) => number, values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null)
  return known.length === 0 ? null : pick(...known)
}
