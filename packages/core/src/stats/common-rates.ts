/** The lowest rate is this share of what the slowest target reached … */
const LOWEST = 0.2
/** … and the highest this share of what the fastest one did. */
const HIGHEST = 0.95

/**
 * Rates to offer to all targets of a scenario: evenly spaced on a logarithmic axis from a fifth of what the slowest reached
 * to 95 % of what the fastest did, so that each has some below its own best and the curves meet at common places. Rounded
 * to two digits; where rounding makes two the same there are fewer.
 *
 * @param best    the best closed throughput of each target, requests a second; those of 0 are left out
 * @param howMany at least 1
 * @returns ascending
 */
export function commonRates(best: readonly number[], howMany: number): number[] {
  const known = best.filter((rate) => rate > 0)
  if (known.length === 0 || howMany < 1) return []
  const low = Math.min(...known) * LOWEST
  const high = Math.max(...known) * HIGHEST
  const at = (index: number) => (howMany === 1 ? high : low * (high / low) ** (index / (howMany - 1)))
  const rates = Array.from({ length: howMany }, (_, index) => Number(at(index).toPrecision(2)))
  return [...new Set(rates)].filter((rate) => rate > 0).sort((a, b) => a - b)
}
