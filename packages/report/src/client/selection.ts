/** What the reader has chosen. Plain data; `show.ts` and `drawer.ts` bring the page into line with it. */
import type { Results } from '@bakeoff/model'

export interface Selection {
  page: string
  /** on the target page: which one */
  target: string | null
  scenario: number
  /** per scenario, by its place */
  loads: string[]
  /** subjects that are switched off */
  hidden: Set<number>
  /** null: the one that each table was made with */
  baseline: number | null
}

export function firstSelection(results: Results): Selection {
  return {
    page: 'overview',
    target: null,
    scenario: 0,
    loads: results.scenarios.map(({ mainLoad }) => mainLoad),
    hidden: new Set(),
    baseline: null,
  }
}

/** Whether an element that belongs to a scenario, and perhaps to a load, is of the chosen ones. */
export function isChosen(selection: Selection, element: HTMLElement): boolean {
  const { scenario, load } = element.dataset
  if (scenario !== undefined && Number(scenario) !== selection.scenario) return false
  return load === undefined || load === selection.loads[Number(scenario)]
}
