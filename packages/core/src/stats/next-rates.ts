/** The share of the slowest target's best throughput at which the rates begin, and that of the fastest's at which they end. */
const LOWEST = 0.2
const HIGHEST = 0.95

/** The rates that lie below the best of every target, where there are enough to go on from there. */
const BELOW_EACH = 3

/** The fewest rates that are enough: of fewer, three for the slowest target would leave nothing for the others. */
const ENOUGH = 5

/**
 * Absolute rates to offer to all targets alike, so that their latency–throughput curves can be laid over one another: in
 * equal ratios from a fifth of the slowest target's best closed throughput to 0.95 of the fastest's, rounded to two
 * digits. A knee lies between 0.3 and 0.95 of a target's best, so every target needs three rates below its own. Where
 * targets differ so much that equal ratios leave the slowest fewer, its three come first (0.2, 0.44 and 0.95 of its best)
 * and the others go on from there in equal ratios; with fewer than five rates in all the ratios stay equal.
 *
 * @param bestPerTarget best closed throughput of each target, requests a second, positive
 * @param howMany       rates wanted: 3 for a brief run, 6 to 8 for a curve
 * @returns             ascending and distinct, so at times fewer; none without targets
 * @throws RangeError for a throughput that is not positive or fewer than two rates
 */
export function commonRates(bestPerTarget: readonly number[], howMany: number): number[] {
  if (bestPerTarget.some((best) => !(best > 0))) throw new RangeError('a best throughput must be positive')
  if (!(howMany >= 2)) throw new RangeError(`a curve needs at least two rates, not ${howMany}`)
  if (bestPerTarget.length === 0) return []
  const slowest = Math.min(...bestPerTarget)
  const top = HIGHEST * Math.max(...bestPerTarget)
  const even = ladder(LOWEST * slowest, top, howMany)
  const below = even.filter((rate) => rate < slowest).length
  const rates =
    below >= BELOW_EACH || howMany < ENOUGH
      ? even
      : [
          ...ladder(LOWEST * slowest, HIGHEST * slowest, BELOW_EACH),
          ...ladder(HIGHEST * slowest, top, howMany - BELOW_EACH + 1).slice(1),
        ]
  return [...new Set(rates.map((rate) => Number(rate.toPrecision(2))))]
}

/** A ladder of `count` rates in equal ratios. */
function ladder(from: number, to: number, count: number): number[] {
  return Array.from({ length: count }, (_, step) => from * (to / from) ** (step / (count - 1)))
}
