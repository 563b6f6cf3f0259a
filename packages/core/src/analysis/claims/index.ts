import type { ClaimResult, ClaimSpec } from '@bakeoff/model'
import type { JudgedCell } from '../judged.js'

export function compareClaims(_claims: readonly ClaimSpec[], _cells: readonly JudgedCell[]): ClaimResult[] {
  return []
}
