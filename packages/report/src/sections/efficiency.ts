import { type Cell, figureOf, kindOf, type LoadSpec, loadLabel } from '@bakeoff/model'
import { type Figure, figure } from '../html/figure.js'
import { type Html, html } from '../html/html.js'
import { part, type Scope } from '../html/scope.js'
import { known, table } from '../html/table.js'
import { drawnFigure } from '../shared/figures.js'
import { formatDurationMs, formatNumber } from '../shared/format.js'
import { STARTS, startMs } from '../shared/starts.js'
import { cellsInOrder, type View } from '../shared/subjects.js'
import {
  type CellColumn,
  cpuPerRequestColumn,
  figureColumn,
  memoryColumn,
  nameColumn,
  requestsPerCpuColumn,
} from './columns.js'
import type { Section } from './section.js'
import { hasCause, rangeTitle, repetitionsOf, whyMissing } from './words.js'

export const efficiency: Section = {
  id: 'efficiency',
  title: 'Efficiency',
  question: 'What does an answer cost in CPU and memory, and a deployment in time and disk?',
  render: ({ view, scopes }) =>
    html`${scopes.map((scope) => [scope.loads.map(({ id, load }) => part(scope, id, underLoad(view, scope, id, load))), part(scope, null, atRest(view, scope))])}`,
}

const UNDER_LOAD = ['requestsPerCpuSecond', 'cpuMsPerRequest']

/**
 * Figures for scenarios whose service answers by a script: the time observed beyond the script is the cost of the target and
 * its client.
 */
const BEYOND_SCRIPT = ['overheadPerStreamMs', 'overheadPerChunkMs', 'overheadFirstByteMs']

/** The figures at rest that are drawn. The time of a build depends on caches and networks: it is a number in the table, and no chart. */
const AT_REST = ['idleMemoryBytes', 'imageBytes']

function underLoad(view: View, scope: Scope, loadId: string, load: LoadSpec): Html {
  const cells = cellsInOrder(view, scope.scenario.id, loadId)
  if (cells.length === 0 || kindOf(load).unit === 'task')
    return html`<p class="none">CPU time per task of a batch is on the Overview.</p>`
  return html`<div class="figures">${UNDER_LOAD.map((id) => barsOf(view, cells, id, [loadLabel(load), repetitionsOf(cells)]))}</div>
    ${beyondScript(view, scope, cells, load)}
    <section class="block"><h3>Per request and per core <small>${loadLabel(load)}</small></h3>${table({
      caption: 'Efficiency under load',
      columns: [
        nameColumn(view),
        cpuPerRequestColumn(view),
        requestsPerCpuColumn(view),
        memoryColumn('Memory', ({ target }) => target),
        estimatedColumn(view),
      ],
      rows: cells,
      subject: (cell) => view.subjectOf(cell.entry).index,
      sortable: true,
    })}<p class="legend">The estimated capacity, cores ÷ CPU time per request, is given only where the load agent was the limit; it was not measured.</p></section>`
}

function beyondScript(view: View, { scenario }: Scope, cells: readonly Cell[], load: LoadSpec): Html | null {
  const { script } = scenario
  const isKnown = (id: string) => cells.some((cell) => figureOf(cell, id))
  if (!script || !isKnown('overheadPerStreamMs')) return null
  const figures = BEYOND_SCRIPT.filter((id) => id !== 'overheadFirstByteMs' || isKnown(id))
  return html`<section class="block"><h3>Beyond the script <small>the service sends its first token after ${formatDurationMs(script.firstByteMs)}, ${formatNumber(script.chunks)} tokens ${formatDurationMs(script.gapMs)} apart</small></h3>
    <div class="figures">${figures.map((id) => barsOf(view, cells, id, [loadLabel(load), repetitionsOf(cells)]))}</div>${table(
      {
        caption: 'Beyond the script',
        columns: [
          nameColumn(view),
          ...figures.map((id) => figureColumn(view, id, { plain: true, why: 'was not recorded' })),
        ],
        rows: cells,
        subject: (cell) => view.subjectOf(cell.entry).index,
        sortable: true,
      },
    )}</section>`
}

function atRest(view: View, scope: Scope): Html {
  const cells = cellsInOrder(view, scope.scenario.id, scope.scenario.mainLoad)
  if (cells.length === 0) return html`<p class="none">This scenario has no targets.</p>`
  return html`<section class="block"><h3>Before any load</h3><div class="figures">${AT_REST.map((id) => barsOf(view, cells, id, []))}${startsOf(view, cells)}</div>${table(
    {
      caption: 'Before any load',
      columns: [
        nameColumn(view),
        figureColumn(view, 'idleMemoryBytes', { why: 'was not recorded' }),
        figureColumn(view, 'coldStartMs', { why: 'was not recorded' }),
        figureColumn(view, 'startCallMs', { why: 'was not recorded' }),
        {
          head: 'Both',
          field: (cell) => known(startMs(view, cell), formatDurationMs, whyMissing(cell, 'was not recorded')),
          sort: (cell) => startMs(view, cell),
          leastFirst: true,
        },
        figureColumn(view, 'imageBytes', { head: 'Image', plain: true, why: 'its size is not known' }),
        figureColumn(view, 'buildSeconds', {
          head: 'Build',
          plain: true,
          why: 'the time of the build was not recorded',
        }),
      ],
      rows: cells,
      subject: (cell) => view.subjectOf(cell.entry).index,
      sortable: true,
    },
  )}</section>`
}

/** The start of each target in its two parts, which add up to what a deployment waits. */
function startsOf(view: View, cells: readonly Cell[]): Html {
  const known = cells.filter((cell) => drawnFigure(view, STARTS[0].id).value(cell) !== null)
  return figure({
    chart: 'starts',
    wide: true,
    title:
      rangeTitle(view, cells, {
        what: 'From the start call to the first answer',
        of: (cell) => startMs(view, cell),
        show: formatDurationMs,
      }) ?? 'How long a start takes is not known',
    condition: ['Time of a start', 'lower is better'],
    rows: known.length,
    howTo:
      'The engine’s start call makes and starts the container; the target’s part begins when its process does, and ends with its first answer to GET /health. A deployment waits for both.',
    table: 'below',
    nothing: known.length > 0 ? null : 'No start was recorded.',
  })
}

/** Bars of one figure. The title gives the range that they span; the table of the block has the numbers. */
function barsOf(view: View, cells: readonly Cell[], id: string, condition: readonly (string | null)[]): Html {
  const { title, unit, better, about, value, withUnit } = drawnFigure(view, id, cells[0]?.load)
  return figure({
    chart: 'bars',
    of: id,
    title: rangeTitle(view, cells, { what: title, of: value, show: withUnit }) ?? `${title} is not known`,
    condition: [title, unit, ...condition, `${better} is better`],
    howTo: about,
    rows: cells.filter((cell) => value(cell) !== null).length,
    table: 'below',
    nothing: cells.some((cell) => value(cell) !== null) ? null : `${title} is not known for any target.`,
  } satisfies Figure)
}

/** The estimated capacity, of use only where the agent was the limit; elsewhere the measured throughput is better. */
function estimatedColumn(view: View): CellColumn {
  const figure = drawnFigure(view, 'estimatedCapacity')
  const value = (cell: Cell) => (hasCause(cell, 'agent-bound') ? figure.value(cell) : null)
  return {
    head: figure.title,
    unit: figure.unit,
    field: (cell) =>
      known(
        value(cell),
        (rate) => html`<span class="faint">≈ ${formatNumber(rate)}</span>`,
        whyMissing(cell, 'the agent was not the limit'),
      ),
    sort: value,
  }
}
