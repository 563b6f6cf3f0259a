import type { ClaimResult } from '@bakeoff/model'
import { list } from '../words/quantities.js'

type Conclusion = ClaimResult['comparisons'][number]['conclusion']

const SAYS: readonly (readonly [Conclusion, (count: number) => string])[] = [
  ['reproduced', (count) => `${count} ${count === 1 ? 'holds' : 'hold'} here`],
  ['same-direction', (count) => `${count} ${count === 1 ? 'points' : 'point'} the same way`],
  ['contradicted', (count) => `${count} ${count === 1 ? 'does' : 'do'} not hold`],
  ['undecided', (count) => `${count} ${count === 1 ? 'is' : 'are'} undecided`],
  ['not-comparable', (count) => `${count} cannot be compared here`],
]

/** A sentence about the claims: how many published sentences held here. Null when none was measured. */
export function claimsSay(claims: readonly ClaimResult[]): string | null {
  const conclusions = claims
    .flatMap(({ comparisons, statements }) => [...comparisons, ...statements])
    .map(({ conclusion }) => conclusion)
    .filter((conclusion) => conclusion !== 'not-measured')
  if (conclusions.every((conclusion) => conclusion === 'not-comparable')) return null // which is known without measuring
  const counts = SAYS.flatMap(([conclusion, says]) => {
    const count = conclusions.filter((each) => each === conclusion).length
    return count === 0 ? [] : [says(count)]
  })
  return `Published sentences: ${list(counts)}.`
}
