/**
 * Tiers instead of ranks. Items are taken best first; one joins the current tier unless it is really worse than the
 * best of that tier, and then opens the next. "Not told apart" is not transitive (A ~ B, B ~ C, A > C), so members of
 * a tier are all compared with its best and not with one another.
 *
 * @param best      best first, by the figure shown
 * @param isWorse   whether `item` is told apart from `leader`, for the worse
 */
export function tiersOf<T>(best: readonly T[], isWorse: (item: T, leader: T) => boolean): T[][] {
  const tiers: T[][] = []
  for (const item of best) {
    const current = tiers.at(-1)
    if (current && !isWorse(item, current[0]!)) current.push(item)
    else tiers.push([item])
  }
  return tiers
}
