import type { Distribution } from './histogram.js'

/**
 * A quantile of response times of which some are only known to be longer than an age (the request timed out, or the window
 * closed on it): the least time to which the survival estimate of Kaplan & Meier (JASA 1958) has fallen to 1 − q. Where
 * all ages are longer than the quantile, that is the plain quantile with the unfinished ones counted as longest.
 *
 * @param ended    times of the requests that ended
 * @param censored ages of those that did not; one that is as long as an ended time counts as longer
 * @param q        in [0, 1)
 * @returns        µs; null when the survival never falls so far: the quantile is longer than what was watched
 * @throws RangeError when q lies outside
 */
export function kaplanMeier(ended: Distribution, censored: Distribution, q: number): number | null {
  if (!(q >= 0 && q < 1)) throw new RangeError(`q is ${q}, outside [0, 1)`)
  let atRisk = ended.count + censored.count
  let surviving = 1
  let next = 0
  for (const [index, valueUs] of ended.valuesUs.entries()) {
    while (next < censored.valuesUs.length && censored.valuesUs[next]! < valueUs) atRisk -= censored.counts[next++]!
    const endings = ended.counts[index]!
    surviving *= 1 - endings / atRisk
    atRisk -= endings
    // Products of fractions: 0.99 of 100 must not miss its 99th value by a rounding error.
    if (surviving <= 1 - q + 1e-9) return Math.min(valueUs, ended.maxUs ?? Number.POSITIVE_INFINITY)
  }
  return null
}
