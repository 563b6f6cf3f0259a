import { newHistogram } from '@bakeoff/core'
import type { EncodedHistogram } from '@bakeoff/model'
import { encodeIntoCompressedBase64, type JsHistogram } from 'hdr-histogram-js'

const LOWEST_US = 1
const HIGHEST_US = 60_000_000

/** Times of one kind, in a histogram of µs. Recording costs some 20 ns. */
export class Recorder {
  readonly #histogram = newHistogram() as JsHistogram
  #sumUs = 0
  #minUs = Number.POSITIVE_INFINITY
  #maxUs = 0

  get count(): number {
    return this.#histogram.totalCount
  }

  /** @param ms a time in milliseconds with its fraction */
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

  /** µs by nearest rank, at the upper end of its bucket; null when nothing was recorded */
  percentileUs(percentile: number): number | null {
    return this.count === 0 ? null : Math.min(this.#histogram.getValueAtPercentile(percentile), this.#maxUs)
  }

  encode(): EncodedHistogram {
    const { count } = this
    return {
      encoding: 'hdr-v2-deflate-base64',
      unit: 'us',
      count,
      minUs: count === 0 ? null : this.#minUs,
      maxUs: count === 0 ? null : this.#maxUs,
      meanUs: this.meanUs,
      data: encodeIntoCompressedBase64(this.#histogram),
    }
  }
}
