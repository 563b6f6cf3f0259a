import type { Finding, Results } from '@bakeoff/model'
export function findings(
  _known: Pick<Results, 'scenarios' | 'entries' | 'cells' | 'tiers' | 'comparisons' | 'claims'>,
): Finding[] {
  return []
}
