import { type Cell, type EntryResult, kindOf, type ScenarioResult, typicalOf } from '@bakeoff/model'
import { figure } from '../html/figure.js'
import { type Content, type Html, html } from '../html/html.js'
import { badge, subjectName } from '../html/marks.js'
import { part, type Scope } from '../html/scope.js'
import { type Column, known, table, unknown } from '../html/table.js'
import { shownMs } from '../shared/figures.js'
import { formatNumber, formatShare } from '../shared/format.js'
import { outcomeWord } from '../shared/outcome-word.js'
import { crossingOf, KNEE_SHARE, kneeOf, type Step, stepsOf } from '../shared/scaling.js'
import { entriesInOrder, type View } from '../shared/subjects.js'
import type { Section } from './section.js'
import { listed, repetitionsOf, whyMissing } from './words.js'

export const scaling: Section = {
  id: 'scaling',
  title: 'Scaling',
  question: 'How much load does each target carry, and how much slower do answers become?',
  isEmpty: ({ view, scopes }) =>
    scopes.every(({ scenario }) => !hasCurve(view, scenario) && capacityOf(view, scenario).length === 0),
  render: ({ view, scopes }) => html`${scopes.map((scope) => part(scope, null, scalingOf(view, scope)))}`,
}

/** Whether a scenario has what a curve needs: throughputs under two closed loads or more. */
function hasCurve(view: View, scenario: ScenarioResult): boolean {
  return connectionsOf(rowsOf(view, scenario)).length >= 2
}

function capacityOf({ results }: View, { id }: ScenarioResult): Cell[] {
  return results.cells.filter((cell) => cell.scenario === id && kindOf(cell.load).headline === 'capacityPerSecond')
}

function rowsOf(view: View, scenario: ScenarioResult): Row[] {
  const cells = view.results.cells.filter((cell) => cell.scenario === scenario.id)
  return entriesInOrder(view, scenario).map((entry): Row => ({ entry, steps: stepsOf(cells, entry.id) }))
}

function connectionsOf(rows: readonly Row[]): number[] {
  return [...new Set(rows.flatMap(({ steps }) => steps.map((step) => step.connections)))].sort((a, b) => a - b)
}

interface Row {
  readonly entry: EntryResult
  readonly steps: readonly Step[]
}

function scalingOf(view: View, scope: Scope): Html {
  const { scenario } = scope
  const rows = rowsOf(view, scenario)
  const connections = connectionsOf(rows)
  const capacity = capacityOf(view, scenario)
  const enough = connections.length >= 2
  return html`${!enough && html`<p class="none">A curve needs at least two closed loads; this run measured ${connections.length === 0 ? 'none' : 'one'}.</p>`}
    ${enough && html`<div class="figures">${throughputFigure(view, rows, connections)}${latencyFigure(view, scope, rows, connections)}</div>`}
    ${capacity.length > 0 && capacityBlock(view, capacity)}`
}

function throughputFigure(view: View, rows: readonly Row[], connections: readonly number[]): Html {
  return figure({
    chart: 'scaling',
    title: kneeTitle(view, rows),
    condition: [
      'Throughput by connections',
      'correct responses/s',
      'closed loads',
      repetitionsOf(rows.flatMap(({ steps }) => steps.map(({ cell }) => cell))),
    ],
    howTo: `Each line is one target under more and more connections. The ringed point, its knee, is the first at which it reaches ${formatShare(KNEE_SHARE)} of its best throughput: further connections mostly wait. Whiskers (thin lines) are 95 % intervals.`,
    table: table({
      caption: 'Throughput by connections',
      columns: [
        nameColumn(view),
        ...connections.map((count) => stepColumn(count, 'answers/s', (cell) => typicalOf(cell, 'throughput'))),
        kneeColumn,
      ],
      rows,
      subject: ({ entry }) => view.subjectOf(entry.id).index,
    }),
  })
}

function latencyFigure(view: View, scope: Scope, rows: readonly Row[], connections: readonly number[]): Html {
  return figure({
    chart: 'load-latency',
    title: crossingTitle(view, scope, rows),
    condition: [
      'p99 against throughput, joined by load',
      'ms (log scale) × correct responses/s',
      'closed loads',
      repetitionsOf(rows.flatMap(({ steps }) => steps.map(({ cell }) => cell))),
    ],
    howTo:
      'Each mark is one number of connections, the fewest at the left. Where a line goes right, more connections bring more throughput; where it turns up, they only make requests wait. The line across is the service level.',
    table: table({
      caption: 'p99 by connections',
      columns: [
        nameColumn(view),
        ...connections.map((count) => stepColumn(count, 'p99 ms', (cell) => shownMs(cell, 'p99'))),
        ...(scope.scenario.slo ? [crossingColumn(scope.scenario.slo)] : []),
      ],
      rows,
      subject: ({ entry }) => view.subjectOf(entry.id).index,
    }),
  })
}

function kneeTitle(view: View, rows: readonly Row[]): Content {
  const knees = rows.flatMap(({ entry, steps }) => {
    const knee = kneeOf(steps)
    return knee ? [{ name: view.subjectOf(entry.id).label, at: knee.connections }] : []
  })
  if (knees.length === 0) return 'Too few loads to see where the curves bend'
  const [least, most] = [Math.min(...knees.map(({ at }) => at)), Math.max(...knees.map(({ at }) => at))]
  if (least === most)
    return `Nearly all of the throughput is reached with ${formatNumber(least)} ${least === 1 ? 'connection' : 'connections'}`
  return html`Nearly all of the throughput is reached with ${formatNumber(least)} ${least === 1 ? 'connection' : 'connections'} by ${listed(knees.filter(({ at }) => at === least).map(({ name }) => name))}, and with ${formatNumber(most)} by the last target`
}

