import type { DecisionColumn } from '@bakeoff/model'
import { type Html, html } from '../html/html.js'
import type { View } from '../shared/subjects.js'
import { costOfFigure } from './decision-figure.js'
import { listed } from './words.js'

/** The best of each scenario on a line, for narrow screens: there the table beside the names has room for two scenarios. */
export function bestOfEach(view: View, columns: readonly DecisionColumn[]): Html {
  return html`<ul class="bests">${columns.map(
    (column) =>
      html`<li><a href="#overview/${encodeURIComponent(column.scenario)}"><bdi>${column.scenario}</bdi></a> ${bestOf(view, column)}</li>`,
  )}</ul>`
}

const STANDINGS: Readonly<Record<Exclude<DecisionColumn['standing'], 'nobody'>, string>> = {
  leads: 'leads',
  level: 'level',
  provisional: 'first, provisional',
  alone: 'alone',
}

/** The most names on a line; more targets are given as a number. */
const MOST_NAMES = 2

/** Who leads or may, with the cost of the first. */
function bestOf(view: View, column: DecisionColumn): Html {
  const { standing, figures } = column
  const [first] = figures
  if (standing === 'nobody' || first === undefined) return html`nothing can be compared`
  const leading = figures.filter(({ marks }) => marks.includes('leads') || marks.includes('level'))
  const shown = leading.length > 0 ? leading : [first]
  const isSuspect = shown.some(({ marks }) => marks.includes('suspect'))
  const cost = costOfFigure(view, column, first.entry)
  const words = [`${STANDINGS[standing]}${isSuspect ? ', suspect' : ''}`, cost && `${cost} a million`]
  const names =
    shown.length > MOST_NAMES
      ? html`<b><bdi>${first.name}</bdi></b> and ${shown.length - 1} others`
      : html`<b>${listed(shown.map(({ name }) => name))}</b>`
  return html`${names} ${words.filter(Boolean).join(' · ')}`
}
