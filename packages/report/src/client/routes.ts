/**
 * Routes of the page, such as `#latency`, `#latency/ranknet`, `#target/go-net-http`: pages are links, so back, forward and
 * bookmarks work.
 */
import type { Results } from '@bakeoff/model'
import type { Selection } from './selection.js'

/** Follows a hash: writes what it says into the selection. A hash that names nothing in the report means the first page. */
export function followHash(
  hash: string,
  selection: Selection,
  pages: readonly string[],
  { scenarios, entries }: Results,
): void {
  const [page = '', name = ''] = hash
    .replace(/^#/, () => '')
    .split('/')
    .map(decoded)
  selection.page = pages.includes(page) ? page : (pages[0] ?? 'overview')
  selection.target = page === 'target' && entries.some(({ target }) => target === name) ? name : null
  const scenario = scenarios.findIndex(({ id }) => id === name)
  if (page !== 'target' && scenario >= 0) selection.scenario = scenario
}

/** The hash of a page in the chosen scenario; a single scenario is left out. */
export function hashOf(page: string, selection: Selection, { scenarios }: Results): string {
  const name = page === 'target' ? selection.target : scenarios.length > 1 ? scenarios[selection.scenario]?.id : null
  return name ? `#${page}/${encodeURIComponent(name)}` : `#${page}`
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
