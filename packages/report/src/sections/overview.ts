import {
  type Cell,
  type CellComparison,
  claimCounts,
  figureOf,
  isContender,
  isDevelopmentServer,
  isHeadlined,
  kindOf,
  type LoadSpec,
  lettersOf,
  loadLabel,
  sentenceCase,
  typicalOf,
} from '@bakeoff/model'
import { figure } from '../html/figure.js'
import { capsChip } from '../html/frame.js'
import { type Html, html } from '../html/html.js'
import { part, type Scope } from '../html/scope.js'
import { stillBars } from '../html/still-bars.js'
import { known, table } from '../html/table.js'
import { leastMs, shownMs } from '../shared/figures.js'
import { formatFactor, formatInterval, formatMs, formatNumber, formatShare, unbroken } from '../shared/format.js'
import { ratioTo } from '../shared/ratios.js'
import { cellsInOrder, firstBaseline, groupingOf, metricOf, placeInScenario, type View } from '../shared/subjects.js'
import { against } from './against.js'
import {
  type CellColumn,
  type ColumnOptions,
  coresColumn,
  cpuPerRequestColumn,
  errorsColumn,
  figureColumn,
  introducedColumn,
  latencyColumn,
  levelColumn,
  levelCostColumn,
  memoryColumn,
  nameColumn,
  requestsPerCpuColumn,
  serviceLevelColumn,
  throughputColumn,
  verdictColumn,
} from './columns.js'
import type { Section } from './section.js'
import {
  joined,
  listed,
  rangeTitle,
  reachedBesideAgent,
  repetitionsOf,
  sharedCauses,
  topGroup,
  whyMissing,
} from './words.js'

export const overview: Section = {
  id: 'overview',
  title: 'Overview',
  question: 'Which target is best, and how sure is that?',
  namesScenarios: true,
  render: ({ view, scopes }) =>
    html`${against(view)}${scopes.map((scope) => [part(scope, null, findings(view, scope)), scope.loads.map(({ id, load }) => part(scope, id, board(view, scope, id, load)))])}`,
}

/** The findings, which are generated sentences: those about the run as a whole, then those about the scenario. */
function findings(view: View, scope: Scope): Html {
  const mine = view.results.findings.filter(
    ({ scenario, kind }) => (scenario === null || scenario === scope.scenario.id) && kind !== 'claim',
  )
  const caveats = mine.filter(({ tone }) => tone === 'caveat')
  const said = mine.filter(({ tone }) => tone !== 'caveat')
  return html`<header class="lead"><p class="eyebrow">Scenario <bdi>${scope.scenario.id}</bdi></p>
    <p class="summary">${scope.scenario.summary}</p>
    ${capsChip(scope)}
    ${mine.length === 0 ? html`<p class="none">There are no findings yet: no two targets are told apart.</p>` : html`<div class="said">${said.length > 0 && html`<ul class="findings">${said.map(({ text, tone }) => html`<li${tone === 'nothing-to-say' && html` class="quiet"`}>${unbroken(text)}</li>`)}</ul>`}${caveats.length > 0 && html`<div class="caveats"><h4>Caveats</h4><ul>${caveats.map(({ text }) => html`<li>${unbroken(text)}</li>`)}</ul></div>`}</div>`}
    ${claimsLine(view, scope)}</header>`
}

/** One line about the claims of a scenario, which have a page of their own; null where there is none. */
function claimsLine({ results }: View, { scenario }: Scope): Html | null {
  const counts = claimCounts(results.claims.filter((claim) => claim.scenario === scenario.id))
  if (counts.length === 0) return null
  return html`<p class="claims-line">Published sentences about this scenario: ${joined(counts)}. <a href="#claims">Claims</a></p>`
}