/** The title of the figure of p99: the targets that keep the service level, where the scenario has one. */
function crossingTitle(view: View, { scenario: { slo } }: Scope, rows: readonly Row[]): Content {
  if (!slo) return 'How p99 grows with load; this scenario has no service level'
  const measured = rows.filter(({ steps }) => steps.length > 0)
  const through = measured
    .filter(({ steps }) => crossingOf(steps, slo).beyond === null)
    .map(({ entry }) => view.subjectOf(entry.id).label)
  const level = `p99 of ${formatNumber(slo.p99Ms)} ms`
  if (through.length === measured.length) return `Every target keeps the service level, a ${level}, under every load`
  if (through.length === 0) return `No target keeps the service level, a ${level}, under every load`
  return html`Within a ${level} under every load: ${listed(through)}`
}

function nameColumn(view: View): Column<Row> {
  return {
    head: 'Target',
    names: true,
    field: ({ entry }) => view.subjectOf(entry.id).label,
    sort: ({ entry }) => view.subjectOf(entry.id).label,
  }
}

function stepColumn(connections: number, unit: string, of: (cell: Cell) => number | null): Column<Row> {
  const value = ({ steps }: Row) => {
    const step = steps.find((at) => at.connections === connections)
    return step ? of(step.cell) : null
  }
  return {
    head: connections === 1 ? '1 connection' : formatNumber(connections),
    unit,
    field: (row) =>
      known(
        value(row),
        formatNumber,
        row.entry.outcome.kind === 'measured' ? 'not measured under this load' : outcomeWord(row.entry.outcome.kind),
      ),
    sort: value,
  }
}

const kneeColumn: Column<Row> = {
  head: 'Knee',
  unit: 'connections',
  field: ({ steps }) => known(kneeOf(steps)?.connections, formatNumber, 'a knee needs three loads'),
  sort: ({ steps }) => kneeOf(steps)?.connections ?? null,
}

function crossingColumn(slo: { p99Ms: number; errors: number }): Column<Row> {
  return {
    head: 'Service level',
    align: 'start',
    field: ({ steps }) => {
      if (steps.length === 0) return unknown('not measured')
      const { within, beyond } = crossingOf(steps, slo)
      if (!beyond) return badge('good', '✓', 'kept under every load')
      return within
        ? html`kept up to ${formatNumber(within.connections)}, broken at ${formatNumber(beyond.connections)} connections`
        : badge('bad', '✕', `broken at ${formatNumber(beyond.connections)} already`)
    },
  }
}

function capacityBlock(view: View, cells: readonly Cell[]): Html {
  return html`<section class="block"><h3>Capacity within the service level</h3>${table<Cell>({
    caption: 'Capacity within the service level',
    columns: [
      { head: 'Target', names: true, field: (cell) => subjectName(view.subjectOf(cell.entry)) },
      {
        head: 'Capacity',
        unit: 'requests/s',
        field: (cell) =>
          known(
            typicalOf(cell, 'capacityPerSecond'),
            (rate) => html`<b>${formatNumber(rate)}</b>`,
            whyMissing(cell, 'no rate was held'),
          ),
        sort: (cell) => typicalOf(cell, 'capacityPerSecond'),
      },
      {
        head: 'Service level',
        align: 'start',
        field: (cell) =>
          known(
            kindOf(cell.load).limits(cell.load),
            ({ p99Ms, errors }) => `p99 ${formatNumber(p99Ms)} ms, errors ${formatShare(errors)}`,
            whyMissing(cell, 'it has none'),
          ),
      },
      {
        head: 'Rates tried',
        align: 'start',
        field: (cell) =>
          known(
            cell.probes,
            (probes) =>
              html`<span class="wrap">${probes.map((probe, index) => html`${index > 0 && ' · '}${probeWords(probe, kindOf(cell.load).limits(cell.load))}`)}</span>`,
            whyMissing(cell, 'no rate was tried'),
          ),
      },
    ],
    rows: cells,
    subject: (cell) => view.subjectOf(cell.entry).index,
    sortable: true,
  })}<p class="legend">Searched under open load with random arrivals: the highest rate whose p99 and errors stay within the service level.</p></section>`
}

type Probe = NonNullable<Cell['probes']>[number]

/** A rate that was tried, with what kept it from being held: `312/s not held (p99 8.65 ms, 1.2 % without a right answer)`. */
export function probeWords({ perSecond, p99Ms, errorShare, ok }: Probe, limits: { errors: number } | null): string {
  const failed = !ok && errorShare > (limits?.errors ?? 0)
  const why = [
    p99Ms === null ? (ok ? null : 'p99 not known') : `p99 ${formatNumber(p99Ms)} ms`,
    failed ? `${formatShare(errorShare)} without a right answer` : null,
  ].filter((part) => part !== null)
  return `${formatNumber(perSecond)}/s ${ok ? 'held' : 'not held'}${why.length > 0 ? ` (${why.join(', ')})` : ''}`
}
