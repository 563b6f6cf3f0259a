import { type ClaimResult, claimCounts, conclusionsOf } from '@bakeoff/model'
import { list } from '../words/quantities.js'

/** A sentence about the claims: how many published sentences held here. Null when none was measured. */
export function claimsSay(claims: readonly ClaimResult[]): string | null {
  const measured = conclusionsOf(claims).filter((conclusion) => conclusion !== 'not-measured')
  if (measured.every((conclusion) => conclusion === 'not-comparable')) return null // which is known without measuring
  return `Published sentences: ${list(claimCounts(claims))}.`
}
