/** Brings the document into line with the selection: which page, which parts, which rows. */
import type { View } from '../shared/subjects.js'
import { isChosen, type Selection } from './selection.js'

export function show(root: Document, view: View, selection: Selection, printing: boolean): void {
  for (const element of root.querySelectorAll<HTMLElement>('[data-page]')) {
    const { page } = element.dataset
    // On paper there are no tabs: all pages follow each other. A target's page is printed when it is the one in sight.
    element.hidden = page !== selection.page && (!printing || page === 'target')
  }
  for (const element of root.querySelectorAll<HTMLElement>('[data-scenario]'))
    element.hidden = !isChosen(selection, element)
  for (const element of root.querySelectorAll<HTMLElement>('[data-target]'))
    element.hidden = (element.dataset.target || null) !== selection.target
  for (const row of root.querySelectorAll<HTMLElement>('tr[data-s]'))
    row.hidden = selection.hidden.has(Number(row.dataset.s))

  for (const tab of root.querySelectorAll<HTMLElement>('[data-tab]')) {
    if (tab.dataset.tab === selection.page) tab.setAttribute('aria-current', 'page')
    else tab.removeAttribute('aria-current')
  }
  press(root, 'data-choose-scenario', String(selection.scenario))
  for (const button of root.querySelectorAll<HTMLElement>('[data-choose-load]')) {
    button.setAttribute(
      'aria-pressed',
      String(button.dataset.chooseLoad === selection.loads[selection.scenario] && isOfScenario(button, selection)),
    )
  }
  const here = new Set(
    view.results.entries
      .filter(({ scenario }) => scenario === view.results.scenarios[selection.scenario]?.id)
      .map(({ id }) => view.subjectOf(id).index),
  )
  for (const chip of root.querySelectorAll<HTMLElement>('[data-chip]'))
    chip.hidden = !here.has(Number(chip.dataset.chip))
  for (const button of root.querySelectorAll<HTMLElement>('[data-show]'))
    button.setAttribute('aria-pressed', String(!selection.hidden.has(Number(button.dataset.show))))
  for (const button of root.querySelectorAll<HTMLElement>('[data-show-all]'))
    button.hidden = selection.hidden.size === 0
}

function isOfScenario(button: HTMLElement, selection: Selection): boolean {
  return Number(button.closest<HTMLElement>('[data-scenario]')?.dataset.scenario) === selection.scenario
}

function press(root: Document, attribute: string, value: string): void {
  for (const button of root.querySelectorAll(`[${attribute}]`))
    button.setAttribute('aria-pressed', String(button.getAttribute(attribute) === value))
}
