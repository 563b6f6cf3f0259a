/** The agent's throughput beside that of another tool: on the Verification page, and in a line for a target's page. */
import { type Cell, loadLabel, type SecondInstrumentResult } from '@bakeoff/model'
import { type Content, type Html, html } from '../html/html.js'
import { badge } from '../html/marks.js'
import type { Scope } from '../html/scope.js'
import { known, table, type Unknown, unknown } from '../html/table.js'
import { formatNumber, formatShare } from '../shared/format.js'
import { cellsInOrder, type View } from '../shared/subjects.js'
import { type CellColumn, nameColumn } from './columns.js'
import { hasCause, whyMissing } from './words.js'

type Measured = Extract<SecondInstrumentResult, { kind: 'measured' }>

/** The block of the second instrument for one load; null for a load that it was not asked to measure. */
export function secondInstrumentBlock(view: View, scope: Scope, loadId: string): Html | null {
  const cells = cellsInOrder(view, scope.scenario.id, loadId)
  const results = cells.flatMap(({ secondInstrument }) => secondInstrument ?? [])
  const [first] = results
  const load = cells[0]?.load
  if (!first || !load) return null
  const head = html`<h3>A second instrument <small>${loadLabel(load)}</small></h3>`
  if (results.every(({ kind }) => kind === 'unsupported') && first.kind === 'unsupported')
    return html`<section class="block">${head}<p class="legend">${first.tool} could not measure this load beside the agent: ${first.reason}.</p></section>`
  const how = results.find((result) => result.kind === 'measured')
  return html`<section class="block">${head}
    ${how && html`<p class="legend">${how.tool} <code>${how.version}</code> put the same load on the same target once, after the agent’s own loads and on the agent’s cores, for ${formatNumber(Math.round(how.seconds))} s. Only throughput is compared, since ${how.tool} adds to its times what it believes it left out. The limit of the difference is 10 %, or more where repetitions differ by more or answers are few; a cell beyond it is marked <b>instruments-disagree</b>. Where the agent was the limit, ${how.tool} may reach more.</p>`}
    ${table<Cell>({
      caption: `A second instrument, ${loadLabel(load)}`,
      columns: [
        nameColumn(view),
        figureColumn('Load agent', 'correct responses/s, same repetition', ({ agentPerSecond }) => agentPerSecond),
        figureColumn(first.tool, 'correct responses/s', ({ perSecond }) => perSecond),
        {
          head: 'Difference',
          field: (cell) => known(measuredOf(cell)?.difference, signed, whyNot(cell)),
          sort: (cell) => measuredOf(cell)?.difference ?? null,
        },
        {
          head: 'Limit',
          field: (cell) => known(measuredOf(cell), ({ tolerance }) => `± ${formatShare(tolerance)}`, whyNot(cell)),
          sort: (cell) => measuredOf(cell)?.tolerance ?? null,
        },
        { head: 'Agreement', align: 'start', field: agreement },
        figureColumn(`Failed in ${first.tool}`, 'requests', failedOf),
      ],
      rows: cells,
      subject: (cell) => view.subjectOf(cell.entry).index,
      sortable: true,
    })}</section>`
}

/** The result of a second instrument in words, for a list of facts about an entry; null where it was not asked. */
export function secondInstrumentWords(result: SecondInstrumentResult | null | undefined): string | null {
  if (!result) return null
  if (result.kind === 'unsupported') return `${result.tool} cannot do it: ${result.reason}`
  if (result.kind === 'failed') return `${result.tool} failed: ${result.reason}`
  const { tool, perSecond, agentPerSecond, difference } = result
  const beside =
    agentPerSecond === null || difference === null
      ? ''
      : `, the load agent ${formatNumber(agentPerSecond)} in the same repetition (${signed(difference)})`
  return `${tool} measured ${formatNumber(perSecond)} correct responses/s${beside}`
}

function figureColumn(head: string, unit: string, of: (result: Measured) => number | null): CellColumn {
  const value = (cell: Cell) => {
    const result = measuredOf(cell)
    return result && of(result)
  }
  return { head, unit, field: (cell) => known(value(cell), formatNumber, whyNot(cell)), sort: value }
}

function measuredOf({ secondInstrument }: Cell): Measured | null {
  return secondInstrument?.kind === 'measured' ? secondInstrument : null
}

function failedOf({ errors }: Measured): number {
  return errors.connect + errors.read + errors.write + errors.status + errors.timeout
}

function agreement(cell: Cell): Content | Unknown {
  const result = measuredOf(cell)
  if (result === null || result.difference === null) return unknown(whyNot(cell))
  if (hasCause(cell, 'instruments-disagree')) return badge('warn', '!', 'disagree')
  if (Math.abs(result.difference) <= result.tolerance) return badge('good', '✓', 'agree')
  return badge('plain', '–', 'the agent was the limit')
}

function whyNot(cell: Cell): string {
  const result = cell.secondInstrument
  if (!result) return whyMissing(cell, 'the second instrument was not asked')
  return result.kind === 'measured' ? 'the agent measured nothing in that repetition' : result.reason
}

function signed(share: number): string {
  return `${share > 0 ? '+' : ''}${formatShare(share)}`
}
