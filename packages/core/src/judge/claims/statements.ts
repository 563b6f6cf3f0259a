import type { ClaimPart, ClaimResult, ClaimSpec, ClaimStatement } from '@bakeoff/model'
import { outcomeOfCell } from '../../observe/outcome.js'
import { list } from '../../words/quantities.js'
import { causeRules } from '../causes/index.js'
import { isAgentBound } from '../comparisons.js'
import { otherConditions, underConditions } from './conditions.js'
import { otherLoadWords, type Stand, whyOtherLoad } from './setting.js'

type Result = ClaimResult['statements'][number]
type Told = Pick<Result, 'conclusion' | 'why'>

/**
 * Judges statements such as "limited by the database" by the causes of the verdicts here, each half by itself: the sentence holds when all of
 * them do, and does not when one does not.
 */
export function concludeStatement(
  spec: ClaimStatement,
  claim: Pick<ClaimSpec, 'caps' | 'differs'>,
  stands: ReadonlyMap<string, Stand | null>,
): Result {
  const parts = [spec, ...(spec.and ?? [])].map((part) => {
    const own = part.subjects.map((subject) => stands.get(subject) ?? null)
    return underConditions(
      concludePart(part, own),
      otherConditions(
        claim,
        own.filter((stand) => stand !== null),
      ),
    )
  })
  return { says: spec.says, ...together(parts) }
}

/** What halves come to: one that does not hold decides, and one that is open leaves the sentence open. */
function together(parts: readonly Told[]): Told {
  const [first] = parts
  if (parts.length === 1 && first) return first
  const order: readonly Told['conclusion'][] = [
    'contradicted',
    'not-measured',
    'not-comparable',
    'undecided',
    'reproduced',
  ]
  const conclusion = order.find((each) => parts.some((part) => part.conclusion === each)) ?? 'undecided'
  const telling = conclusion === 'reproduced' ? parts : parts.filter((part) => part.conclusion === conclusion)
  return { conclusion, why: telling.map(({ why }) => why).join(' ') }
}

function concludePart(part: ClaimPart, stands: readonly (Stand | null)[]): Told {
  const told = (conclusion: Told['conclusion'], why: string): Told => ({ conclusion, why })
  const rule = causeRules.find(({ id }) => id === part.verdict)
  if (!rule) return told('undecided', `No verdict here is called ${part.verdict}.`)
  const known = stands.filter((stand) => stand !== null)
  const open = whyOpen(known, stands.length)
  if (open) return open

  const where = otherLoadWords(known)
  const isSaid = part.holds ?? true
  const evidence = known.map((stand) => evidenceFor(stand, part))
  const found = evidence.filter((each) => each !== null)
  if (known.some(({ cell }) => cell.view.repetitions.length < 2)) {
    return told(
      'undecided',
      `One repetition is for orientation, and nothing follows from it: ${found.length > 0 ? list(found) : 'it showed no sign of this'}.${where}`,
    )
  }
  if (found.length === known.length)
    return isSaid
      ? told('reproduced', `Here too: ${list(found)}.${where}`)
      : told('contradicted', `Not here: ${list(found)}.${where}`)
  if (found.length > 0) return told('undecided', `It holds here for some of them only: ${list(found)}.${where}`)
  const held = known.find(({ cell }) => isAgentBound(cell))
  if (held && part.verdict !== 'agent-bound')
    return told(
      'undecided',
      `The load agent held back ${held.cell.view.entry.target}: what would have filled up first is not known.${where}`,
    )
  const shared = known.flatMap(({ cell: { view } }) => rule.unclear?.(view, part.service) ?? [])
  if (shared.length > 0) return told('undecided', `${list(shared)}: which of them was the limit is not known.${where}`)
  const against = known.map(({ cell: { view } }) =>
    rule.against ? rule.against(view, part.service) : `${view.entry.target} showed no sign of ${rule.id}`,
  )
  if (!against.every((each) => each !== null))
    return told('undecided', `Nothing here speaks for it, but what would show it could not be read.${where}`)
  return isSaid
    ? told('contradicted', `Not here: ${list(against)}.${where}`)
    : told('reproduced', `Here too: ${list(against)}.${where}`)
}

/** Why nothing can be said of these cells; null when something can. */
function whyOpen(known: readonly Stand[], wanted: number): Told | null {
  if (known.length < wanted || known.length === 0)
    return { conclusion: 'not-measured', why: 'A target that it is about is not part of this run.' }
  const missing = known.find(({ cell }) => cell.verdict === null)
  if (missing) {
    const { outcome, outcomeReason } = outcomeOfCell(missing.cell.view)
    return {
      conclusion: 'not-measured',
      why: `${missing.cell.view.entry.target} was not measured: ${outcome}, ${outcomeReason}.`,
    }
  }
  const invalid = known.find(({ cell }) => cell.verdict?.status === 'invalid')
  if (invalid)
    return {
      conclusion: 'undecided',
      why: `The figures of ${invalid.cell.view.entry.target} do not count here: it is invalid.`,
    }
  const otherLoad = whyOtherLoad(known)
  return otherLoad === null ? null : { conclusion: 'not-comparable', why: otherLoad }
}

function evidenceFor({ cell: { view, verdict } }: Stand, { verdict: wanted, service }: ClaimPart): string | null {
  const found = verdict?.causes.find(
    ({ cause, subject }) => cause === wanted && (service === null || subject === null || subject === service),
  )
  return found ? `under ${view.entry.target}, ${found.evidence}` : null
}
