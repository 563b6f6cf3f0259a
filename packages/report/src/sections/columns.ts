/** Columns that several tables share. Each is one figure of a cell with its unit and the reason for a dash. */
import {
  type AskedLevel,
  type Cell,
  type ComponentUse,
  type Estimate,
  type LevelAnswer,
  type LoadSpec,
  limitsWords,
  moneyWords,
  windowsWords,
} from '@bakeoff/model'
import { type Content, type Html, html } from '../html/html.js'
import { badge, shareBar, statusBadge, subjectName } from '../html/marks.js'
import { type Column, known, unknown } from '../html/table.js'
import {
  atLeastMs,
  type DrawnFigure,
  drawnFigure,
  leastMs,
  rangeOf,
  shownMs,
  shownTime,
  type TimeName,
} from '../shared/figures.js'
import { formatBytes, formatCores, formatInterval, formatMs, formatNumber, formatShare } from '../shared/format.js'
import { outcomeWord } from '../shared/outcome-word.js'
import { keptOf, type ServiceLevel } from '../shared/service-level.js'
import type { View } from '../shared/subjects.js'
import { briefly, reachedBesideAgent, whyMissing } from './words.js'

export type CellColumn = Column<Cell>

export function nameColumn(view: View): CellColumn {
  return {
    head: 'Target',
    names: true,
    field: (cell) => view.subjectOf(cell.entry).label,
    sort: (cell) => view.subjectOf(cell.entry).label,
  }
}

/** The name column, linked to the target's page, where a reader looks up what the target is. */
export function linkedNameColumn(view: View): CellColumn {
  return { ...nameColumn(view), field: (cell) => subjectName(view.subjectOf(cell.entry)) }
}

/**
 * The linked name column with language and stack below the name: for the leaderboard, where a reader meets a target first. A
 * cell that is doubtful, or has no figures, is marked here too: on a narrow screen its verdict is far to the right.
 */
export function introducedColumn(view: View): CellColumn {
  return {
    ...nameColumn(view),
    field: (cell) => {
      const subject = view.subjectOf(cell.entry)
      return html`${subjectName(subject)}<small>${doubtMark(cell)}${[subject.language, ...subject.stack].join(' · ')}</small>`
    },
  }
}

function doubtMark({ verdict, outcome }: Cell): Html | null {
  const tone = verdict?.status ?? (outcome === 'measured' ? 'valid' : outcome)
  return tone === 'valid' ? null : html`<b class="doubt ${tone}">${verdict ? tone : outcomeWord(outcome)}</b> · `
}

/** An estimate as text, with its interval below, or with a note where it has none. */
export function estimateText(estimate: Estimate, format: (value: number) => string = formatNumber) {
  const interval = formatInterval(estimate, format)
  const flag = estimate.outliers.length > 0 && html` <i>⚑</i>`
  return html`<b>${format(estimate.median)}</b>${flag}<small>${interval ?? (estimate.n === 1 ? 'n = 1, no interval' : 'no interval')}</small>`
}

export interface ColumnOptions {
  /** in place of the figure's title */
  readonly head?: string
  readonly unit?: string
  /** the median alone, where another table has its interval */
  readonly plain?: true
  /** the reason for a dash in a cell that was measured */
  readonly why?: string
  readonly load?: LoadSpec
}

/** A column for a figure of the legend: its title, its unit, and its number with the interval below. */
export function figureColumn(view: View, id: string, options: ColumnOptions = {}): CellColumn {
  const figure = drawnFigure(view, id, options.load)
  const why = options.why ?? `${figure.title} was not measured`
  const unit = options.unit ?? (isWritten(figure) ? undefined : figure.unit)
  return {
    head: options.head ?? figure.title,
    ...(unit === undefined ? {} : { unit }),
    field: (cell) =>
      options.plain
        ? known(figure.value(cell), figure.format, whyMissing(cell, why))
        : known(figure.estimate(cell), (estimate) => estimateText(estimate, figure.format), whyMissing(cell, why)),
    sort: figure.value,
    leastFirst: figure.better === 'lower',
  }
}

/** Whether the numbers of a figure are written with their unit. */
function isWritten(figure: DrawnFigure): boolean {
  return figure.withUnit(1) === figure.format(1)
}

