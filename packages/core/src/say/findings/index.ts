import { type Finding, withReservations } from '@bakeoff/model'
import { capacity } from './capacity.js'
import { claims } from './claims.js'
import { cpuPerRequest } from './cpu-per-request.js'
import { type FindingRule, type Known, type Sentence, suspectsAmong } from './define.js'
import { leader } from './leader.js'
import { lints } from './lints.js'
import { lowerBounds } from './lower-bounds.js'
import { notMeasured } from './not-measured.js'
import { notRanked } from './not-ranked.js'
import { sameRate } from './same-rate.js'
import { serviceLevel } from './service-level.js'
import { serviceLimit } from './service-limit.js'
import { unequalWork } from './unequal-work.js'

export type { FindingRule, Known } from './define.js'

/** All rules of findings: who keeps a service level that was asked for first, then which target is best. A new rule is a file and a line here. */
export const findingRules: readonly FindingRule[] = [
  serviceLevel,
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
        text: withDoubts(found, known),
        cells: [...found.cells],
      })),
    ),
  )
}

/** The sentence, with what makes it doubtful before it. A caveat is itself a doubt, and says whose. */
function withDoubts({ tone, text, cells, provisional = null }: Sentence, known: Known): string {
  if (tone === 'caveat') return text
  return withReservations(
    [suspectsAmong(known, cells), provisional === null ? null : `provisional (${provisional})`],
    text,
  )
}
