import { type Cell, kindOf, type LoadSpec, loadLabel } from '@bakeoff/model'
import { type Figure, figure } from '../html/figure.js'
import { type Html, html } from '../html/html.js'
import { part, type Scope } from '../html/scope.js'
import { known, table } from '../html/table.js'
import { formatBytes, formatDurationMs, formatNumber } from '../shared/format.js'
import { METRICS, type Metric, type MetricId } from '../shared/metrics.js'
import { cellsInOrder, type View } from '../shared/subjects.js'
import {
  type CellColumn,
  cpuPerRequestColumn,
  estimateText,
  memoryColumn,
  nameColumn,
  requestsPerCpuColumn,
} from './columns.js'
import type { Page } from './page.js'
import { rangeTitle, repetitionsOf, whyMissing } from './words.js'

export const efficiency: Page = {
  id: 'efficiency',
  title: 'Efficiency',
  question: 'What does an answer cost in CPU and memory, and a deployment in time and disk?',
  render: ({ view, scopes }) =>
    html`${scopes.map((scope) => [scope.loads.map(({ id, load }) => part(scope, id, underLoad(view, scope, id, load))), part(scope, null, atRest(view, scope))])}`,
}

const UNDER_LOAD: readonly { readonly id: MetricId; readonly howTo: string }[] = [
  {
    id: 'requestsPerCpuSecond',
    howTo:
      'Right answers for one second of CPU. Comparable even when the load agent was the limit, and from machine to machine more stable than throughput.',
  },
  {
    id: 'cpuMsPerRequest',
    howTo:
      'CPU time of the target, user and system, its proxy included, for one right answer. Shorter is better; the whisker is the 95 % interval.',
  },
]

/** Only where a service keeps to a script: what is observed beyond it is the cost of the target and its client. */
const BEYOND_SCRIPT: readonly { readonly id: MetricId; readonly howTo: string }[] = [
  {
    id: 'overheadPerStream',
    howTo:
      'Median time of an answer, less what the service takes for it by its script: what target and client library add. Waiting for a core that is busy is part of it.',
  },
  { id: 'overheadPerChunk', howTo: 'The same, divided by the tokens of a stream.' },
  {
    id: 'overheadFirstByte',
    howTo: 'Median time to the first token, less the script’s. Known where answers are passed on as a stream.',
  },
]

const AT_REST: readonly { readonly id: MetricId; readonly howTo: string }[] = [
  { id: 'idleMemory', howTo: 'Anonymous memory of the target after it was verified and before any load.' },
  { id: 'coldStart', howTo: 'From the engine’s start call to the first 200 on /health.' },
  { id: 'imageSize', howTo: 'The image as the engine keeps it, base image included, which all targets share.' },
  {
    id: 'buildTime',
    howTo: 'The build that made the image, without the base image. It depends on the network; read it roughly.',
  },
]

function underLoad(view: View, scope: Scope, loadId: string, load: LoadSpec): Html {
  const cells = cellsInOrder(view, scope.scenario.id, loadId)
  if (cells.length === 0 || kindOf(load).unit === 'task')
    return html`<p class="none">CPU time per task of a batch is on the Overview.</p>`
  return html`<div class="figures">${UNDER_LOAD.map(({ id, howTo }) => metricFigure(view, cells, id, howTo, [loadLabel(load), repetitionsOf(cells)]))}</div>
    ${beyondScript(view, scope, cells, load)}
    <section class="block"><h3>Per request, per core, per GiB <small>${loadLabel(load)}</small></h3>${table({
      caption: 'Efficiency under load',
      columns: [
        nameColumn(view),
        cpuPerRequestColumn,
        requestsPerCpuColumn,
        memoryColumn('Memory', ({ target }) => target),
        perGibColumn,
        estimatedColumn,
      ],
      rows: cells,
      subject: (cell) => view.subjectOf(cell.entry).index,
      sortable: true,
    })}<p class="legend">Answers/s per GiB is the median throughput over the peak of anonymous memory. The estimated capacity, cores ÷ CPU time per request, stands where the load agent was the limit: it was not measured.</p></section>`
}

function beyondScript(view: View, { scenario }: Scope, cells: readonly Cell[], load: LoadSpec): Html | null {
  const { script } = scenario
  if (!script || cells.every(({ overhead }) => !overhead)) return null
  const figures = BEYOND_SCRIPT.filter(
    ({ id }) => id !== 'overheadFirstByte' || cells.some(({ overhead }) => overhead?.firstByteMs != null),
  )
  return html`<section class="block"><h3>Beyond the script <small>first token after ${formatDurationMs(script.firstByteMs)}, ${formatNumber(script.chunks)} tokens ${formatDurationMs(script.gapMs)} apart</small></h3>
    <div class="figures">${figures.map(({ id, howTo }) => metricFigure(view, cells, id, howTo, [loadLabel(load), repetitionsOf(cells)]))}</div></section>`
}

