/** Writes the `× baseline` columns for the chosen baseline. The ratios are core's; none is computed here. */
import type { Cell, Ratio } from '@bakeoff/model'
import { formatFactor, formatInterval } from '../shared/format.js'
import { ratioTo } from '../shared/ratios.js'
import { firstBaseline, metricOf, type View } from '../shared/subjects.js'
import type { PageResults } from './results.js'
import type { Selection } from './selection.js'
import { press } from './show.js'

/** Presses the button of the baseline of the scenario and load in sight. */
export function pressBaseline(buttons: readonly HTMLElement[], view: View, selection: Selection): void {
  const scenario = view.results.scenarios[selection.scenario]
  if (!scenario) return
  const loadId = selection.loads[selection.scenario] ?? scenario.mainLoad
  const shown = baselineFor(view, selection, { scenario: scenario.id, loadId })
  const index = shown && view.subjectOf(shown.entry).index
  for (const button of buttons) press(button, Number(button.dataset.baseline) === index)
}

/**
 * Writes the columns of all tables that are open, of scenarios that were read. A page comes with those of the first baseline: it
 * costs time only when another is chosen.
 */
export function writeBaselines(root: Document, results: PageResults, selection: Selection): void {
  const tables = new Set<Element | null>()
  for (const place of root.querySelectorAll('[data-ratio]')) tables.add(place.closest('table'))
  for (const table of tables) {
    const scenario = table?.closest<HTMLElement>('[data-scenario]')?.dataset.scenario
    const view = results.known(Number(scenario))
    const id = view?.results.scenarios[Number(scenario)]?.id
    if (table && view)
      writeTable(table, { view, cells: view.results.cells.filter((cell) => cell.scenario === id) }, selection)
  }
}

interface Compared {
  readonly view: View
  /** of the table's scenario */
  readonly cells: readonly Cell[]
}

/** Writes a table, whose cells are of one scenario and load and so have one baseline. */
function writeTable(table: Element, { view, cells }: Compared, selection: Selection): void {
  let baseline: Cell | null | undefined
  for (const place of table.querySelectorAll<HTMLElement>('[data-ratio]')) {
    const cell = cells[Number(place.dataset.ratio)]
    if (!cell) continue
    baseline = baseline === undefined ? baselineFor(view, selection, cell) : baseline
    if (!baseline) write(place, '–')
    else if (baseline.id === cell.id) write(place, 'baseline')
    else writeRatio(place, ratioTo(view.results.comparisons, metricOf(view, cell), cell.id, baseline.id))
  }
}

function baselineFor(view: View, { baseline }: Selection, of: Pick<Cell, 'scenario' | 'loadId'>): Cell | null {
  const chosen = view.results.cells.find(
    ({ scenario, loadId, entry }) =>
      scenario === of.scenario && loadId === of.loadId && view.subjectOf(entry).index === baseline,
  )
  return chosen ?? firstBaseline(view, of)
}

function writeRatio(place: HTMLElement, ratio: Ratio | null): void {
  if (ratio) write(place, formatFactor(ratio.median), formatInterval(ratio) ?? 'no interval')
  else write(place, '–')
}

function write(place: HTMLElement, text: string, small?: string): void {
  place.textContent = text
  if (small === undefined) return
  const note = place.ownerDocument.createElement('small')
  note.textContent = small
  place.append(note)
}
