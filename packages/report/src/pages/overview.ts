import { type Cell, type CellComparison, kindOf, type LoadSpec, loadLabel } from '@bakeoff/model'
import { figure } from '../html/figure.js'
import { type Html, html } from '../html/html.js'
import { part, type Scope } from '../html/scope.js'
import { known, table, unknown } from '../html/table.js'
import { formatBytes, formatFactor, formatInterval, formatNumber, unbroken } from '../shared/format.js'
import { ratioTo } from '../shared/ratios.js'
import { cellsInOrder, metricOf, tierListOf, type View } from '../shared/subjects.js'
import {
  type CellColumn,
  coresColumn,
  cpuPerRequestColumn,
  errorsColumn,
  estimateText,
  introducedColumn,
  latencyColumn,
  memoryColumn,
  nameColumn,
  requestsPerCpuColumn,
  throughputColumn,
  verdictColumn,
} from './columns.js'
import type { Page } from './page.js'
import { rangeTitle, reachedBesideAgent, repetitionsOf, topTier, whyMissing } from './words.js'

export const overview: Page = {
  id: 'overview',
  title: 'Overview',
  question: 'Which one, and is it real?',
  render: ({ view, scopes }) =>
    html`${scopes.map((scope) => [part(scope, null, findings(view, scope)), scope.loads.map(({ id, load }) => part(scope, id, board(view, scope, id, load)))])}`,
}

/** The generated sentences: those of the run as a whole, then those of the scenario. */
function findings(view: View, scope: Scope): Html {
  const mine = view.results.findings.filter(({ scenario }) => scenario === null || scenario === scope.scenario.id)
  const caveats = mine.filter(({ tone }) => tone === 'caveat')
  const said = mine.filter(({ tone }) => tone !== 'caveat')
  return html`<header class="lead"><p class="eyebrow">Scenario <bdi>${scope.scenario.id}</bdi></p>
    <p class="summary">${scope.scenario.summary}</p>
    ${mine.length === 0 ? html`<p class="none">Nothing is told apart yet.</p>` : html`<div class="said">${said.length > 0 && html`<ul class="findings">${said.map(({ text, tone }) => html`<li${tone === 'nothing-to-say' && html` class="quiet"`}>${unbroken(text)}</li>`)}</ul>`}${caveats.length > 0 && html`<div class="caveats"><h4>Read it with this in mind</h4><ul>${caveats.map(({ text }) => html`<li>${unbroken(text)}</li>`)}</ul></div>`}</div>`}
  </header>`
}

function board(view: View, scope: Scope, loadId: string, load: LoadSpec): Html {
  const cells = cellsInOrder(view, scope.scenario.id, loadId)
  return html`<section class="block"><h3>Leaderboard <small>${loadLabel(load)}${loadId === scope.scenario.mainLoad && ', the load it ranks by'}</small></h3>
    ${table({
      caption: `Leaderboard, ${loadLabel(load)}`,
      columns: columnsFor(view, scope, loadId, load),
      rows: cells,
      subject: (cell) => view.subjectOf(cell.entry).index,
      tone: (cell) => (cell.verdict?.status === 'invalid' || cell.outcome !== 'measured' ? 'out' : null),
      empty: 'No target was given this load.',
      sortable: true,
    })}
    <p class="legend">Targets in one tier are not told apart: a difference counts only when it is significant after Holm’s adjustment and above 3 %. Small figures are 95 % intervals over repetitions. ⚑: a repetition lies far out; it is kept. What does not count is not ranked.${cells.some((cell) => reachedBesideAgent(cell)) && html` <i>wrk</i>: what another tool reached where the load agent was the limit.`}</p></section>
    <div class="figures">${charts(view, scope, loadId, load, cells)}</div>`
}

function columnsFor(view: View, scope: Scope, loadId: string, load: LoadSpec): CellColumn[] {
  const shared = [tierColumn(view, scope, loadId), introducedColumn(view)]
  const use = [coresColumn('CPU', ({ target }) => target), memoryColumn('Memory', ({ target }) => target)]
  switch (kindOf(load).headline) {
    case 'throughput':
      return [
        ...shared,
        throughputColumn,
        baselineColumn(view),
        latencyColumn('p50'),
        latencyColumn('p95'),
        latencyColumn('p99'),
        latencyColumn('p99_9'),
        errorsColumn,
        ...use,
        cpuPerRequestColumn,
        requestsPerCpuColumn,
        verdictColumn,
      ]
    case 'capacityPerSecond':
      return [
        ...shared,
        capacityColumn,
        baselineColumn(view),
        latencyColumn('p50'),
        latencyColumn('p99'),
        errorsColumn,
        ...use,
        cpuPerRequestColumn,
        verdictColumn,
      ]
    case 'cpuMsPerRequest':
      return [...shared, ...batchColumns, baselineColumn(view), ...use, verdictColumn]
  }
}

