/** Columns that several tables share. Each is one figure of a cell with its unit and the reason for a dash. */
import type { Cell, ComponentUse, Estimate, LatencyMs } from '@bakeoff/model'
import { html } from '../html/html.js'
import { badge, shareBar, statusBadge, subjectName } from '../html/marks.js'
import { type Column, known, unknown } from '../html/table.js'
import { formatBytes, formatCores, formatInterval, formatNumber, formatShare } from '../shared/format.js'
import type { View } from '../shared/subjects.js'
import { briefly, reachedBesideAgent, whyMissing } from './words.js'

export type CellColumn = Column<Cell>

export function nameColumn(view: View): CellColumn {
  return {
    head: 'Target',
    names: true,
    cell: (cell) => view.subjectOf(cell.entry).label,
    sort: (cell) => view.subjectOf(cell.entry).label,
  }
}

/** The same linked to its page, where one asks what it is. */
export function linkedNameColumn(view: View): CellColumn {
  return { ...nameColumn(view), cell: (cell) => subjectName(view.subjectOf(cell.entry)) }
}

/** The same with its language and stack below: for the leaderboard, where one meets it first. */
export function introducedColumn(view: View): CellColumn {
  return {
    ...nameColumn(view),
    cell: (cell) => {
      const subject = view.subjectOf(cell.entry)
      return html`${subjectName(subject)}<small>${[subject.language, ...subject.stack].join(' · ')}</small>`
    },
  }
}

/** An estimate with its interval under it, or what stands in its place with one repetition. */
export function estimateText(estimate: Estimate, format: (value: number) => string = formatNumber) {
  const interval = formatInterval(estimate, format)
  const flag = estimate.outliers.length > 0 && html` <i>⚑</i>`
  return html`<b>${format(estimate.median)}</b>${flag}<small>${interval ?? (estimate.n === 1 ? 'n = 1, no interval' : 'no interval')}</small>`
}

export const throughputColumn: CellColumn = {
  head: 'Throughput',
  unit: 'right answers/s',
  cell: (cell) =>
    known(
      cell.throughput,
      (figure) => html`${estimateText(figure)}${reachedBesideAgent(cell)}`,
      whyMissing(cell, 'no throughput was measured'),
    ),
  sort: (cell) => cell.throughput?.median ?? null,
}

const PERCENTILES: Readonly<Record<keyof LatencyMs, string>> = {
  p50: 'p50',
  p90: 'p90',
  p95: 'p95',
  p99: 'p99',
  p99_9: 'p99.9',
  max: 'max',
  mean: 'mean',
}

/** p99.9 needs ten slow moments apart from one another: 500 requests that waited for one stall are one. */
function tooFew(key: keyof LatencyMs): string {
  return `too few answers${key === 'p99_9' ? ', or too few slow moments apart from one another,' : ''} for ${PERCENTILES[key]}`
}

/** Latency in ms; the column's unit says so. */
export function latencyColumn(key: keyof LatencyMs, range = false): CellColumn {
  return {
    head: PERCENTILES[key],
    unit: 'ms',
    cell: (cell) => {
      const value = cell.latencyMs?.[key] ?? null
      const least = cell.latencyAtLeastMs?.[key]
      if (value === null && least !== undefined) return html`≥ ${formatNumber(least)}<small>some never ended</small>`
      if (value === null)
        return unknown(whyMissing(cell, cell.latencyMs === null ? 'no latencies were recorded' : tooFew(key)))
      const spread = cell.latencyRangeMs[key]
      return html`${formatNumber(value)}${range && spread && cell.repetitions > 1 && html`<small>${formatNumber(spread[0])}–${formatNumber(spread[1])}</small>`}`
    },
    sort: (cell) => cell.latencyMs?.[key] ?? null,
  }
}

/** Everything that was not a right answer, of what was sent. */
export const errorsColumn: CellColumn = {
  head: 'Errors',
  unit: 'of sent',
  cell: (cell) =>
    known(
      cell.requests,
      (requests) => {
        const bad = requests.wrong + requests.errors + requests.timeouts + requests.lost
        return bad === 0
          ? '0'
          : html`<b>${formatNumber(bad)}</b><small>${requests.sent > 0 ? formatShare(bad / requests.sent) : ''}</small>`
      },
      whyMissing(cell, 'requests were not counted'),
    ),
  sort: (cell) =>
    cell.requests && cell.requests.wrong + cell.requests.errors + cell.requests.timeouts + cell.requests.lost,
}

/** Cores in use of the cap, with a bar unless the table only repeats what a chart shows. */
export function coresColumn(
  head: string,
  use: (cell: Cell) => ComponentUse | null | undefined,
  bar = true,
): CellColumn {
  return {
    head,
    unit: 'cores of cap',
    cell: (cell) => {
      const figures = use(cell)
      if (figures?.coresUsed === null || figures?.coresUsed === undefined)
        return unknown(whyMissing(cell, 'CPU was not read'))
      return html`${formatCores(figures.coresUsed)}${figures.caps && html` <i>of ${formatCores(figures.caps.cpus)}</i>`}${bar && figures.cpuShare !== null && shareBar(figures.cpuShare)}`
    },
    sort: (cell) => use(cell)?.coresUsed ?? null,
  }
}

export function memoryColumn(
  head: string,
  use: (cell: Cell) => ComponentUse | null | undefined,
  bar = true,
): CellColumn {
  return {
    head,
    unit: 'peak of cap',
    cell: (cell) => {
      const figures = use(cell)
      if (figures?.memoryPeakBytes === null || figures?.memoryPeakBytes === undefined)
        return unknown(whyMissing(cell, 'memory was not read'))
      return html`${formatBytes(figures.memoryPeakBytes)}${bar && figures.memoryShare !== null && shareBar(figures.memoryShare)}`
    },
    sort: (cell) => use(cell)?.memoryPeakBytes ?? null,
  }
}

export const cpuPerRequestColumn: CellColumn = {
  head: 'CPU/request',
  unit: 'ms',
  cell: (cell) =>
    known(cell.target.cpuMsPerRequest, (figure) => estimateText(figure), whyMissing(cell, 'CPU was not read')),
  sort: (cell) => cell.target.cpuMsPerRequest?.median ?? null,
}

export const requestsPerCpuColumn: CellColumn = {
  head: 'Per CPU-second',
  unit: 'requests',
  cell: (cell) => known(cell.target.requestsPerCpuSecond, formatNumber, whyMissing(cell, 'CPU was not read')),
  sort: (cell) => cell.target.requestsPerCpuSecond,
}

/** The verdict as a badge, and in a few words what held the cell back; the evidence is on the Bottleneck page. */
export const verdictColumn: CellColumn = {
  head: 'Verdict',
  align: 'start',
  cell: (cell) => {
    const { limits, marks } = cell.verdict ? briefly(cell.verdict) : { limits: null, marks: cell.outcomeReason }
    return html`${outcomeBadge(cell)}${(limits ?? marks) && html`<small>${[marks, limits].filter(Boolean).join('; ')}</small>`}`
  },
}

/** Whether a cell counts; for a cell without figures, how it ended. */
export function outcomeBadge(cell: Cell) {
  if (cell.verdict) return statusBadge(cell.verdict.status)
  switch (cell.outcome) {
    case 'measured':
      return badge('plain', '?', 'no verdict')
    case 'unsupported':
      return badge('plain', '–', 'unsupported')
    case 'failed':
      return badge('bad', '✕', 'failed')
    case 'aborted':
      return badge('warn', '■', 'aborted')
  }
}
