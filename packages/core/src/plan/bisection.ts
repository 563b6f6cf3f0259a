/** A probe of an offered rate, and whether it kept the service level. */
export interface Probe {
  readonly perSecond: number
  readonly ok: boolean
}

/** Probes end when the bracket is this narrow, relative to its lower end. */
const PRECISION = 0.04

/**
 * The next rate to offer in the search for the highest that keeps the service level, null when the search is over.
 * Starts at half of the best closed throughput, doubles or halves until there is a bracket, then bisects it
 * geometrically, since rates differ by factors.
 *
 * @param best best closed throughput of the same repetition, requests a second
 */
export function nextProbe(best: number, probes: readonly Probe[], most: number): number | null {
  if (probes.length >= most) return null
  if (probes.length === 0) return best * 0.5
  const good = highestGood(probes)
  const bad = lowestBad(probes)
  if (good === null) return (bad as number) / 2 < 1 ? null : (bad as number) / 2
  if (bad === null) return Math.min(good * 1.5, good + best * 0.25)
  return bad / good - 1 <= PRECISION ? null : Math.sqrt(good * bad)
}

/** The highest rate that kept the service level, below every rate that did not; null when none did. */
export function capacityOf(probes: readonly Probe[]): number | null {
  return highestGood(probes)
}

function lowestBad(probes: readonly Probe[]): number | null {
  const bad = probes.filter(({ ok }) => !ok).map(({ perSecond }) => perSecond)
  return bad.length > 0 ? Math.min(...bad) : null
}

function highestGood(probes: readonly Probe[]): number | null {
  const limit = lowestBad(probes) ?? Number.POSITIVE_INFINITY
  const good = probes.filter(({ ok, perSecond }) => ok && perSecond < limit).map(({ perSecond }) => perSecond)
  return good.length > 0 ? Math.max(...good) : null
}
