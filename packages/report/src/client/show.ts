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
    tabs: all<HTMLAnchorElement>('[data-tab]'),
    scenarios: all('[data-choose-scenario]'),
    loads: all('[data-choose-load]'),
    chips: all('[data-chip]'),
    switches: all('[data-show]'),
    baselines: all('[data-baseline]'),
    showAll: all('[data-show-all], [data-show-note]'),
  }
}

export type Parts = ReturnType<typeof partsOf>

/** What is on paper: the first page alone, all pages of the chosen scenario, or of all; null: nothing is printed. */
export type Sheets = 'brief' | 'scenario' | 'all' | null

export function show(parts: Parts, view: View, selection: Selection, sheets: Sheets): void {
  for (const element of parts.pages) {
    const { page } = element.dataset
    // On paper there are no tabs: all pages follow each other. A target's page is printed when it is the one in sight.
    const isOnPaper = (sheets === 'all' || sheets === 'scenario') && page !== 'target'
    hide(element, sheets === 'brief' ? page !== 'decision' : page !== selection.page && !isOnPaper)
  }
  for (const element of parts.ofScenario) hide(element, !isChosen(selection, element, sheets === 'all'))
  nameScenarios(parts, view, sheets)
  for (const element of parts.ofTarget) hide(element, (element.dataset.target || null) !== selection.target)
  const whole = parts.pages.find(({ dataset }) => dataset.page === selection.page)?.dataset.whole !== undefined
  for (const element of parts.switchbar) hide(element, whole)
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

/** Shows the rows of a page whose targets are switched on. A page about the whole run shows all, whatever is switched off on the others. */
export function showRows(page: HTMLElement, { hidden }: Selection): void {
  if (page.dataset.whole !== undefined) return
  for (const row of page.querySelectorAll<HTMLElement>('tr[data-s]')) hide(row, hidden.has(Number(row.dataset.s)))
  for (const table of page.querySelectorAll('.scroll:has(tr[data-s])')) {
    const isEmpty = hidden.size > 0 && table.querySelector('tr[data-s]:not([hidden])') === null
    if (table.classList.contains('none-left') !== isEmpty) table.classList.toggle('none-left', isEmpty)
  }
}

/** Names the scenario before the first of its parts on each page, on paper that has several. */
function nameScenarios(parts: Parts, { results }: View, sheets: Sheets): void {
  for (const page of parts.pages) {
    let last: string | undefined
    for (const part of page.querySelectorAll<HTMLElement>('.part')) {
      const { scenario } = part.dataset
      const isFirst = sheets === 'all' && !part.hidden && scenario !== last
      if (isFirst) part.dataset.named = results.scenarios[Number(scenario)]?.id ?? ''
      else if (part.dataset.named !== undefined) delete part.dataset.named
      if (!part.hidden) last = scenario
    }
  }
}

function isOfScenario(button: HTMLElement, selection: Selection): boolean {
  return Number(button.closest<HTMLElement>('[data-scenario]')?.dataset.scenario) === selection.scenario
}

/** Writes only what changes: a report has thousands of rows. */
function hide(element: HTMLElement, hidden: boolean): void {
  if (element.hidden !== hidden) element.hidden = hidden
}

export function press(button: HTMLElement, pressed: boolean): void {
  const now = String(pressed)
  if (button.getAttribute('aria-pressed') !== now) button.setAttribute('aria-pressed', now)
}