function board(view: View, scope: Scope, loadId: string, load: LoadSpec): Html {
  const cells = cellsInOrder(view, scope.scenario.id, loadId)
  const [compared, aside] = [cells.filter((cell) => !isAside(view, cell)), cells.filter((cell) => isAside(view, cell))]
  return html`<section class="block"><h3>Leaderboard <small>${loadLabel(load)}${loadId === scope.scenario.mainLoad && ', the load that decides the ranking'}</small></h3>
    ${table({
      caption: `Leaderboard, ${loadLabel(load)}`,
      columns: columnsFor(view, scope, loadId, load),
      rows: [...compared, ...aside],
      subject: (cell) => view.subjectOf(cell.entry).index,
      tone: (cell) => (isAside(view, cell) ? 'out' : null),
      divider: compared.length > 0 ? { before: compared.length, text: asideWords(view, aside) } : null,
      empty: 'No target was given this load.',
      sortable: true,
    })}
    ${saidOnce(cells)}<p class="legend">Two targets share a letter exactly when they are not told apart. To be told apart, the whole interval of their ratio (all pairs taken together) must lie beyond ${formatShare(view.results.legend.thresholds.relevantDifference)}, or beyond what the machine itself differed by where that is more. A figure is the median over repetitions; the small figures below it are the 95 % interval of their mean. A ratio is the mean of those within the blocks, in which targets were measured right after one another, and so not quite the quotient of two medians. ⚑: one repetition is an outlier; it is included. Invalid figures are listed, and not ranked. Below the line, in grey, are targets that no headline compares.${cells.some((cell) => reachedBesideAgent(cell)) && html` <i>wrk</i>: what another tool reached where the load agent was the limit.`}</p></section>
    <div class="figures">${charts({ view, scope, loadId, load, cells })}</div>`
}

/** Whether a cell stands aside: its figures do not count, or no headline compares its target. */
function isAside(view: View, cell: Cell): boolean {
  const entry = view.entries.get(cell.entry)
  return cell.verdict?.status === 'invalid' || cell.outcome !== 'measured' || !entry || !isHeadlined(entry)
}

/** Why the targets below the line of a leaderboard are there: `As published or experiments · figures that do not count`. */
function asideWords(view: View, aside: readonly Cell[]): string {
  const reasons = aside.map((cell) => {
    const entry = view.entries.get(cell.entry)
    if (cell.outcome !== 'measured') return 'without figures'
    if (cell.verdict?.status === 'invalid') return 'figures that do not count'
    if (!entry || !isContender(entry)) return 'as published and experiments'
    return isDevelopmentServer(entry) ? 'development servers' : 'stand-ins'
  })
  return sentenceCase([...new Set(reasons)].join(' · '))
}

/** What every cell is marked with, said once. */
function saidOnce(cells: readonly Cell[]): Html | null {
  const causes = sharedCauses(cells)
  return causes.length === 0
    ? null
    : html`<p class="legend">All targets here are marked ${listed(causes)}: the <a href="#bottleneck">Bottleneck</a> page has the evidence.</p>`
}

function columnsFor(view: View, scope: Scope, loadId: string, load: LoadSpec): CellColumn[] {
  const shared = [groupColumn(view, scope, loadId), introducedColumn(view)]
  const { slo, levels } = scope.scenario
  const level = levels?.find(({ perSecond }) => 'perSecond' in load && load.perSecond === perSecond) ?? null
  const baseline = baselineColumn(view, { scenario: scope.scenario.id, loadId })
  const verdict = verdictColumn(sharedCauses(cellsInOrder(view, scope.scenario.id, loadId)))
  const use = [coresColumn('CPU', ({ target }) => target), memoryColumn('Memory', ({ target }) => target)]
  switch (kindOf(load).headline) {
    case 'throughput':
      return [
        ...shared,
        throughputColumn(view),
        baseline,
        latencyColumn('p50'),
        latencyColumn('p95'),
        latencyColumn('p99'),
        latencyColumn('p99_9'),
        ...(level ? [levelColumn(level)] : slo ? [serviceLevelColumn(slo)] : []),
        errorsColumn,
        ...use,
        ...(level ? [levelCostColumn] : []),
        cpuPerRequestColumn(view),
        requestsPerCpuColumn(view),
        verdict,
      ]
    case 'capacityPerSecond':
      return [
        ...shared,
        capacityColumn(view),
        baseline,
        latencyColumn('p50'),
        latencyColumn('p99'),
        errorsColumn,
        ...use,
        cpuPerRequestColumn(view),
        verdict,
      ]
    case 'cpuMsPerRequest':
      return [...shared, ...batchColumns(view, load), baseline, ...use, verdict]
  }
}

function groupColumn(view: View, scope: Scope, loadId: string): CellColumn {
  const list = groupingOf(view, scope.scenario.id, loadId)
  const places = new Map(list?.ranked.map((id, index) => [id, index] as const))
  const isTop = (id: string) => list?.groups.some((group) => group.includes(id) && group[0] === list.ranked[0]) ?? false
  const reasons = new Map(list?.unranked.map(({ cell, why }) => [cell, why]))
  return {
    head: 'Group',
    field: (cell) =>
      known(
        list && places.has(cell.id) ? lettersOf(list, cell.id) : null,
        (letters) => html`<span class="group${isTop(cell.id) && ' first'}">${letters}</span>`,
        `not ranked: ${reasons.get(cell.id) ?? whyMissing(cell, 'it was given no group')}`,
      ),
    sort: (cell) => places.get(cell.id) ?? null,
    leastFirst: true,
  }
}

