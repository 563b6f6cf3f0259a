import type { ClaimResult, ClaimSpec } from '@bakeoff/model'
import { outcomeOfCell } from '../../observe/outcome.js'
import { list } from '../../words/quantities.js'
import { causeRules } from '../causes/index.js'
import { isAgentBound } from '../comparisons.js'
import { otherLoadWords, type Stand } from './setting.js'

type Spec = ClaimSpec['statements'][number]
type Result = ClaimResult['statements'][number]

/** Judges statements such as "limited by the database" by the causes of the verdicts here. */
export function concludeStatement(spec: Spec, stands: readonly (Stand | null)[]): Result {
  const told = (conclusion: Result['conclusion'], why: string): Result => ({ says: spec.says, conclusion, why })
  const rule = causeRules.find(({ id }) => id === spec.verdict)
  if (!rule) return told('undecided', `No verdict here is called ${spec.verdict}.`)
  const known = stands.filter((stand) => stand !== null)
  if (known.length < stands.length || known.length === 0)
    return told('not-measured', 'A target that it is about is not part of this run.')
  const missing = known.find(({ cell }) => cell.verdict === null)
  if (missing) {
    const { outcome, outcomeReason } = outcomeOfCell(missing.cell.view)
    return told('not-measured', `${missing.cell.view.entry.target} was not measured: ${outcome}, ${outcomeReason}.`)
  }
  const invalid = known.find(({ cell }) => cell.verdict?.status === 'invalid')
  if (invalid)
    return told('undecided', `The figures of ${invalid.cell.view.entry.target} do not count here: it is invalid.`)

  const where = otherLoadWords(known)
  const evidence = known.map((stand) => evidenceFor(stand, spec))
  const found = evidence.filter((each) => each !== null)
  if (known.some(({ cell }) => cell.view.repetitions.length < 2)) {
    return told(
      'undecided',
      `One repetition is for orientation, and nothing follows from it: ${found.length > 0 ? list(found) : 'it showed no sign of this'}.${where}`,
    )
  }
  if (found.length === known.length) return told('reproduced', `Here too: ${list(found)}.${where}`)
  if (found.length > 0) return told('undecided', `It holds here for some of them only: ${list(found)}.${where}`)
  const held = known.find(({ cell }) => isAgentBound(cell))
  if (held && spec.verdict !== 'agent-bound')
    return told(
      'undecided',
      `The load agent held back ${held.cell.view.entry.target}: what would have filled up first is not known.${where}`,
    )
  const against = known.map(({ cell: { view } }) =>
    rule.against ? rule.against(view, spec.service) : `${view.entry.target} showed no sign of ${rule.id}`,
  )
  return against.every((each) => each !== null)
    ? told('contradicted', `Not here: ${list(against)}.${where}`)
    : told('undecided', `Nothing here speaks for it, but what would show it could not be read.${where}`)
}

function evidenceFor({ cell: { view, verdict } }: Stand, { verdict: wanted, service }: Spec): string | null {
  const found = verdict?.causes.find(
    ({ cause, subject }) => cause === wanted && (service === null || subject === null || subject === service),
  )
  return found ? `under ${view.entry.target}, ${found.evidence}` : null
}