export function throughputColumn(view: View): CellColumn {
  const figure = drawnFigure(view, 'throughput')
  return {
    ...figureColumn(view, 'throughput'),
    field: (cell) =>
      known(
        figure.estimate(cell),
        (estimate) => html`${estimateText(estimate)}${reachedBesideAgent(cell)}`,
        whyMissing(cell, 'no throughput was measured'),
      ),
  }
}

const PERCENTILES: Readonly<Record<TimeName, string>> = {
  p50: 'p50',
  p90: 'p90',
  p95: 'p95',
  p99: 'p99',
  p99_9: 'p99.9',
  max: 'max',
  mean: 'mean',
}

/** The reason why a percentile is not shown. p99.9 needs ten separate slow moments: 500 requests that waited for one stall count as one. */
function tooFew(name: TimeName): string {
  return `too few answers${name === 'p99_9' ? ', or too few separate slow moments,' : ''} for ${PERCENTILES[name]}`
}

/** A column of latencies in ms; the column's unit says so. */
export function latencyColumn(name: TimeName, range = false): CellColumn {
  return {
    head: PERCENTILES[name],
    unit: 'ms',
    field: (cell) => {
      const value = shownMs(cell, name)
      const bound = boundOf(cell, name)
      if (value === null && bound !== null) return html`≥ ${formatNumber(bound.ms)}<small>${bound.why}</small>`
      if (value === null)
        return unknown(whyMissing(cell, shownMs(cell, 'max') === null ? 'no latencies were recorded' : tooFew(name)))
      const spread = range && cell.repetitions > 1 ? rangeOf(shownTime(cell, name)) : null
      return html`${formatNumber(value)}${spread && html`<small>${formatNumber(spread[0])}–${formatNumber(spread[1])}</small>`}`
    },
    sort: (cell) => shownMs(cell, name) ?? boundOf(cell, name)?.ms ?? null,
    leastFirst: true,
  }
}

/** The least that a percentile can be, with what makes it sure. Of those that may be missing, p99 is the one that is looked for. */
function boundOf(cell: Cell, name: TimeName): { ms: number; why: string } | null {
  const least = atLeastMs(cell, name)
  if (least !== null) return { ms: least, why: 'some never ended' }
  const lower = name === 'p99' ? leastMs(cell, name) : null
  return lower === null ? null : { ms: lower, why: 'too few answers' }
}

/** Errors: the requests without a right answer (wrong, failed, timed out or lost), and their share of what was sent. */
export const errorsColumn: CellColumn = {
  head: 'Errors',
  unit: 'of sent',
  field: (cell) =>
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
  leastFirst: true,
}

interface ShownUse {
  readonly unit: string
  /** why nothing is known */
  readonly missing: string
  of(use: ComponentUse): number | null
  share(use: ComponentUse): number | null
  show(value: number, use: ComponentUse): Content
}

/** A column of what a component used; with a bar of its share of the cap unless the table only repeats what a chart shows. */
const columnOfUse =
  ({ unit, missing, of, share, show }: ShownUse) =>
  (head: string, use: (cell: Cell) => ComponentUse | null | undefined, bar = true): CellColumn => ({
    head,
    unit,
    field: (cell) => {
      const found = use(cell)
      const value = found ? of(found) : null
      if (!found || value === null) return unknown(whyMissing(cell, missing))
      const ofCap = share(found)
      return html`${show(value, found)}${bar && ofCap !== null && shareBar(ofCap)}`
    },
    sort: (cell) => {
      const found = use(cell)
      return found ? of(found) : null
    },
    leastFirst: true,
  })

export const coresColumn = columnOfUse({
  unit: 'cores of cap',
  missing: 'CPU was not read',
  of: ({ coresUsed }) => coresUsed,
  share: ({ cpuShare }) => cpuShare,
  show: (cores, { caps }) => html`${formatCores(cores)}${caps && html` <i>of ${formatCores(caps.cpus)}</i>`}`,
})

export const memoryColumn = columnOfUse({
  unit: 'peak of cap',
  missing: 'memory was not read',
  of: ({ memoryPeakBytes }) => memoryPeakBytes,
  share: ({ memoryShare }) => memoryShare,
  show: formatBytes,
})