/** The ratio to the baseline. The page's script writes it anew when the reader chooses another baseline; this is the first one. */
function baselineColumn(view: View, of: Pick<Cell, 'scenario' | 'loadId'>): CellColumn {
  const baseline = firstBaseline(view, of)
  return {
    head: '× baseline',
    unit: '95 % interval',
    field: (cell) =>
      html`<span data-ratio=${placeInScenario(view, cell)}>${ratioText(view.results.comparisons, cell, baseline, metricOf(view, cell))}</span>`,
  }
}

function ratioText(comparisons: readonly CellComparison[], cell: Cell, baseline: Cell | null, metric: string): Html {
  if (baseline === null || baseline.id === cell.id) return html`${baseline ? 'baseline' : '–'}`
  const ratio = ratioTo(comparisons, metric, cell.id, baseline.id)
  return ratio ? html`${formatFactor(ratio.median)}<small>${formatInterval(ratio) ?? 'no interval'}</small>` : html`–`
}

function capacityColumn(view: View): CellColumn {
  return figureColumn(view, 'capacityPerSecond', {
    head: 'Capacity',
    unit: 'requests/s within the service level',
    why: 'no rate kept the service level',
  })
}

function batchColumns(view: View, load: LoadSpec): CellColumn[] {
  const of = (id: string, options: ColumnOptions) => figureColumn(view, id, { ...options, load })
  return [
    { head: 'Tasks', field: () => known('tasks' in load ? load.tasks : null, formatNumber, 'it has no tasks') },
    { head: 'Concurrency', field: () => formatNumber(kindOf(load).atOnce(load)) },
    of('wallSeconds', { head: 'Wall time', why: 'no batch was run' }),
    of('cpuMsPerRequest', { head: 'CPU/task', why: 'CPU was not read' }),
    of('userSeconds', { head: 'User', plain: true, why: 'CPU was not read' }),
    of('systemSeconds', { head: 'System', plain: true, why: 'CPU was not read' }),
    {
      head: 'Failed',
      unit: 'tasks',
      field: (cell) => known(cell.tasksFailed, formatNumber, whyMissing(cell, 'no batch was run')),
    },
  ]
}

/** The board of one load of a scenario, with the cells that were given that load. */
interface Board {
  readonly view: View
  readonly scope: Scope
  readonly loadId: string
  readonly load: LoadSpec
  readonly cells: readonly Cell[]
}

function charts(board: Board): Html[] {
  if (board.cells.length === 0) return []
  switch (kindOf(board.load).headline) {
    case 'cpuMsPerRequest':
      return [cpuPerTaskChart(board)]
    case 'capacityPerSecond':
      return [capacityChart(board)]
    case 'throughput':
      return [throughputChart(board), percentilesChart(board), throughputAgainstP99Chart(board)]
  }
}

/** The chart for readers without the page's script: of the load by which a scenario is ranked, since each costs the file some bytes. */
function stillOf({ view, scope, loadId, cells }: Board, figure: string): Html | null {
  return loadId === scope.scenario.mainLoad ? stillBars(view, cells, figure) : null
}

/** The condition of a chart: what is drawn, under which load, and how often it was measured. */
function conditionOf({ load, cells }: Board, ...what: readonly string[]): (string | null)[] {
  return [...what, loadLabel(load), repetitionsOf(cells)]
}

/** The table of a chart: everything that is drawn is also in a table. */
function tableOf({ view, cells }: Board, caption: string, columns: readonly CellColumn[]): Html {
  const subject = (cell: Cell) => view.subjectOf(cell.entry).index
  return table({ caption, columns: [nameColumn(view), ...columns], rows: cells, subject })
}

function cpuPerTaskChart(board: Board): Html {
  const { view, load, cells } = board
  const what = 'CPU time per task'
  return figure({
    chart: 'bars',
    of: 'cpuMsPerRequest',
    wide: true,
    still: stillOf(board, 'cpuMsPerRequest'),
    title:
      rangeTitle(view, cells, { what, of: (cell) => typicalOf(cell, 'cpuMsPerRequest'), show: formatMs }) ??
      'CPU time per task is not known',
    condition: conditionOf(board, what, 'ms'),
    rows: cells.filter((cell) => figureOf(cell, 'cpuMsPerRequest')).length,
    howTo:
      'Each bar is the median over repetitions, each dot is one repetition, and the whisker (the thin line) is the 95 % interval. CPU time per task is comparable even where the number of tasks or the concurrency differs; wall time is not.',
    table: tableOf(board, what, batchColumns(view, load)),
    nothing: cells.some((cell) => figureOf(cell, 'cpuMsPerRequest')) ? null : 'No batch was measured.',
  })
}

