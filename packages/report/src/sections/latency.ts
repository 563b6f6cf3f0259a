import { type Cell, kindOf, type LatencyMs, type LoadSpec, loadLabel } from '@bakeoff/model'
import { type Figure, figure } from '../html/figure.js'
import { type Content, type Html, html } from '../html/html.js'
import { part, type Scope } from '../html/scope.js'
import { known, table, unknown } from '../html/table.js'
import { leastMs, shownMs } from '../shared/figures.js'
import { formatMs, formatNumber, formatShare } from '../shared/format.js'
import { cellsInOrder, type View } from '../shared/subjects.js'
import { type CellColumn, figureColumn, latencyColumn, nameColumn } from './columns.js'
import { curveTable } from './curve.js'
import type { Section } from './section.js'
import { rangeTitle, repetitionsOf, whyMissing } from './words.js'

export const latency: Section = {
  id: 'latency',
  title: 'Latency',
  question: 'How long does an answer take, and how long do the slow ones take?',
  render: ({ view, scopes }) =>
    html`${scopes.map((scope) => [scope.loads.map(({ id, load }) => part(scope, id, latencyOf(view, scope, id, load))), (view.results.curves ?? []).some(({ scenario }) => scenario === scope.scenario.id) && part(scope, null, curveTable(view, scope.scenario))])}`,
}

function latencyOf(view: View, scope: Scope, loadId: string, load: LoadSpec): Html {
  const cells = cellsInOrder(view, scope.scenario.id, loadId)
  if (kindOf(load).shown === null)
    return html`<p class="none">A batch is one request in which the target does all tasks itself. Its wall time and its CPU time per task are on the Overview; latencies of single tasks cannot be seen from outside.</p>`
  if (cells.length === 0) return html`<p class="none">No target was given this load.</p>`
  return html`<div class="figures">${figures(view, load, cells)}</div>
    <section class="block"><h3>All percentiles <small>${loadLabel(load)}, ${timeOf(load).toLowerCase()}</small></h3>${table(
      {
        caption: `Percentiles, ${loadLabel(load)}`,
        columns: [
          nameColumn(view),
          latencyColumn('p50', true),
          latencyColumn('p90'),
          latencyColumn('p95'),
          latencyColumn('p99', true),
          latencyColumn('p99_9'),
          latencyColumn('max'),
          latencyColumn('mean'),
          timeoutsColumn,
        ],
        rows: cells,
        subject: (cell) => view.subjectOf(cell.entry).index,
        sortable: true,
      },
    )}<p class="legend">Percentiles are taken per repetition. The figure is the median over repetitions; the small figures below it are the lowest and the highest. A request that never ended counts with the age that it reached; where such requests could move a percentile, or there are too few answers for p99, “≥” stands before the least that it can be. p99.9 also needs ten separate slow moments.</p></section>
    ${kindOf(load).pace === 'offered' && openLoad(view, cells)}${cells.some(({ stream }) => stream) && streams(view, cells)}`
}

function figures(view: View, load: LoadSpec, cells: readonly Cell[]): Html[] {
  const condition = [loadLabel(load), repetitionsOf(cells)]
  const rowsOf = (columns: CellColumn[], caption: string) =>
    table({
      caption,
      columns: [nameColumn(view), ...columns],
      rows: cells,
      subject: (cell) => view.subjectOf(cell.entry).index,
    })
  const curves = cells.filter(({ timeline }) => timeline && timeline.windows.length > 0).length
  const histograms = cells.filter(({ bins }) => bins.length > 0).length
  const time = (of: 'p50Ms' | 'p99Ms', what: string, median: (cell: Cell) => number | null): Figure => ({
    chart: 'timeline',
    of,
    title:
      rangeTitle(view, cells, { what, of: median, show: formatMs }) ??
      `${what} over time; there are too few answers for one ${what} of the whole window`,
    condition: [`${what} over elapsed time`, 'ms', loadLabel(load), 'one repetition each'],
    howTo:
      '0 is the start of the measured window; the shaded part left of it is the warm-up, which counts in no figure. A flat line is a steady target. A step or a saw-tooth comes, for example, from a garbage collector, a compiler, or other load on the machine.',
    table: rowsOf([windowsColumn(of, false), windowsColumn(of, true)], what),
    lines: curves,
    nothing: curves > 0 ? null : 'No curve was kept for this load.',
  })
  return [
    spectrumFigure(view, load, cells),
    figure(time('p50Ms', 'p50', (cell) => shownMs(cell, 'p50'))),
    figure(time('p99Ms', 'p99', (cell) => shownMs(cell, 'p99'))),
    figure({
      chart: 'histogram',
      wide: true,
      title:
        rangeTitle(view, cells, {
          what: `Median ${timeOf(load).toLowerCase()}`,
          of: (cell) => shownMs(cell, 'p50'),
          show: formatMs,
        }) ?? 'No latencies are known',
      condition: ['Share of answers by latency', '% of answers per step', ...condition, 'log-spaced steps'],
      howTo:
        'Each step of the line is a range of latency; its height is the share of answers in that range. One hump means one kind of answer; two humps mean two kinds, for example with and without a pause of the garbage collector.',
      table: rowsOf([peakColumn], 'Histogram'),
      lines: histograms,
      nothing: histograms > 0 ? null : 'No latencies were recorded under this load.',
    }),
  ]
}

