import { type Cell, type EntryResult, loadLabel } from '@bakeoff/model'
import { type Html, html } from '../html/html.js'
import { badge, markedName, subjectName } from '../html/marks.js'
import { part, type Scope } from '../html/scope.js'
import { type Column, known, table, unknown } from '../html/table.js'
import { formatDurationMs, formatNumber, formatShare } from '../shared/format.js'
import { cellsInOrder, entriesInOrder, type View } from '../shared/subjects.js'
import { type CellColumn, nameColumn } from './columns.js'
import { secondInstrumentBlock } from './second-instrument.js'
import type { Section } from './section.js'
import { whyMissing } from './words.js'

export const verification: Section = {
  id: 'verification',
  title: 'Verification',
  question: 'Did all targets do the same work, was it right, and was it steady over repetitions?',
  render: ({ view, scopes }) =>
    html`${scopes.map((scope) => [part(scope, null, verifiedBlock(view, scope)), scope.loads.map(({ id }) => part(scope, id, html`${counts(view, scope, id)}${secondInstrumentBlock(view, scope, id)}`)), part(scope, null, differences(view, scope))])}`,
}

function verifiedBlock(view: View, scope: Scope): Html {
  const { scenario } = scope
  const rows = entriesInOrder(view, scenario)
  return html`<section class="block"><h3>Before any load: every golden answer</h3>
    <p class="legend">All targets were sent the same ${formatNumber(scenario.requests)} requests in the same order${scenario.state !== undefined && ', with values filled in from the same seed'}, and their answers were compared <b>${scenario.compare}</b>${scenario.tolerance > 0 && ` within ${scenario.tolerance}`}. The digest of requests and answers is <code>${scenario.workDigest}</code>: only runs with the same digest did the same work. A target with a wrong answer is not ranked.</p>
    ${table<EntryResult>({
      caption: 'Golden answers and steadiness',
      columns: [
        {
          head: 'Target',
          names: true,
          field: (entry) => subjectName(view.subjectOf(entry.id)),
          sort: (entry) => view.subjectOf(entry.id).label,
        },
        {
          head: 'Golden answers',
          align: 'start',
          field: (entry) =>
            known(
              entry.verification,
              ({ golden }) =>
                html`${golden.right === golden.total ? badge('good', '✓', 'all right') : badge('bad', '✕', 'wrong answers')} ${formatNumber(golden.right)} of ${formatNumber(golden.total)}`,
              why(entry, 'was not verified'),
            ),
        },
        {
          head: 'Variation',
          unit: 'of throughput',
          field: (entry) => known(entry.variation, formatShare, why(entry, 'needs two repetitions')),
          sort: ({ variation }) => variation,
        },
        {
          head: 'Drift',
          unit: 'per repetition',
          field: (entry) =>
            known(
              entry.drift,
              (drift) => `${drift > 0 ? '+' : ''}${formatShare(drift)}`,
              why(entry, 'needs two repetitions'),
            ),
          sort: ({ drift }) => drift,
        },
        warmUpColumn,
        { head: 'Repetitions', field: ({ repetitions }) => formatNumber(repetitions) },
      ],
      rows,
      subject: (entry) => view.subjectOf(entry.id).index,
      sortable: true,
    })}</section>`
}

/** The share of the steady rate from which on a cold rate is not mentioned. */
const COLD = 0.95

const warmUpColumn: Column<EntryResult> = {
  head: 'Warm-up until steady',
  align: 'start',
  field: (entry) => {
    if (entry.warmUps.length === 0) return unknown(why(entry, 'was not recorded'))
    const unsteady = entry.warmUps.filter(({ steady }) => !steady).length
    const times = entry.warmUps.map(({ durationMs }) => durationMs)
    const [least, most] = [Math.min(...times), Math.max(...times)]
    const shares = entry.warmUps.flatMap(({ coldShare }) => coldShare ?? [])
    const cold = shares.length === 0 ? null : Math.min(...shares)
    const slower = cold !== null && cold < COLD && html`<small>cold: ${formatShare(cold)} of the steady rate</small>`
    return html`${least === most ? formatDurationMs(least) : `${formatDurationMs(least)} to ${formatDurationMs(most)}`}${unsteady > 0 && html` ${badge('warn', '!', `${unsteady} of ${entry.warmUps.length} not steady`)}`}${slower}`
  },
}

function counts(view: View, scope: Scope, loadId: string): Html | null {
  const cells = cellsInOrder(view, scope.scenario.id, loadId)
  const load = cells[0]?.load
  if (!load) return null
  const count = (head: string, of: (requests: NonNullable<Cell['requests']>) => number): CellColumn => ({
    head,
    field: (cell) =>
      known(cell.requests, (requests) => formatNumber(of(requests)), whyMissing(cell, 'requests were not counted')),
    sort: (cell) => cell.requests && of(cell.requests),
  })
  return html`<section class="block"><h3>Under load: every request accounted for <small>${loadLabel(load)}</small></h3>${table(
    {
      caption: `Requests, ${loadLabel(load)}`,
      columns: [
        nameColumn(view),
        count('Sent', ({ sent }) => sent),
        count('Right', ({ ok }) => ok),
        count('Wrong', ({ wrong }) => wrong),
        count('Errors', ({ errors }) => errors),
        count('Timeouts', ({ timeouts }) => timeouts),
        count('Lost', ({ lost }) => lost),
        count('Under way', ({ inFlight }) => inFlight),
        count('Compared', ({ checked }) => checked),
        {
          head: 'Errors by kind',
          align: 'start',
          field: (cell) =>
            known(
              cell.requests,
              ({ errorsByKind }) => byKind(errorsByKind),
              whyMissing(cell, 'requests were not counted'),
            ),
        },
      ],
      rows: cells,
      subject: (cell) => view.subjectOf(cell.entry).index,
      sortable: true,
    },
  )}</section>`
}

function byKind(kinds: Readonly<Record<string, number>>): string {
  const all = Object.entries(kinds).sort(([, a], [, b]) => b - a)
  return all.length === 0 ? 'none' : all.map(([kind, count]) => `${kind} × ${formatNumber(count)}`).join(', ')
}

function differences(view: View, scope: Scope): Html | null {
  const entries = entriesInOrder(view, scope.scenario)
  const blocks = entries.flatMap((entry) => {
    const golden = entry.verification?.golden.differences ?? []
    const loaded = view.results.cells
      .filter((cell) => cell.entry === entry.id)
      .flatMap((cell) =>
        cell.wrongSamples.map((sample) => ({
          ...sample,
          request: `request ${sample.requestIndex} under ${loadLabel(cell.load)}`,
        })),
      )
    const all = [...golden, ...loaded].slice(0, 5)
    if (all.length === 0) return []
    return [
      html`<div class="diffs" data-subject-block><h4>${markedName(view.subjectOf(entry.id))}</h4>${all.map(({ request, expected, actual, difference }) => html`<div class="diff"><p><b>${request}</b>: ${difference}</p><dl><dt>expected</dt><dd><code>${expected}</code></dd><dt>answered</dt><dd><code>${actual}</code></dd></dl></div>`)}</div>`,
    ]
  })
  return blocks.length === 0 ? null : html`<section class="block"><h3>First wrong answers</h3>${blocks}</section>`
}

function why(entry: EntryResult, otherwise: string): string {
  switch (entry.outcome.kind) {
    case 'measured':
      return otherwise
    case 'failed':
      return `failed at ${entry.outcome.stage}: ${entry.outcome.error.message}`
    case 'unsupported':
      return `unsupported: ${entry.outcome.reason}`
    case 'aborted':
      return entry.outcome.reason
  }
}
