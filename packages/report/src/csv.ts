import { type Cell, type Results, visibleText } from '@bakeoff/model'
import { type View, viewOf } from './shared/subjects.js'

type Value = string | number | boolean | null | undefined

/** One column: its name, with the unit in it, and its value. An unknown value is an empty field. */
const COLUMNS: readonly (readonly [name: string, of: (cell: Cell, view: View) => Value])[] = [
  ['cell', ({ id }) => id],
  ['scenario', ({ scenario }) => scenario],
  ['target', ({ entry }, view) => view.subjectOf(entry).target],
  ['variant', ({ variant }) => variant],
  ['language', ({ language }) => language],
  ['role', ({ entry }, { entries }) => entries.get(entry)?.role ?? 'contender'],
  ['stand_in_for', ({ entry }, { entries }) => entries.get(entry)?.standIn?.for.join(' ')],
  ['load', ({ loadId }) => loadId],
  ['outcome', ({ outcome }) => outcome],
  ['outcome_reason', ({ outcomeReason }) => outcomeReason],
  ['verdict', ({ verdict }) => verdict?.status],
  ['causes', ({ verdict }) => verdict?.causes.map(({ cause }) => cause).join(' ')],
  ['limited_by', ({ verdict }) => verdict?.limitedBy],
  ['repetitions', ({ repetitions }) => repetitions],
  ['throughput_per_s', ({ throughput }) => throughput?.median],
  ['throughput_low_per_s', ({ throughput }) => throughput?.low],
  ['throughput_high_per_s', ({ throughput }) => throughput?.high],
  ['offered_per_s', ({ offeredPerSecond }) => offeredPerSecond],
  ['p50_ms', ({ latencyMs }) => latencyMs?.p50],
  ['p90_ms', ({ latencyMs }) => latencyMs?.p90],
  ['p95_ms', ({ latencyMs }) => latencyMs?.p95],
  ['p99_ms', ({ latencyMs }) => latencyMs?.p99],
  ['p99_9_ms', ({ latencyMs }) => latencyMs?.p99_9],
  ['max_ms', ({ latencyMs }) => latencyMs?.max],
  ['p99_at_least_ms', ({ latencyAtLeastMs }) => latencyAtLeastMs?.p99],
  ['window_s', ({ windowSeconds }) => windowSeconds],
  ['time_answered_share', ({ account }) => account?.answered],
  ['time_unanswered_share', ({ account }) => account?.unanswered],
  ['time_between_share', ({ account }) => account?.between],
  ['sent', ({ requests }) => requests?.sent],
  ['ok', ({ requests }) => requests?.ok],
  ['wrong', ({ requests }) => requests?.wrong],
  ['errors', ({ requests }) => requests?.errors],
  ['timeouts', ({ requests }) => requests?.timeouts],
  ['lost', ({ requests }) => requests?.lost],
  ['target_cpu_s', ({ target }) => target.cpuSeconds],
  ['target_cores_used', ({ target }) => target.coresUsed],
  ['target_cpu_share', ({ target }) => target.cpuShare],
  ['target_cpu_ms_per_request', ({ target }) => target.cpuMsPerRequest?.median],
  ['target_requests_per_cpu_s', ({ target }) => target.requestsPerCpuSecond],
  ['target_memory_peak_bytes', ({ target }) => target.memoryPeakBytes],
  ['target_throttled_ms', ({ target }) => target.throttledMs],
  ['target_cold_start_ms', ({ target }) => target.coldStartMs],
  ['target_image_bytes', ({ target }) => target.imageBytes],
  ['agent_cpu_share', ({ agent }) => agent.cpuShare],
  ['agent_ceiling_share', ({ agent }) => agent.ceilingShare],
  ['host_pressure', ({ host }) => host.pressure],
  ['host_steal', ({ host }) => host.steal],
  ['second_instrument_per_s', (cell) => secondOf(cell)?.perSecond],
  ['second_instrument_difference', (cell) => secondOf(cell)?.difference],
  ['capacity_per_s', ({ capacity }) => capacity?.perSecond?.median],
  ['batch_wall_s', ({ batch }) => batch?.wallSeconds.median],
  ['batch_cpu_ms_per_task', ({ batch }) => batch?.cpuMsPerTask?.median],
]

/** One line per cell, RFC 4180, with CRLF and a head. Units stand in the names; services follow with theirs. */
export function renderCsv(results: Results): string {
  const view = viewOf(results)
  const services = [...new Set(results.cells.flatMap((cell) => Object.keys(cell.services)))].sort()
  const columns = [
    ...COLUMNS.map(([name, of]) => [name, (cell: Cell) => of(cell, view)] as const),
    ...services.flatMap((name) => [
      [`service_${name}_cores_used`, (cell: Cell) => cell.services[name]?.coresUsed] as const,
      [`service_${name}_cpu_share`, (cell: Cell) => cell.services[name]?.cpuShare] as const,
      [`service_${name}_memory_peak_bytes`, (cell: Cell) => cell.services[name]?.memoryPeakBytes] as const,
    ]),
  ]
  const lines = [
    columns.map(([name]) => field(name)),
    ...results.cells.map((cell) => columns.map(([, of]) => field(of(cell)))),
  ]
  return lines.map((line) => `${line.join(',')}\r\n`).join('')
}

function secondOf({ secondInstrument }: Cell) {
  return secondInstrument?.kind === 'measured' ? secondInstrument : null
}

/** A text that a spreadsheet would take for a formula gets a quote in front: names and logs come from outside. */
function field(value: Value): string {
  if (value === null || value === undefined) return ''
  if (typeof value !== 'string') return String(value)
  const visible = visibleText(value.replace(/\r\n/g, '\n'))
  const text = /^[=+\-@\t]/.test(visible) ? `'${visible}` : visible
  return /[",\n]/.test(text) ? `"${text.split('"').join('""')}"` : text
}
