/** Whether the judge has told two figures apart, by the conclusion of their comparison; a comparison that was not made tells nothing. */
export function isToldApart(compared: { readonly conclusion: string | null } | null | undefined): boolean {
  return compared?.conclusion === 'higher' || compared?.conclusion === 'lower'
}