function capacityChart(board: Board): Html {
  const { view, scope, loadId, cells } = board
  return figure({
    chart: 'bars',
    of: 'capacityPerSecond',
    wide: true,
    still: stillOf(board, 'capacityPerSecond'),
    title: topGroup(view, groupingOf(view, scope.scenario.id, loadId), 'capacity'),
    condition: conditionOf(board, 'Highest rate within the service level', 'requests/s'),
    rows: cells.filter((cell) => figureOf(cell, 'capacityPerSecond')).length,
    howTo:
      'Each bar is the highest arrival rate at which p99 and errors stayed within the service level, found by a search in which a single failed probe does not count. Each dot is one repetition; the whisker (the thin line) is the 95 % interval.',
    table: tableOf(board, 'Capacity', [capacityColumn(view)]),
    nothing: cells.some((cell) => figureOf(cell, 'capacityPerSecond')) ? null : 'No rate kept the service level.',
  })
}

function throughputChart(board: Board): Html {
  const { view, scope, loadId, cells } = board
  const [first] = cells.flatMap((cell) => figureOf(cell, 'throughput') ?? [])
  return figure({
    chart: 'bars',
    of: 'throughput',
    wide: true,
    still: stillOf(board, 'throughput'),
    title: topGroup(view, groupingOf(view, scope.scenario.id, loadId), 'throughput'),
    condition: [...conditionOf(board, 'Throughput', 'correct responses/s'), first?.method ?? null],
    rows: cells.filter((cell) => figureOf(cell, 'throughput')).length,
    howTo:
      'Longer is better. Each dot is one repetition in fresh containers; the whisker (the thin line) is the 95 % interval of that target alone. The letters beside the bars say which targets are told apart, judged within blocks: two targets that share a letter are not. A hollow bar does not count; its verdict says why.',
    table: tableOf(board, 'Throughput by repetition', [medianColumn(view), repetitionsColumn]),
    nothing: first ? null : 'No throughput was measured under this load.',
  })
}

const haveTimes = (cells: readonly Cell[]) => cells.some((cell) => shownMs(cell, 'max') !== null)

function percentilesChart(board: Board): Html {
  const { view, load, cells } = board
  const time = kindOf(load).shown === 'service' ? 'Service time' : 'Response time from the intended start'
  return figure({
    chart: 'dumbbell',
    title:
      rangeTitle(view, cells, {
        what: 'p99',
        of: (cell) => shownMs(cell, 'p99'),
        least: (cell) => leastMs(cell, 'p99'),
        show: formatMs,
      }) ?? 'p99 is not known',
    condition: conditionOf(board, `${time} p50, p99, p99.9`, 'ms, log scale'),
    rows: cells.filter((cell) => shownMs(cell, 'p50') !== null).length,
    howTo:
      'Further left is faster, shorter is steadier. The hollow mark is p50, the filled one p99, the end p99.9 (left out below 10,000 answers). Where there were too few answers for p99, an arrow points right from the least that it can be. The thin line through p99 spans the lowest and highest repetition, which stand on the Latency page.',
    table: 'above',
    nothing: haveTimes(cells) ? null : 'No latencies were recorded under this load.',
  })
}

function throughputAgainstP99Chart(board: Board): Html {
  const { cells } = board
  const isMeasured = cells.some((cell) => figureOf(cell, 'throughput'))
  return figure({
    chart: 'scatter',
    title: 'Throughput against p99: lower right is better',
    condition: conditionOf(board, 'correct responses/s × ms (log scale)'),
    howTo:
      'Each mark is one target. Right is more throughput, down is a shorter p99. A triangle has too few answers for p99, which is there or higher. The lines through a mark are the 95 % interval of throughput and the range of p99 over repetitions.',
    table: 'above',
    nothing: isMeasured && haveTimes(cells) ? null : 'No target has both a throughput and a p99.',
  })
}

/** The median of throughput without its interval, which the leaderboard has. */
function medianColumn(view: View): CellColumn {
  return figureColumn(view, 'throughput', { plain: true, why: 'no throughput was measured' })
}

const repetitionsColumn: CellColumn = {
  head: 'Repetitions',
  align: 'start',
  field: (cell) =>
    known(
      figureOf(cell, 'throughput'),
      ({ values }) => values.map(formatNumber).join(' · '),
      whyMissing(cell, 'no throughput was measured'),
    ),
}
