/** Writes the `× baseline` columns for the chosen baseline. The ratios are core's; none is computed here. */
import type { Ratio } from '@bakeoff/model'
import { formatFactor, formatInterval } from '../shared/format.js'
import { ratioTo } from '../shared/ratios.js'
import { groupingOf, metricOf, type View } from '../shared/subjects.js'
import type { Selection } from './selection.js'

export function writeBaselines(root: Document, view: View, selection: Selection): void {
  const scenario = view.results.scenarios[selection.scenario]
  if (!scenario) return
  const load = selection.loads[selection.scenario] ?? scenario.mainLoad
  const shown = chosenBaseline(view, selection, scenario.id, load)
  for (const button of root.querySelectorAll<HTMLElement>('[data-baseline]')) {
    button.setAttribute('aria-pressed', String(Number(button.dataset.baseline) === shown?.subject))
  }
  for (const place of root.querySelectorAll<HTMLElement>('[data-ratio]')) {
    const cell = view.results.cells[Number(place.dataset.ratio)]
    if (!cell) continue
    const baseline = chosenBaseline(view, selection, cell.scenario, cell.loadId)
    if (!baseline) write(place, '–')
    else if (baseline.cell === cell.id) write(place, 'baseline')
    else writeRatio(place, ratioTo(view.results.comparisons, metricOf(view, cell), cell.id, baseline.cell))
  }
}

function chosenBaseline(view: View, selection: Selection, scenario: string, load: string) {
  const cells = view.results.cells.filter((cell) => cell.scenario === scenario && cell.loadId === load)
  const last = groupingOf(view, scenario, load)?.ranked.at(-1)
  const cell =
    cells.find(({ entry }) => view.subjectOf(entry).index === selection.baseline) ?? cells.find(({ id }) => id === last)
  return cell ? { cell: cell.id, subject: view.subjectOf(cell.entry).index } : null
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
