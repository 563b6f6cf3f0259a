import { type Cell, costOf, loadLabel, USUAL_PRICES } from '@bakeoff/model'
import { type Html, html } from '../html/html.js'
import { part, type Scope } from '../html/scope.js'
import { type Column, table, unknown } from '../html/table.js'
import { type CostField, costFields, pricesWords } from '../shared/cost-words.js'
import { formatCores } from '../shared/format.js'
import { cellsInOrder, placeInScenario, type View } from '../shared/subjects.js'
import { cpuPerRequestColumn, introducedColumn } from './columns.js'
import type { Section } from './section.js'
import { whyMissing } from './words.js'

export const cost: Section = {
  id: 'cost',
  title: 'Cost',
  question: 'What does a million requests cost, and how many instances do they need?',
  isEmpty: ({ view }) => view.results.cells.every((cell) => costOf(cell, USUAL_PRICES) === null),
  render: ({ view, scopes }) => html`${form()}${scopes.map((scope) => part(scope, null, costsOf(view, scope)))}`,
}

const INPUTS = [
  { name: 'perSecond', label: 'Requests/s', value: USUAL_PRICES.perSecond, step: 'any' },
  { name: 'perCoreHour', label: '$ for a core-hour', value: USUAL_PRICES.perCoreHour, step: 'any' },
  { name: 'perGibHour', label: '$ for a GiB-hour', value: USUAL_PRICES.perGibHour, step: 'any' },
  { name: 'utilisation', label: 'Cores used, %', value: USUAL_PRICES.utilisation * 100, step: 'any' },
] as const

/** The reader's own prices. The page's script computes with them; without it, the usual ones stand in the tables. */
function form(): Html {
  return html`<div class="prices" role="group" aria-label="Prices">${INPUTS.map(
    ({ name, label, value, step }) =>
      html`<label>${label}<input type="number" min="0" step="${step}" value="${value}" inputmode="decimal" data-price="${name}"></label>`,
  )}</div>`
}

function costsOf(view: View, scope: Scope): Html {
  const { scenario } = scope
  const cells = cellsInOrder(view, scenario.id, scenario.mainLoad)
  const load = cells[0]?.load
  const moneyOf = (cell: Cell) => costOf(cell, USUAL_PRICES)?.perMillion ?? Number.POSITIVE_INFINITY
  const rows = cells.toSorted((a, b) => moneyOf(a) - moneyOf(b))
  const cheapest = rows[0] ? moneyOf(rows[0]) : 0
  const field = (cell: Cell, name: CostField) => {
    const found = costOf(cell, USUAL_PRICES)
    if (!found) return unknown(whyMissing(cell, 'its CPU time is not known, or its figures do not count'))
    const [text, small] = costFields(found, cheapest)[name]
    return html`<span data-cost="${name}">${text}${small !== undefined && html`<small>${small}</small>`}</span>`
  }
  const column = (head: string, name: CostField, unit?: string): Column<Cell> => ({
    head,
    ...(unit === undefined ? {} : { unit }),
    field: (cell) => field(cell, name),
  })
  const { cpus } = scenario.targetCaps
  return html`<section class="block"><h3>A million requests of <bdi>${scenario.id}</bdi> <small>${load && `CPU time as measured with ${loadLabel(load)}`}</small></h3>
    <p class="legend" data-prices>${pricesWords()}</p>${table<Cell>({
      caption: `Cost of ${scenario.id}`,
      columns: [
        {
          ...introducedColumn(view),
          field: (cell) =>
            html`<span data-place=${placeInScenario(view, cell)}>${introducedColumn(view).field(cell) as Html}</span>`,
        },
        column('A million', 'money', '95 % interval'),
        column('× cheapest', 'factor'),
        column('Cores', 'cores', 'for the load'),
        column('Instances', 'instances', `of ${formatCores(cpus)} ${cpus === 1 ? 'core' : 'cores'}`),
        cpuPerRequestColumn(view),
      ],
      rows,
      subject: (cell) => view.subjectOf(cell.entry).index,
      empty: 'No target was given the main load.',
    })}<p class="legend">The cheapest comes first; which differences are told apart stands on the Overview. Money for a million: CPU time per request ÷ share of the cores that are to be used, at the price of a core and of the peak memory beside it. Its interval is that of the CPU time alone. Instances are whole ones, at least one, of the size that was measured. ${beside(scope)}, traffic and disks are not in it, and CPU time per request may be another at other loads and sizes.</p></section>`
}

/** What a target needs beside it, as the beginning of a sentence. */
function beside({ scenario: { services } }: Scope): Html {
  return services.length === 0
    ? html`Services`
    : html`Services beside the target (<bdi>${services.map(({ name }) => name).join(', ')}</bdi>)`
}
