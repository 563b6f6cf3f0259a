/** Brings the document into line with the selection: which page, which parts, which rows. */
import type { View } from '../shared/subjects.js'
import { isChosen, type Selection } from './selection.js'

/** The parts of a document that a selection shows, hides or presses: looked for once, since no part comes or goes. */
export function partsOf(root: Document) {
  const all = <E extends HTMLElement>(selector: string) => [...root.querySelectorAll<E>(selector)]
  return {
    pages: all('[data-page]'),
    ofScenario: all('[data-scenario]'),
    ofTarget: all('[data-target]'),
    switchbar: all('[data-switches]'),
    // A page about the whole run shows all targets, whatever is switched off on the others.
    rows: all('.view:not([data-whole]) tr[data-s]'),
    tables: all('.view:not([data-whole]) .scroll:has(tr[data-s])'),
    tabs: all<HTMLAnchorElement>('[data-tab]'),
    scenarios: all('[data-choose-scenario]'),
    loads: all('[data-choose-load]'),
    chips: all('[data-chip]'),
    switches: all('[data-show]'),
    showAll: all('[data-show-all], [data-show-note]'),
  }
}

export type Parts = ReturnType<typeof partsOf>

export function show(parts: Parts, view: View, selection: Selection, sheets: 'brief' | 'all' | null): void {
  for (const element of parts.pages) {
    const { page } = element.dataset
    // On paper there are no tabs: all pages follow each other. A target's page is printed when it is the one in sight.
    const isOnPaper = sheets === 'all' && page !== 'target'
    hide(element, sheets === 'brief' ? page !== 'decision' : page !== selection.page && !isOnPaper)
  }
  for (const element of parts.ofScenario) hide(element, !isChosen(selection, element))
  for (const element of parts.ofTarget) hide(element, (element.dataset.target || null) !== selection.target)
  const whole = parts.pages.find(({ dataset }) => dataset.page === selection.page)?.dataset.whole !== undefined
  for (const element of parts.switchbar) hide(element, whole)
  for (const row of parts.rows) hide(row, selection.hidden.has(Number(row.dataset.s)))
  for (const table of parts.tables) {
    const isEmpty = selection.hidden.size > 0 && table.querySelector('tbody tr:not([hidden])') === null
    if (table.classList.contains('none-left') !== isEmpty) table.classList.toggle('none-left', isEmpty)
  }

  for (const tab of parts.tabs) {
    if (tab.dataset.tab === selection.page) tab.setAttribute('aria-current', 'page')
    else tab.removeAttribute('aria-current')
  }
  for (const button of parts.scenarios) press(button, Number(button.dataset.chooseScenario) === selection.scenario)
  for (const button of parts.loads)
    press(button, button.dataset.chooseLoad === selection.loads[selection.scenario] && isOfScenario(button, selection))
  const here = new Set(
    view.results.entries
      .filter(({ scenario }) => scenario === view.results.scenarios[selection.scenario]?.id)
      .map(({ id }) => view.subjectOf(id).index),
  )
  for (const chip of parts.chips) hide(chip, !here.has(Number(chip.dataset.chip)))
  for (const button of parts.switches) press(button, !selection.hidden.has(Number(button.dataset.show)))
  for (const button of parts.showAll) hide(button, selection.hidden.size === 0)
}

function isOfScenario(button: HTMLElement, selection: Selection): boolean {
  return Number(button.closest<HTMLElement>('[data-scenario]')?.dataset.scenario) === selection.scenario
}

/** Writes only what changes: a report has thousands of rows. */
function hide(element: HTMLElement, hidden: boolean): void {
  if (element.hidden !== hidden) element.hidden = hidden
}

function press(button: HTMLElement, pressed: boolean): void {
  button.setAttribute('aria-pressed', String(pressed))
}
