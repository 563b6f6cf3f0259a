/**
 * Holm's step-down adjustment (1979): compare adjusted values with the level, and the chance of even one false
 * "different" among all comparisons stays below it. Never less powerful than Bonferroni.
 *
 * @param ps raw p values in any order
 * @returns  adjusted ones in the same order, at most 1
 */
export function holm(ps: readonly number[]): number[] {
  const order = ps.map((p, index) => ({ p, index })).sort((a, b) => a.p - b.p)
  const adjusted = new Array<number>(ps.length)
  let least = 0
  for (const [rank, { p, index }] of order.entries()) {
    least = Math.max(least, Math.min(1, p * (ps.length - rank)))
    adjusted[index] = least
  }
  return adjusted
}
