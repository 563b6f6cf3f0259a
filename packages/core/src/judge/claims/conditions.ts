import type { ClaimConclusion, ClaimSpec } from '@bakeoff/model'
import { list } from '../../words/quantities.js'
import { otherCaps, type Stand } from './setting.js'

/** How the conditions here differ from those of a source, as far as it is known; null: they do not. */
export interface OtherConditions {
  readonly caps: string | null
  readonly work: string | null
}

export function otherConditions(claim: Pick<ClaimSpec, 'caps' | 'differs'>, stands: readonly Stand[]): OtherConditions {
  return { caps: otherCaps(claim, stands), work: claim.differs ?? null }
}

/** Under other caps than the source's, or with other work, nothing here can speak against it; what speaks for it does so all the same. */
export function underConditions<Conclusion extends ClaimConclusion>(
  told: { readonly conclusion: Conclusion; readonly why: string },
  { caps, work }: OtherConditions,
): { readonly conclusion: Conclusion | 'not-comparable'; readonly why: string } {
  const reasons = [caps, work].filter((reason) => reason !== null)
  if (reasons.length === 0 || told.conclusion === 'not-measured' || told.conclusion === 'not-comparable') return told
  if (told.conclusion === 'contradicted')
    return { conclusion: 'not-comparable', why: `Not comparable here, because ${list(reasons)}. ${told.why}` }
  const ofCaps = caps === null ? '' : ` The caps were others: ${caps}.`
  const ofWork = work === null ? '' : ` The work was another: ${work}.`
  return { ...told, why: told.why + ofCaps + ofWork }
}