function atRest(view: View, scope: Scope): Html {
  const cells = cellsInOrder(view, scope.scenario.id, scope.scenario.mainLoad)
  if (cells.length === 0) return html`<p class="none">This scenario has no targets.</p>`
  const entryOf = (cell: Cell) => view.entries.get(cell.entry)
  const estimate = (
    head: string,
    of: (cell: Cell) => Parameters<typeof estimateText>[0] | null | undefined,
    format: (value: number) => string,
  ): CellColumn => ({
    head,
    cell: (cell) => known(of(cell), (figure_) => estimateText(figure_, format), whyMissing(cell, 'was not recorded')),
    sort: (cell) => of(cell)?.median ?? null,
  })
  return html`<section class="block"><h3>Before any load</h3><div class="figures">${AT_REST.map(({ id, howTo }) => metricFigure(view, cells, id, howTo, []))}</div>${table(
    {
      caption: 'Before any load',
      columns: [
        nameColumn(view),
        estimate('Idle memory', (cell) => entryOf(cell)?.idleMemoryBytes, formatBytes),
        estimate('Cold start', (cell) => entryOf(cell)?.coldStartMs, formatDurationMs),
        estimate('of it the engine’s start', (cell) => entryOf(cell)?.startCallMs, formatDurationMs),
        {
          head: 'Image',
          cell: (cell) => known(entryOf(cell)?.image?.bytes, formatBytes, whyMissing(cell, 'its size is not known')),
          sort: (cell) => entryOf(cell)?.image?.bytes ?? null,
        },
        {
          head: 'Build',
          cell: (cell) =>
            known(
              entryOf(cell)?.image?.buildSeconds,
              (seconds) => formatDurationMs(seconds * 1000),
              whyMissing(cell, 'the build’s time was not kept'),
            ),
          sort: (cell) => entryOf(cell)?.image?.buildSeconds ?? null,
        },
      ],
      rows: cells,
      subject: (cell) => view.subjectOf(cell.entry).index,
      sortable: true,
    },
  )}</section>`
}

/** Bars of one metric, titled by the range that they span. */
function metricFigure(
  view: View,
  cells: readonly Cell[],
  id: MetricId,
  howTo: string,
  condition: readonly (string | null)[],
): Html {
  const metric: Metric = METRICS[id]
  const value = (cell: Cell) => {
    const entry = view.entries.get(cell.entry)
    return entry ? (metric.of(cell, entry)?.value ?? null) : null
  }
  const unit = metric.format(1).includes(' ') ? '' : ` ${metric.unit}`
  return figure({
    chart: 'bars',
    of: id,
    title:
      rangeTitle(view, cells, metric.title, value, (figure_) => `${metric.format(figure_)}${unit}`) ??
      `${metric.title} is not known`,
    condition: [metric.title, metric.unit, ...condition, `${metric.better} is better`],
    howTo,
    table: table({
      caption: metric.title,
      columns: [
        nameColumn(view),
        {
          head: metric.title,
          unit: metric.unit,
          cell: (cell) => known(value(cell), metric.format, whyMissing(cell, 'was not recorded')),
          sort: value,
        },
      ],
      rows: cells,
      subject: (cell) => view.subjectOf(cell.entry).index,
    }),
    nothing: cells.some((cell) => value(cell) !== null) ? null : `${metric.title} is not known of any target.`,
  } satisfies Figure)
}

const perGib = (cell: Cell) =>
  cell.throughput && cell.target.memoryPeakBytes
    ? cell.throughput.median / (cell.target.memoryPeakBytes / 1024 ** 3)
    : null

const perGibColumn: CellColumn = {
  head: 'Per GiB',
  unit: 'answers/s',
  cell: (cell) => known(perGib(cell), formatNumber, whyMissing(cell, 'throughput or memory is not known')),
  sort: perGib,
}

const estimatedColumn: CellColumn = {
  head: 'Estimated capacity',
  unit: 'answers/s',
  cell: (cell) =>
    known(
      cell.estimatedCapacity,
      (rate) => html`<span class="faint">≈ ${formatNumber(rate)}</span>`,
      whyMissing(cell, 'the agent was not the limit'),
    ),
  sort: (cell) => cell.estimatedCapacity,
}
