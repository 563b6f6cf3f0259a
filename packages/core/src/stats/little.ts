/**
 * Little's law (1961): what is in a system on average = rate of arrival × mean time in it. It holds for any
 * distribution, so it audits a row of any table: the connections that throughput and latency imply, beside those used.
 *
 * @param perSecond answers a second
 * @param meanMs    mean time of one answer in milliseconds
 */
export function inSystem(perSecond: number, meanMs: number): number {
  return (perSecond * meanMs) / 1000
}

/** Little's law the other way: the mean time of one request, in milliseconds, when `concurrency` are always under way. */
export function meanTimeMs(concurrency: number, perSecond: number): number {
  return (concurrency / perSecond) * 1000
}
