import type { Finding } from '@bakeoff/model'
import { capacity } from './capacity.js'
import { claims } from './claims.js'
import { cpuPerRequest } from './cpu-per-request.js'
import type { FindingRule, Known } from './define.js'
import { leader } from './leader.js'
import { lints } from './lints.js'
import { lowerBounds } from './lower-bounds.js'
import { notMeasured } from './not-measured.js'
import { notRanked } from './not-ranked.js'
import { sameRate } from './same-rate.js'
import { serviceLimit } from './service-limit.js'
import { unequalWork } from './unequal-work.js'

export type { FindingRule, Known } from './define.js'

/** All rules of findings, the one that says which target is best first. A new rule is a file and a line here. */
export const findingRules: readonly FindingRule[] = [
  leader,
  cpuPerRequest,
  capacity,
  sameRate,
  claims,
  unequalWork,
  serviceLimit,
  lowerBounds,
  notRanked,
  notMeasured,
  lints,
]

/** The findings of a run, in sentences. */
export function findings(known: Known): Finding[] {
  return findingRules.flatMap(({ kind, find }) =>
    known.scenarios.flatMap((scenario) =>
      find(scenario, known).map((found, index) => ({
        id: `${kind}/${scenario.id}/${index + 1}`,
        kind,
        scenario: scenario.id,
        tone: found.tone,
        text: found.text,
        cells: [...found.cells],
      })),
    ),
  )
}
