import type { ClaimConclusion, ClaimResult } from './results.js'

const SAYS: readonly (readonly [ClaimConclusion, (count: number) => string])[] = [
  ['reproduced', (count) => `${count} ${count === 1 ? 'holds' : 'hold'} here`],
  ['same-direction', (count) => `${count} ${count === 1 ? 'holds' : 'hold'} in direction`],
  ['contradicted', (count) => `${count} ${count === 1 ? 'does' : 'do'} not hold`],
  ['undecided', (count) => `${count} ${count === 1 ? 'is' : 'are'} undecided`],
  ['not-comparable', (count) => `${count} cannot be compared here`],
]

/** How many published sentences of claims came to which conclusion, for example `3 hold here` and `1 is undecided`; empty when none was measured. */
export function claimCounts(claims: readonly ClaimResult[]): string[] {
  const conclusions = conclusionsOf(claims)
  return SAYS.flatMap(([conclusion, says]) => {
    const count = conclusions.filter((each) => each === conclusion).length
    return count === 0 ? [] : [says(count)]
  })
}

/** The conclusion of every published sentence of claims, in their order. */
export function conclusionsOf(claims: readonly ClaimResult[]): ClaimConclusion[] {
  return claims
    .flatMap(({ comparisons, statements }) => [...comparisons, ...statements])
    .map(({ conclusion }) => conclusion)
}