export function cpuPerRequestColumn(view: View): CellColumn {
  return figureColumn(view, 'cpuMsPerRequest', { head: 'CPU/request', why: 'CPU was not read' })
}

export function requestsPerCpuColumn(view: View): CellColumn {
  return figureColumn(view, 'requestsPerCpuSecond', { head: 'Per CPU-second', plain: true, why: 'CPU was not read' })
}

/**
 * The verdict as a badge, and in a few words what limited the cell; the evidence is on the Bottleneck page.
 *
 * @param said causes that are said once for all cells, and not again in each
 */
export function verdictColumn(said: readonly string[] = []): CellColumn {
  return {
    head: 'Verdict',
    align: 'start',
    field: (cell) => {
      const { limits, marks } = cell.verdict ? briefly(cell.verdict, said) : { limits: null, marks: cell.outcomeReason }
      const words = [marks, limits && `limited by ${limits}`].filter(Boolean)
      return html`${outcomeBadge(cell)}${words.length > 0 && html`<small>${words.join('; ')}</small>`}`
    },
  }
}

/** Whether each cell keeps the service level of its scenario. */
export function serviceLevelColumn(level: ServiceLevel): CellColumn {
  const order = { kept: 0, missed: 1 }
  return {
    head: 'Service level',
    unit: `p99 ≤ ${formatMs(level.p99Ms)}`,
    field: (cell) =>
      known(
        keptOf(cell, level),
        (kept) => (kept === 'kept' ? badge('good', '✓', 'kept') : badge('bad', '✕', 'missed')),
        whyMissing(cell, 'too few answers to say whether p99 is within it'),
      ),
    sort: (cell) => {
      const kept = keptOf(cell, level)
      return kept && order[kept]
    },
    leastFirst: true,
  }
}

/** Whether each cell keeps the service level that was asked for at its rate, in how many windows, and what is against it. */
export function levelColumn(level: AskedLevel): CellColumn {
  const order = { yes: 0, undecided: 1, no: 2 }
  return {
    head: 'Service level',
    unit: `${limitsWords(level)} at ${formatNumber(level.perSecond)}/s`,
    align: 'start',
    field: (cell) =>
      known(
        cell.serviceLevel ?? null,
        (found) =>
          html`${levelBadge(found)}<small>${windowsWords(found)}${found.answer === 'undecided' && html` <span title="${found.says}">${UNDECIDED[found.reason] ?? ''}</span>`}</small>`,
        whyMissing(cell, 'no service level was asked for'),
      ),
    sort: ({ serviceLevel }) => (serviceLevel ? order[serviceLevel.answer] : null),
    leastFirst: true,
  }
}

function levelBadge({ answer }: LevelAnswer): Html {
  switch (answer) {
    case 'yes':
      return badge('good', '✓', 'kept')
    case 'no':
      return badge('bad', '✕', 'missed')
    case 'undecided':
      return badge('plain', '?', 'not decided')
  }
}

/** The reason in a word or two; the sentence is there for the pointer, and among the findings. */
const UNDECIDED: Readonly<Partial<Record<LevelAnswer['reason'], string>>> = {
  'not-measured': 'not measured',
  invalid: 'figures do not count',
  disturbed: 'disturbed from outside',
  'few-answers': 'too few answers',
  'few-windows': 'too few repetitions',
  open: 'too close to the limit',
}

/** The cost of the rate that was offered, at the prices that the page Cost begins with. */
export const levelCostColumn: CellColumn = {
  head: 'A million',
  unit: 'requests, usual prices',
  field: (cell) =>
    known(
      cell.serviceLevel?.cost ?? null,
      ({ perMillion, low, high }) =>
        html`${moneyWords(perMillion)}<small>${low !== null && high !== null ? `${moneyWords(low)}–${moneyWords(high)}` : 'no interval'}</small>`,
      whyMissing(cell, 'its CPU time is not known, or its figures do not count'),
    ),
  sort: (cell) => cell.serviceLevel?.cost?.perMillion ?? null,
  leastFirst: true,
}

/** The outcome of a cell as a badge: whether its figures count or, for a cell without figures, how it ended. */
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
      return badge('plain', '…', outcomeWord(cell.outcome))
  }
}