/** The percentiles of cells under one load as curves. */
export function spectrumFigure(view: View, load: LoadSpec, cells: readonly Cell[], as: Partial<Figure> = {}): Html {
  const lines = cells.filter(({ spectrum }) => spectrum.length > 0).length
  return figure({
    chart: 'spectrum',
    wide: true,
    lines,
    title: highestKnown(view, load, cells),
    condition: [
      `${timeOf(load)} by percentile`,
      'ms, log scale',
      loadLabel(load),
      repetitionsOf(cells),
      'all repetitions merged',
    ],
    howTo:
      'Read it from left to right: half of the answers are faster than the value at 50 %, 99 in 100 are faster than the value at 99 %. The axis stretches the slow end: from 90 % on, each step to the right is ten times rarer. Where a line is dashed, there are too few answers to trust it.',
    table: 'below',
    nothing: lines > 0 ? null : 'No latencies were recorded under this load.',
    ...as,
  })
}

/** The range of the highest percentile for which there are answers enough: what is drawn is not called unknown. */
function highestKnown(view: View, load: LoadSpec, cells: readonly Cell[]): Content {
  for (const name of ['p99', 'p95', 'p90', 'p50'] as const) {
    const what = `${name} ${timeOf(load).toLowerCase()}`
    if (cells.every((cell) => shownMs(cell, name) === null)) continue
    const least = (cell: Cell) => (name === 'p99' ? leastMs(cell, name) : null)
    const title = rangeTitle(view, cells, { what, of: (cell) => shownMs(cell, name), least, show: formatMs })
    if (title) return name === 'p99' ? title : html`${title}; too few answers for a higher percentile`
  }
  return 'No percentile is known'
}

/** The kind of time that is shown: from the sending under closed load, from the intended start under open load. */
function timeOf(load: LoadSpec): string {
  return kindOf(load).shown === 'service' ? 'Service time' : 'Response time'
}

function windowsColumn(of: 'p50Ms' | 'p99Ms', measured: boolean): CellColumn {
  return {
    head: measured ? 'Measured window' : 'Warm-up',
    align: 'start',
    field: (cell) => {
      const windows = cell.timeline?.windows.filter((window) => window.warmUp !== measured) ?? []
      const values = windows.map((window) => window[of]).filter((value) => value !== null)
      if (values.length === 0)
        return unknown(whyMissing(cell, measured ? 'no curve was kept' : 'no warm-up curve was kept'))
      const step = Math.max(1, Math.ceil(values.length / 3))
      return values
        .filter((_, index) => index % step === 0)
        .map(formatNumber)
        .join(' · ')
    },
  }
}

const peakColumn: CellColumn = {
  head: 'Most frequent range',
  align: 'start',
  field: (cell) => {
    const total = cell.bins.reduce((sum, [, , count]) => sum + count, 0)
    if (total === 0) return unknown(whyMissing(cell, 'no latencies were recorded'))
    const [from, to, count] = cell.bins.reduce((best, bin) => (bin[2] > best[2] ? bin : best))
    return `${formatNumber(from)}–${formatNumber(to)} ms, ${formatShare(count / total)} of ${formatNumber(total)} answers`
  },
}

const timeoutsColumn: CellColumn = {
  head: 'Timeouts',
  field: (cell) =>
    known(cell.requests, ({ timeouts }) => formatNumber(timeouts), whyMissing(cell, 'requests were not counted')),
  sort: (cell) => cell.requests?.timeouts ?? null,
}

function valueColumn(head: string, of: (cell: Cell) => number | null | undefined, why: string): CellColumn {
  return {
    head,
    unit: 'ms',
    field: (cell) => known(of(cell), formatNumber, whyMissing(cell, why)),
    sort: (cell) => of(cell) ?? null,
  }
}

function openLoad(view: View, cells: readonly Cell[]): Html {
  const time = (kind: 'service' | 'response', name: 'p50' | 'p99') =>
    figureColumn(view, `${kind}Ms.${name}`, {
      head: `${kind === 'service' ? 'Service' : 'Response'} ${name}`,
      plain: true,
      why: `no ${kind} times were recorded`,
    })
  return html`<section class="block"><h3>Service time and response time</h3>${table({
    caption: 'Service time and response time',
    columns: [
      nameColumn(view),
      figureColumn(view, 'offeredPerSecond', { plain: true, why: 'the rate was not recorded' }),
      time('service', 'p50'),
      time('response', 'p50'),
      time('service', 'p99'),
      time('response', 'p99'),
      figureColumn(view, 'lateShare', { plain: true, why: 'lateness was not recorded' }),
    ],
    rows: cells,
    subject: (cell) => view.subjectOf(cell.entry).index,
    sortable: true,
  })}<p class="legend">Requests arrive at a fixed rate, whether or not earlier ones were answered. Response time counts from the moment a request was due, service time from the moment it was sent: the difference is time spent waiting.</p></section>`
}

function streams(view: View, cells: readonly Cell[]): Html {
  const first = (key: keyof LatencyMs) =>
    valueColumn(`First byte ${key}`, ({ stream }) => stream?.firstByteMs[key], 'the answer was not streamed')
  const between = (key: keyof LatencyMs) =>
    valueColumn(`Between chunks ${key}`, ({ stream }) => stream?.interChunkMs[key], 'the answer was not streamed')
  return html`<section class="block"><h3>Streamed answers</h3>${table({
    caption: 'Streamed answers',
    columns: [
      nameColumn(view),
      first('p50'),
      first('p99'),
      between('p50'),
      between('p99'),
      {
        head: 'Chunks',
        field: (cell) =>
          known(cell.stream, ({ chunks }) => formatNumber(chunks), whyMissing(cell, 'the answer was not streamed')),
      },
    ],
    rows: cells,
    subject: (cell) => view.subjectOf(cell.entry).index,
    sortable: true,
  })}</section>`
}
