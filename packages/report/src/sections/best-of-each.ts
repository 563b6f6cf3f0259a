import type { DecisionColumn } from '@bakeoff/model'
import { type Html, html } from '../html/html.js'
import { shortNames } from '../shared/names.js'
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

/** The most characters of a name that stands alone, and of each of two: a scenario takes two lines at most. */
const MOST_CHARACTERS = { alone: 36, ofTwo: 26 }

/** Who leads or may, with the cost of the first. The heading says what is provisional in all scenarios. */
function bestOf(view: View, column: DecisionColumn): Html {
  const { standing, figures } = column
  const [first] = figures
  if (standing === 'nobody' || first === undefined) return html`nothing can be compared`
  const leading = figures.filter(({ marks }) => marks.includes('leads') || marks.includes('level'))
  const shown = leading.length > 0 ? leading : [first]
  const isSuspect = shown.some(({ marks }) => marks.includes('suspect'))
  const cost = costOfFigure(view, column, first.entry)
  const word = standing === 'provisional' && view.results.decision?.provisional ? 'first' : STANDINGS[standing]
  const words = [`${word}${isSuspect ? ', suspect' : ''}`, cost && `${cost} a million`]
  const isMany = shown.length > MOST_NAMES
  const named = shortNames(
    (isMany ? [first] : shown).map(({ name }) => name),
    isMany || shown.length === 1 ? MOST_CHARACTERS.alone : MOST_CHARACTERS.ofTwo,
  )
  return html`<b>${listed(named)}</b>${isMany && ` and ${shown.length - 1} others`} ${words.filter(Boolean).join(' · ')}`
}
