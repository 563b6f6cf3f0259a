/** The only file that knows HdrHistogram: recording, storing and reading times of 1 µs to 60 s with 3 significant digits. */
import { BakeoffError, type EncodedHistogram } from '@bakeoff/model'
import { build, decodeFromCompressedBase64, encodeIntoCompressedBase64, JsHistogram } from 'hdr-histogram-js'
import type { Distribution } from './histogram.js'

const LOWEST_US = 1
const HIGHEST_US = 60_000_000
const DIGITS = 3
const COUNTER_BITS = 32

/** Times of one kind, as they are measured. Recording costs some 20 ns. */
export class Recorder {
  readonly #histogram = newHistogram()
  #sumUs = 0
  #minUs = Number.POSITIVE_INFINITY
  #maxUs = 0

  get count(): number {
    return this.#histogram.totalCount
  }

  /**
   * Records a time. In the buckets, a time below 1 µs counts as 1 µs and one above 60 s as 60 s; minimum, maximum and mean are
   * those of the times as they came.
   *
   * @param ms a time in milliseconds with its fraction
   */
  record(ms: number): void {
    const us = Math.round(ms * 1000)
    this.#histogram.recordValue(us < LOWEST_US ? LOWEST_US : us > HIGHEST_US ? HIGHEST_US : us)
    this.#sumUs += us
    if (us < this.#minUs) this.#minUs = us
    if (us > this.#maxUs) this.#maxUs = us
  }

  /** null when nothing was recorded */
  get meanUs(): number | null {
    return this.count === 0 ? null : this.#sumUs / this.count
  }

  reset(): void {
    this.#histogram.reset()
    this.#sumUs = 0
    this.#minUs = Number.POSITIVE_INFINITY
    this.#maxUs = 0
  }

  /** A percentile in µs: `histogramQuantile` of the distribution, without making one; null when nothing was recorded */
  percentileUs(percentile: number): number | null {
    return this.count === 0 ? null : Math.min(this.#histogram.getValueAtPercentile(percentile), this.#maxUs)
  }

  /** The recorded times in the form that processes send each other: it can be merged and read as it is. */
  get distribution(): Distribution {
    const isEmpty = this.count === 0
    return {
      ...recordedIn(this.#histogram),
      count: this.count,
      minUs: isEmpty ? null : this.#minUs,
      maxUs: isEmpty ? null : this.#maxUs,
      meanUs: this.meanUs,
    }
  }
}

/** The distribution of each stored histogram that was decoded, and the way back. Decoding takes a millisecond. */
const decoded = new WeakMap<EncodedHistogram, Distribution>()
const stored = new WeakMap<Distribution, EncodedHistogram>()

/**
 * Encodes a distribution for storing. Every value falls into the bucket that it came from; a distribution that was read goes
 * back as it was written.
 */
export function encodeDistribution(distribution: Distribution): EncodedHistogram {
  const known = stored.get(distribution)
  if (known !== undefined) return known
  const { valuesUs, counts, count, minUs, maxUs, meanUs } = distribution
  const histogram = newHistogram()
  for (const [index, value] of valuesUs.entries()) {
    histogram.recordValueWithCount(Math.min(HIGHEST_US, value), counts[index]!)
  }
  const data = encodeIntoCompressedBase64(histogram)
  return { encoding: 'hdr-v2-deflate-base64', unit: 'us', count, minUs, maxUs, meanUs, data }
}

/**
 * Decodes each histogram once for all callers: the check of a run file, its events and its analysis.
 *
 * @throws BakeoffError BAD_RESULTS when the data is not an HdrHistogram in V2 encoding
 */
export function decodeHistogram(encoded: EncodedHistogram): Distribution {
  const known = decoded.get(encoded)
  if (known !== undefined) return known
  const recorded = recordedIn(decode(encoded))
  const { minUs, maxUs, meanUs } = encoded
  const distribution = { ...recorded, count: recorded.counts.reduce((a, b) => a + b, 0), minUs, maxUs, meanUs }
  decoded.set(encoded, distribution)
  stored.set(distribution, encoded)
  return distribution
}

function decode(encoded: EncodedHistogram): JsHistogram {
  try {
    const histogram = decodeFromCompressedBase64(encoded.data, COUNTER_BITS)
    if (!(histogram instanceof JsHistogram)) throw new TypeError('not a plain histogram')
    return histogram
  } catch (cause) {
    throw new BakeoffError('BAD_RESULTS', 'a stored latency histogram cannot be decoded', {
      cause,
      hint: 'The run file was cut or edited. Move it away, and measure that repetition again with --resume.',
    })
  }
}

/** The recorded buckets alone, by their upper ends: walking all 27 thousand for each percentile would take minutes for a full run. */
function recordedIn(histogram: JsHistogram): Pick<Distribution, 'valuesUs' | 'counts'> {
  const valuesUs: number[] = []
  const counts: number[] = []
  let left = histogram.totalCount
  for (let index = 0; left > 0 && index < histogram.countsArrayLength; index++) {
    const count = histogram.getCountAtIndex(index)
    if (count === 0) continue
    valuesUs.push(histogram.highestEquivalentValue(histogram.valueFromIndex(index)))
    counts.push(count)
    left -= count
  }
  return { valuesUs, counts }
}

function newHistogram(): JsHistogram {
  return build({
    lowestDiscernibleValue: LOWEST_US,
    highestTrackableValue: HIGHEST_US,
    numberOfSignificantValueDigits: DIGITS,
    bitBucketSize: COUNTER_BITS,
    autoResize: false,
  }) as JsHistogram
}
