/** `its own cores`, of several `their own cores`, `the load agent`. */
export function limitWords(limit: { readonly what: string; readonly isOwn: boolean }, ofSeveral = false): string {
  if (!limit.isOwn) return limit.what
  return `${ofSeveral ? 'their' : 'its'} ${limit.what}`
}
