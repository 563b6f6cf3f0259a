import type { ClaimConclusion } from '@bakeoff/model'

/** Under other caps than the source's nothing here can speak against it; what speaks for it does so all the same. */
export function underCaps<Conclusion extends ClaimConclusion>(
  told: { readonly conclusion: Conclusion; readonly why: string },
  caps: string | null,
): { readonly conclusion: Conclusion | 'not-comparable'; readonly why: string } {
  if (caps === null || told.conclusion === 'not-measured' || told.conclusion === 'not-comparable') return told
  if (told.conclusion === 'contradicted')
    return { conclusion: 'not-comparable', why: `Not comparable here, because ${caps}. ${told.why}` }
  return { ...told, why: `${told.why} The caps were others: ${caps}.` }
}