function tierColumn(view: View, scope: Scope, loadId: string): CellColumn {
  const list = tierListOf(view, scope.scenario.id, loadId)
  const places = new Map(list?.tiers.flatMap((tier, index) => tier.map((id) => [id, index + 1] as const)))
  const reasons = new Map(list?.unranked.map(({ cell, why }) => [cell, why]))
  return {
    head: 'Tier',
    cell: (cell) =>
      known(
        places.get(cell.id),
        (place) => html`<span class="tier t${Math.min(place, 4)}">${place}</span>`,
        `not ranked: ${reasons.get(cell.id) ?? whyMissing(cell, 'core gave it no tier')}`,
      ),
    sort: (cell) => places.get(cell.id) ?? null,
  }
}

/** The factor to the baseline. The page writes it anew when another baseline is chosen; this is the first one. */
function baselineColumn(view: View): CellColumn {
  return {
    head: '× baseline',
    unit: '95 % interval',
    cell: (cell) => {
      const baseline = baselineOf(view, cell)
      return html`<span data-ratio=${view.results.cells.indexOf(cell)}>${ratioText(view.results.comparisons, cell, baseline, metricOf(view, cell))}</span>`
    },
  }
}

function ratioText(comparisons: readonly CellComparison[], cell: Cell, baseline: Cell | null, metric: string): Html {
  if (baseline === null || baseline.id === cell.id) return html`${baseline ? 'baseline' : '–'}`
  const ratio = ratioTo(comparisons, metric, cell.id, baseline.id)
  return ratio ? html`${formatFactor(ratio.median)}<small>${formatInterval(ratio) ?? 'no interval'}</small>` : html`–`
}

/** The last ranked one, so that the factors of the others are read as "so many times as much". */
export function baselineOf(view: View, cell: Pick<Cell, 'scenario' | 'loadId'>): Cell | null {
  const last = tierListOf(view, cell.scenario, cell.loadId)?.tiers.at(-1)?.at(-1)
  return (last && view.cells.get(last)) || null
}

const capacityColumn: CellColumn = {
  head: 'Capacity',
  unit: 'requests/s within the SLO',
  cell: (cell) =>
    known(
      cell.capacity?.perSecond,
      (figure) => estimateText(figure),
      whyMissing(cell, 'no rate was held within the SLO'),
    ),
  sort: (cell) => cell.capacity?.perSecond?.median ?? null,
}

const batchColumns: readonly CellColumn[] = [
  {
    head: 'Tasks',
    cell: (cell) => known(cell.batch, ({ tasks }) => formatNumber(tasks), whyMissing(cell, 'no batch was run')),
  },
  {
    head: 'At once',
    cell: (cell) =>
      known(cell.batch, ({ concurrency }) => formatNumber(concurrency), whyMissing(cell, 'no batch was run')),
  },
  {
    head: 'Wall time',
    unit: 's',
    cell: (cell) =>
      known(cell.batch?.wallSeconds, (figure) => estimateText(figure), whyMissing(cell, 'no batch was run')),
    sort: (cell) => cell.batch?.wallSeconds.median ?? null,
  },
  {
    head: 'CPU/task',
    unit: 'ms',
    cell: (cell) =>
      known(cell.batch?.cpuMsPerTask, (figure) => estimateText(figure), whyMissing(cell, 'CPU was not read')),
    sort: (cell) => cell.batch?.cpuMsPerTask?.median ?? null,
  },
  {
    head: 'User',
    unit: 's',
    cell: (cell) => known(cell.batch?.userSeconds, formatNumber, whyMissing(cell, 'CPU was not read')),
    sort: (cell) => cell.batch?.userSeconds ?? null,
  },
  {
    head: 'System',
    unit: 's',
    cell: (cell) => known(cell.batch?.systemSeconds, formatNumber, whyMissing(cell, 'CPU was not read')),
    sort: (cell) => cell.batch?.systemSeconds ?? null,
  },
  {
    head: 'Peak memory',
    cell: (cell) => known(cell.batch?.memoryPeakBytes, formatBytes, whyMissing(cell, 'memory was not read')),
    sort: (cell) => cell.batch?.memoryPeakBytes ?? null,
  },
  {
    head: 'Failed',
    unit: 'tasks',
    cell: (cell) => known(cell.batch, ({ failed }) => formatNumber(failed), whyMissing(cell, 'no batch was run')),
  },
]

