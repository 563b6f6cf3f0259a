/**
 * A compact letter display: groups of items such that two share one exactly when they are not told apart, by
 * insert-and-absorb (Piepho 2004, "An algorithm for a letter-based representation of all-pairwise comparisons"). "Not told
 * apart" is not transitive (A ~ B, B ~ C, A > C), so an item may be in several groups, and there are no ranks.
 *
 * @param items   best first
 * @param isApart of two different items, whichever comes first
 * @returns       each group best first, and the groups by their best: that of the first item comes first
 */
export function letterGroups<T>(items: readonly T[], isApart: (a: T, b: T) => boolean): T[][] {
  let groups: (readonly number[])[] = items.length === 0 ? [] : [items.map((_, index) => index)]
  for (let a = 0; a < items.length; a++) {
    for (let b = a + 1; b < items.length; b++) {
      if (!isApart(items[a]!, items[b]!)) continue
      groups = absorbed(
        groups.flatMap((group) =>
          group.includes(a) && group.includes(b)
            ? [group.filter((each) => each !== b), group.filter((each) => each !== a)]
            : [group],
        ),
      )
    }
  }
  return groups.toSorted(byBest).map((group) => group.map((index) => items[index]!))
}

/** The groups without those absorbed by another one, which has all of their members. */
function absorbed(groups: readonly (readonly number[])[]): (readonly number[])[] {
  return groups.filter(
    (group, index) =>
      !groups.some(
        (other, at) =>
          at !== index && group.every((each) => other.includes(each)) && (other.length > group.length || at < index), // of two equal groups the first stays
      ),
  )
}

function byBest(a: readonly number[], b: readonly number[]): number {
  const differ = a.findIndex((each, index) => each !== b[index])
  return differ === -1 ? 0 : (a[differ] ?? -1) - (b[differ] ?? -1)
}
