import { BakeoffError, type EncodedHistogram } from '@bakeoff/model'
import {
  build,
  decodeFromCompressedBase64,
  encodeIntoCompressedBase64,
  type Histogram,
  JsHistogram,
} from 'hdr-histogram-js'

/** Recorded times: each value (µs, the upper end of its bucket, 3 digits) with how often it was seen. Ascending. */
export interface Distribution {
  readonly valuesUs: readonly number[]
  readonly counts: readonly number[]
  readonly count: number
  readonly minUs: number | null
  readonly maxUs: number | null
  readonly meanUs: number | null
}

const LOWEST_US = 1
const HIGHEST_US = 60_000_000
const DIGITS = 3

/** An empty histogram of the one shape that Bakeoff stores: 1 µs to 60 s, 3 significant digits. */
export function newHistogram(): Histogram {
  return build({
    lowestDiscernibleValue: LOWEST_US,
    highestTrackableValue: HIGHEST_US,
    numberOfSignificantValueDigits: DIGITS,
    bitBucketSize: 32,
    autoResize: false,
  })
}

/**
 * Records times in µs. Below 1 µs counts as 1 µs and above 60 s as 60 s, in the buckets; minimum, maximum and mean
 * are of the values as they came.
 */
export function encodeValues(valuesUs: Iterable<number>): EncodedHistogram {
  const histogram = newHistogram()
  let sum = 0
  let minUs: number | null = null
  let maxUs: number | null = null
  for (const value of valuesUs) {
    histogram.recordValue(Math.min(HIGHEST_US, Math.max(LOWEST_US, Math.round(value))))
    sum += value
    minUs = minUs === null ? value : Math.min(minUs, value)
    maxUs = maxUs === null ? value : Math.max(maxUs, value)
  }
  const count = histogram.totalCount
  return {
    encoding: 'hdr-v2-deflate-base64',
    unit: 'us',
    count,
    minUs,
    maxUs,
    meanUs: count === 0 ? null : sum / count,
    data: encodeIntoCompressedBase64(histogram),
  }
}

/** Decoding takes a millisecond, and what reads a run file checks the histograms that the analysis then uses. */
const decoded = new WeakMap<EncodedHistogram, Distribution>()

/** @throws BakeoffError BAD_RESULTS when the data is not an HdrHistogram in V2 encoding */
export function decodeHistogram(encoded: EncodedHistogram): Distribution {
  const known = decoded.get(encoded)
  if (known !== undefined) return known
  const distribution = decodeAnew(encoded)
  decoded.set(encoded, distribution)
  return distribution
}

function decodeAnew(encoded: EncodedHistogram): Distribution {
  const histogram = decode(encoded)
  const valuesUs: number[] = []
  const counts: number[] = []
  // Only recorded buckets: walking all 27 thousand for each percentile would take minutes for a full run.
  const recorded = histogram.recordedValuesIterator
  recorded.reset()
  while (recorded.hasNext()) {
    const { valueIteratedTo, countAddedInThisIterationStep } = recorded.next()
    valuesUs.push(valueIteratedTo)
    counts.push(countAddedInThisIterationStep)
  }
  const count = counts.reduce((sum, value) => sum + value, 0)
  return { valuesUs, counts, count, minUs: encoded.minUs, maxUs: encoded.maxUs, meanUs: encoded.meanUs }
}

/**
 * All values of all repetitions together. Percentiles of it are right; a mean of percentiles is not.
 *
 * @returns null for none
 */
export function mergeDistributions(all: readonly Distribution[]): Distribution | null {
  if (all.length === 0) return null
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

/** As it is stored. Every value falls into the bucket that it came from. */
export function encodeDistribution({ valuesUs, counts, ...rest }: Distribution): EncodedHistogram {
  const histogram = newHistogram()
  for (const [index, value] of valuesUs.entries()) {
    histogram.recordValueWithCount(Math.min(HIGHEST_US, value), counts[index]!)
  }
  return { encoding: 'hdr-v2-deflate-base64', unit: 'us', ...rest, data: encodeIntoCompressedBase64(histogram) }
}

/** The stored histograms of several repetitions or processes as one; null for none. */
export function mergeHistograms(all: readonly EncodedHistogram[]): EncodedHistogram | null {
  const merged = mergeDistributions(all.map(decodeHistogram))
  return merged === null ? null : encodeDistribution(merged)
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

function decode(encoded: EncodedHistogram): JsHistogram {
  try {
    const histogram = decodeFromCompressedBase64(encoded.data, 32)
    if (!(histogram instanceof JsHistogram)) throw new TypeError('not a plain histogram')
    return histogram
  } catch (cause) {
    throw new BakeoffError('BAD_RESULTS', 'a stored latency histogram cannot be decoded', {
      cause,
      hint: 'The run file was cut or edited. Move it away, and measure that repetition again with --resume.',
    })
  }
}

function extreme(pick: (...values: number[]) => number, values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null)
  return known.length === 0 ? null : pick(...known)
}