function charts(view: View, scope: Scope, loadId: string, load: LoadSpec, cells: readonly Cell[]): Html[] {
  if (cells.length === 0) return []
  const condition = [loadLabel(load), repetitionsOf(cells)]
  const subject = (cell: Cell) => view.subjectOf(cell.entry).index
  const { headline, shown } = kindOf(load)
  if (headline === 'cpuMsPerRequest') {
    return [
      figure({
        chart: 'bars',
        of: 'cpuMsPerTask',
        wide: true,
        title:
          rangeTitle(
            view,
            cells,
            'CPU time per task',
            ({ batch }) => batch?.cpuMsPerTask?.median ?? null,
            (value) => `${formatNumber(value)} ms`,
          ) ?? 'CPU time per task is not known',
        condition: ['CPU time per task', 'ms', ...condition],
        rows: cells.length,
        howTo:
          'Each bar is the median over repetitions, each dot one repetition, the whisker the 95 % interval. CPU time per task is comparable even where the number of tasks or the concurrency differs; wall time is not.',
        table: table({
          caption: 'CPU time per task',
          columns: [nameColumn(view), ...batchColumns],
          rows: cells,
          subject,
        }),
        nothing: cells.some(({ batch }) => batch?.cpuMsPerTask) ? null : 'No batch was measured.',
      }),
    ]
  }
  if (headline === 'capacityPerSecond') {
    return [
      figure({
        chart: 'bars',
        of: 'capacity',
        wide: true,
        title: topTier(view, tierListOf(view, scope.scenario.id, loadId), 'capacity'),
        condition: ['Highest rate within the SLO', 'requests/s', ...condition],
        rows: cells.length,
        howTo:
          'Each bar is the highest arrival rate at which p99 and errors stayed within the SLO, found in a search in which one failed probe alone does not count. The dots are repetitions, the whisker is the 95 % interval.',
        table: table({
          caption: 'Capacity',
          columns: [nameColumn(view), capacityColumn],
          rows: cells,
          subject,
        }),
        nothing: cells.some(({ capacity }) => capacity?.perSecond) ? null : 'No rate was held within the SLO.',
      }),
    ]
  }
  const measured = cells.some(({ throughput }) => throughput)
  const latencies = cells.some(({ latencyMs }) => latencyMs)
  const time = shown === 'service' ? 'Service time' : 'Response time from the intended start'
  return [
    figure({
      chart: 'bars',
      of: 'throughput',
      wide: true,
      title: topTier(view, tierListOf(view, scope.scenario.id, loadId), 'throughput'),
      condition: [
        'Throughput',
        'right answers/s',
        ...condition,
        cells.find(({ throughput }) => throughput)?.throughput?.method ?? null,
      ],
      rows: cells.length,
      howTo:
        'Longer is better. Each dot is one repetition in fresh containers, the whisker is the 95 % interval. Where two whiskers overlap much, the two are not told apart. A hollow bar does not count; the verdict says why.',
      table: table({
        caption: 'Throughput by repetition',
        columns: [nameColumn(view), medianColumn, repetitionsColumn],
        rows: cells,
        subject,
      }),
      nothing: measured ? null : 'No throughput was measured under this load.',
    }),
    figure({
      chart: 'dumbbell',
      title:
        rangeTitle(
          view,
          cells,
          'p99',
          ({ latencyMs }) => latencyMs?.p99 ?? null,
          (value) => `${formatNumber(value)} ms`,
        ) ?? 'p99 is not known',
      condition: [`${time} p50, p99, p99.9`, 'ms, log scale', ...condition],
      rows: cells.length,
      howTo:
        'Further left is faster, shorter is steadier. The hollow mark is p50, the filled one p99, the end p99.9 (left out below 10,000 answers). The thin line through p99 spans the lowest and highest repetition.',
      table: table({
        caption: 'Latency',
        columns: [nameColumn(view), latencyColumn('p50'), latencyColumn('p99', true), latencyColumn('p99_9')],
        rows: cells,
        subject,
      }),
      nothing: latencies ? null : 'No latencies were recorded under this load.',
    }),
    figure({
      chart: 'scatter',
      title: 'Throughput against p99: the lower right is where one wants to be',
      condition: ['right answers/s × ms (log scale)', ...condition],
      howTo:
        'Each mark is one target. Right is more throughput, down is a shorter p99. The lines through a mark are the 95 % interval of throughput and the range of p99 over repetitions.',
      table: table({
        caption: 'Throughput and p99',
        columns: [nameColumn(view), medianColumn, latencyColumn('p99', true)],
        rows: cells,
        subject,
      }),
      nothing: measured && latencies ? null : 'There is nothing to set against each other.',
    }),
  ]
}

/** Throughput without its interval, which the leaderboard has. */
const medianColumn: CellColumn = {
  head: 'Throughput',
  unit: 'right answers/s',
  cell: (cell) => known(cell.throughput?.median, formatNumber, whyMissing(cell, 'no throughput was measured')),
}

const repetitionsColumn: CellColumn = {
  head: 'Repetitions',
  align: 'start',
  cell: (cell) =>
    cell.throughput
      ? cell.throughput.values.map(formatNumber).join(' · ')
      : unknown(whyMissing(cell, 'no throughput was measured')),
}
