/**
 * Routes of the page, such as `#latency`, `#latency/ranknet`, `#target/go-net-http`: pages are links, so back, forward and
 * bookmarks work. What the reader chose follows as a query, `#overview/ranknet?hide=go-net-http&sort=overview~p99~ascending`,
 * so that an address that is sent to others shows them the same.
 */
import { loadIdOf, partsOfPrices, pricesFrom } from '@bakeoff/model'
import type { Subject, View } from '../shared/subjects.js'
import { firstChoices, type Selection } from './selection.js'

/**
 * Follows a hash: writes what it says into the selection. A hash that names nothing in the report means the first page. A hash
 * without a query, such as a link within the page, leaves the choices as they are.
 *
 * @returns the figure that the hash names, as `figureName` gives it; else null
 */
export function followHash(hash: string, selection: Selection, pages: readonly string[], view: View): string | null {
  const { scenarios, entries } = view.results
  const [path = '', query] = hash.replace(/^#/, () => '').split(/\?(.*)/s)
  const [page = '', name = ''] = path.split('/').map(decoded)
  selection.page = pages.includes(page) ? page : (pages[0] ?? 'overview')
  selection.target = page === 'target' && entries.some(({ target }) => target === name) ? name : null
  const scenario = scenarios.findIndex(({ id }) => id === name)
  if (!WITHOUT_SCENARIO.includes(page) && scenario >= 0) selection.scenario = scenario
  if (query === undefined) return null
  const choices = new URLSearchParams(query)
  Object.assign(selection, choicesOf(choices, view))
  if (WITHOUT_SCENARIO.includes(page))
    selection.scenario = Math.max(
      0,
      scenarios.findIndex(({ id }) => id === choices.get('scenario')),
    )
  return choices.get('figure')
}

/** Pages that are about no scenario: their addresses name it in the query. */
export const WITHOUT_SCENARIO: readonly string[] = ['decision', 'claims', 'target']

/** The hash of a page in the chosen scenario with everything that was chosen; what was not chosen is left out. */
export function hashOf(page: string, selection: Selection, view: View, figure?: string): string {
  const { scenarios } = view.results
  const scenario = scenarios.length > 1 ? (scenarios[selection.scenario]?.id ?? null) : null
  const name = page === 'target' ? selection.target : WITHOUT_SCENARIO.includes(page) ? null : scenario
  const query = new URLSearchParams()
  // The scenario that the reader comes from and goes back to.
  if (WITHOUT_SCENARIO.includes(page) && scenario !== null && selection.scenario > 0) query.set('scenario', scenario)
  scenarios.forEach(({ id, mainLoad }, index) => {
    const load = selection.loads[index]
    if (load !== undefined && load !== mainLoad) query.append('load', joined(id, load))
  })
  for (const subject of view.subjects) if (selection.hidden.has(subject.index)) query.append('hide', nameOf(subject))
  const baseline = view.subjects.find(({ index }) => index === selection.baseline)
  if (baseline) query.set('base', nameOf(baseline))
  for (const [of, { column, direction }] of selection.sorts) query.append('sort', joined(of, column, direction))
  if (selection.prices) query.set('cost', joined(...partsOfPrices(selection.prices).map(String)))
  if (figure !== undefined) query.set('figure', figure)
  const choices = query.toString()
  return `#${[page, ...(name ? [encodeURIComponent(name)] : [])].join('/')}${choices && `?${choices}`}`
}

function choicesOf(query: URLSearchParams, view: View): ReturnType<typeof firstChoices> {
  const choices = firstChoices(view.results)
  view.results.scenarios.forEach(({ id, loads }, index) => {
    const ids = [
      ...loads.map(loadIdOf),
      ...view.results.cells.flatMap((cell) => (cell.scenario === id ? [cell.loadId] : [])),
    ]
    const load = ids.find((one) => query.getAll('load').includes(joined(id, one)))
    if (load !== undefined) choices.loads[index] = load
  })
  const [hidden, base] = [new Set(query.getAll('hide')), query.get('base')]
  for (const subject of view.subjects) {
    if (hidden.has(nameOf(subject))) choices.hidden.add(subject.index)
    if (base === nameOf(subject)) choices.baseline = subject.index
  }
  choices.prices = pricesFrom(query.get('cost') ?? '', SEPARATOR)
  for (const sort of query.getAll('sort')) {
    const [page = '', column = '', direction] = sort.split(SEPARATOR)
    if (direction === 'ascending' || direction === 'descending') choices.sorts.set(page, { column, direction })
  }
  return choices
}

const SEPARATOR = '~'

function joined(...parts: readonly string[]): string {
  return parts.join(SEPARATOR)
}

function nameOf({ target, variant }: Subject): string {
  return variant === 'default' ? target : joined(target, variant)
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
