/** Whether a cell keeps the service level of its scenario. It holds figures against a limit and computes none. */
import type { Cell, ScenarioResult } from '@bakeoff/model'
import { leastMs, shownMs } from './figures.js'

export type ServiceLevel = NonNullable<ScenarioResult['slo']>

/** Kept and missed, or null where p99 or the errors are not known. What is known of a slow tail is enough to miss it. */
export function keptOf(cell: Cell, { p99Ms, errors }: ServiceLevel): 'kept' | 'missed' | null {
  const p99 = shownMs(cell, 'p99')
  const failed = failedShare(cell)
  if ((failed !== null && failed > errors) || (p99 ?? leastMs(cell, 'p99') ?? 0) > p99Ms) return 'missed'
  return p99 === null || failed === null ? null : 'kept'
}

function failedShare({ requests }: Cell): number | null {
  if (!requests || requests.sent === 0) return null
  return (requests.wrong + requests.errors + requests.timeouts + requests.lost) / requests.sent
}
