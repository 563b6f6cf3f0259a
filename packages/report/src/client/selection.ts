/** The selection: what the reader has chosen, as plain data. `show.ts` and `drawer.ts` bring the page into line with it. */
import type { Prices, Results } from '@bakeoff/model'

export interface Selection {
  page: string
  /** the target whose page is open on the target page; null: the list of all */
  target: string | null
  scenario: number
  /** per scenario, by its place */
  loads: string[]
  /** subjects that are switched off */
  hidden: Set<number>
  /** the chosen subject; null: the baseline that each table was made with */
  baseline: number | null
  /** by page: what its tables are sorted by, where they have that column */
  sorts: Map<string, Sort>
  /** the reader's own; null: those that the tables of costs were made with */
  prices: Prices | null
}

export interface Sort {
  /** the head of the column */
  readonly column: string
  readonly direction: 'ascending' | 'descending'
}

export function firstSelection(results: Results): Selection {
  return {
    page: 'overview',
    target: null,
    scenario: 0,
    ...firstChoices(results),
  }
}

/** What is chosen as long as nobody chose: everything but the place in the report. */
export function firstChoices({
  scenarios,
}: Results): Pick<Selection, 'loads' | 'hidden' | 'baseline' | 'sorts' | 'prices'> {
  return {
    loads: scenarios.map(({ mainLoad }) => mainLoad),
    hidden: new Set(),
    baseline: null,
    sorts: new Map(),
    prices: null,
  }
}

/**
 * Whether an element belongs to the chosen scenario and, where it belongs to a load, to the load that is chosen there.
 *
 * @param ofAny whether all scenarios are shown
 */
export function isChosen(selection: Selection, element: HTMLElement, ofAny = false): boolean {
  const { scenario, load } = element.dataset
  if (!ofAny && scenario !== undefined && Number(scenario) !== selection.scenario) return false
  return load === undefined || load === selection.loads[Number(scenario)]
}
