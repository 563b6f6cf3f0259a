import {
  type Against,
  type Cell,
  type ComparedCell,
  type ComparedFigure,
  loadLabel,
  type NamedRun,
  type RunComparison,
  type SettingDifference,
  sentenceCase,
} from '@bakeoff/model'
import { CARD } from '../card/drawing.js'
import { documentText } from '../html/document.js'
import { hrefOf } from '../html/href.js'
import { type Html, html } from '../html/html.js'
import { badge } from '../html/marks.js'
import { type Column, facts, known, table, unknown } from '../html/table.js'
import { estimateText, outcomeBadge } from '../sections/columns.js'
import { shownMs } from '../shared/figures.js'
import { formatFactor, formatNumber, formatShare, formatTime } from '../shared/format.js'
import { COLOURS, labelOf } from '../shared/subjects.js'
import { comparisonHeadline } from './card.js'
import { CONCLUSIONS, countedSays, whySays } from './words.js'

const p99Of = (cell: Cell | null) => cell && shownMs(cell, 'p99')

/**
 * Renders two or more runs in one file, cell by cell, each against the first. Everything else that differs between them
 * stands first, in a banner: a faster machine is not a faster target.
 *
 * @param card the name of its share card, which lies beside it. Default: it has none
 */
export function renderComparison(comparison: RunComparison, card?: string): string {
  const { runs, cells, settings } = comparison
  return documentText({
    title: `${runs.map(({ name }) => name).join(' / ')} · Bakeoff`,
    description: comparisonHeadline(comparison),
    ...(card === undefined
      ? {}
      : { picture: { address: hrefOf(card), ...CARD, words: comparisonHeadline(comparison) } }),
    body: html`<div class="page"><header class="top"><div class="brand"><span>Bakeoff</span></div><div class="what"><h1>Comparison <span>${runs.length} runs</span></h1></div></header>
      <main class="compared">${loud(runs, settings)}${runsBlock(runs)}${counted(runs, cells)}${groups(cells).map((group) => groupBlock(runs, group))}${sameThing(settings)}</main>
      <footer><p>${method(comparison)}</p></footer></div>`,
  })
}

function method({ bounds: { relevant, significance } }: RunComparison): string {
  return `Made by Bakeoff from the runs’ results.json files. A figure is called higher or lower when the whole ${formatShare(1 - significance)} interval of its ratio (Welch’s t on logarithms of its repetitions) lies beyond ${formatShare(relevant)}, or beyond the noise floor of either run where that is more; there is no difference when the whole interval lies within. Every figure of every cell is judged by itself, and by how much its repetitions scattered within the runs. So, among many figures that did not change, a few are told apart by chance; and what differs from day to day is in none of the intervals. --fail-on goes by the same rule.`
}

function groups(cells: readonly ComparedCell[]): ComparedCell[][] {
  const all = new Map<string, ComparedCell[]>()
  for (const cell of cells) {
    const key = JSON.stringify([cell.scenario, cell.loadId])
    all.set(key, [...(all.get(key) ?? []), cell])
  }
  return [...all.values()]
}

function isNotComparable({ makes }: SettingDifference): boolean {
  return makes === 'other-work' || makes === 'other-network'
}

/** What the differences mean for the figures: the gravest first. */
function meaningOf(settings: readonly SettingDifference[]): readonly [string, string] {
  const has = (what: SettingDifference['makes']) => settings.some(({ makes }) => makes === what)
  if (has('other-network'))
    return [
      'These runs were measured over different kinds of network.',
      'Who pays for a packet differs, so their figures stand side by side and are never compared.',
    ]
  return has('other-work')
    ? [
        'These runs did not do the same work everywhere.',
        'Where requests, answers or caps differ, figures stand side by side and are not compared.',
      ]
    : ['More differs between these runs than the targets.', 'A difference in the figures may come from any of these.']
}

/** The banner with the differences that a reader must not miss. */
function loud(runs: readonly NamedRun[], settings: readonly SettingDifference[]): Html {
  if (settings.length === 0)
    return html`<p class="banner plain"><b>Same host, engine, caps and versions.</b> As far as the results tell, only the runs themselves differ.</p>`
  const [says, means] = meaningOf(settings)
  const breaks = settings.some(isNotComparable)
  return html`<div class="banner ${breaks ? 'bad' : 'warn'}"><p><b>${says}</b> ${means}</p></div>
    ${table<SettingDifference>({
      caption: 'What differs',
      columns: [
        {
          head: 'What differs',
          names: true,
          field: (difference) =>
            html`<bdi>${difference.what}</bdi>${isNotComparable(difference) && html` ${badge('bad', '≠', 'not comparable')}`}`,
        },
        ...runs.map(
          ({ name }, index): Column<SettingDifference> => ({
            head: name,
            align: 'start',
            field: ({ values }) => html`<span class="wrap">${values[index] ?? '–'}</span>`,
          }),
        ),
      ],
      rows: settings,
    })}`
}

function runsBlock(runs: readonly NamedRun[]): Html {
  return html`<section class="block"><h3>Runs</h3><div class="columns">${runs.map(
    ({ name, results: { run, host } }, index) =>
      html`<div><h4>${runMark(index)} <bdi>${name}</bdi>${index === 0 && html` <small>the others are compared with it</small>`}</h4>${facts(
        [
          ['Run', html`<code>${run.id}</code>`],
          ['Started', formatTime(run.startedAt)],
          ['Status', `${run.status}, ${run.profile} profile`],
          ['Host', html`<bdi>${host.hostname}</bdi>`],
        ],
      )}</div>`,
  )}</div></section>`
}

/** The number of figures with each conclusion, in words. */
function counted(runs: readonly NamedRun[], cells: readonly ComparedCell[]): Html {
  const names = [...new Set(cells.flatMap(({ figures }) => figures.map(({ name }) => name)))]
  return html`<section class="block"><h3>In short</h3><ul class="findings">${runs
    .slice(1)
    .flatMap(({ name: run }, index) =>
      names.map((name) => {
        const found = cells.flatMap(({ figures }) =>
          figures.flatMap((figure) => (figure.name === name ? (figure.against[index] ?? []) : [])),
        )
        return html`<li><bdi>${run}</bdi> against <bdi>${runs[0]?.name}</bdi>, ${name}: ${countedSays(found)}.</li>`
      }),
    )}</ul></section>`
}

/** The block of a group: cells of one scenario and load, which have the same figures. */
function groupBlock(runs: readonly NamedRun[], cells: readonly ComparedCell[]): Html {
  const [first] = cells
  const main = first?.figures[0]
  if (!first || !main) return html``
  const estimates = cells.flatMap(({ figures }) => figures[0]?.estimates ?? [])
  const reach = Math.max(0, ...estimates.map((estimate) => estimate?.high ?? estimate?.median ?? 0))
  const indices = first.figures.map((_, index) => index)
  return html`<section class="block"><h3><bdi>${first.scenario}</bdi> <small>${loadLabel(first.load)}</small></h3>${table<ComparedCell>(
    {
      caption: `${first.scenario}, ${loadLabel(first.load)}`,
      groups: [
        ['', 2],
        ...runs.map(({ name }) => [name, 1 + indices.length] as const),
        ...runs.slice(1).map(({ name }) => [`${name} ÷ ${runs[0]?.name}`, indices.length] as const),
      ],
      columns: [
        { head: 'Target', names: true, field: (cell) => html`<bdi>${labelIn(runs, cell)}</bdi>` },
        {
          head: headOf(main),
          unit: 'with 95 % intervals, from zero',
          align: 'start',
          field: ({ figures }) => spans(figures[0]?.estimates ?? [], reach),
        },
        ...runs.flatMap((_, run) => runColumns(first.figures, run)),
        ...runs
          .slice(1)
          .flatMap((_, later) => indices.map((figure) => againstColumn(first.figures[figure]!, figure, later))),
      ],
      rows: cells,
    },
  )}</section>`
}

/** The head of a figure's column: `throughput` → `Throughput`. */
function headOf({ name }: ComparedFigure): string {
  return sentenceCase(name)
}

/** The label of a cell in the first run that has it. */
function labelIn(runs: readonly NamedRun[], { cells, entry }: ComparedCell): string {
  const run = runs[cells.findIndex((cell) => cell !== null)]
  const found = run?.results.entries.find(({ id }) => id === entry)
  return found ? labelOf(found.target, found.variant) : entry
}

/** The columns with the figures of one run. */
function runColumns(figures: readonly ComparedFigure[], run: number): Column<ComparedCell>[] {
  const [main, ...others] = figures.map(
    (figure, index): Column<ComparedCell> => ({
      head: headOf(figure),
      unit: figure.unit,
      field: ({ cells, figures: own }) => figureCell(cells[run] ?? null, own[index]?.estimates[run] ?? null),
    }),
  )
  const p99: Column<ComparedCell> = {
    head: 'p99',
    unit: 'ms',
    field: ({ cells }) => known(p99Of(cells[run] ?? null), formatNumber, 'no p99'),
  }
  return [...(main ? [main] : []), p99, ...others]
}

/** The column with a figure of a later run against the first: its ratio, and what it can be called. */
function againstColumn(about: ComparedFigure, figure: number, later: number): Column<ComparedCell> {
  return {
    head: headOf(about),
    unit: 'ratio, 95 %',
    align: 'start',
    field: ({ figures }) => againstCell(figures[figure], later),
  }
}

function figureCell(cell: Cell | null, figure: ComparedFigure['estimates'][number]) {
  if (!cell) return unknown('not part of this run')
  return figure
    ? html`${estimateText(figure)}${cell.verdict && cell.verdict.status !== 'valid' && html`<small>${outcomeBadge(cell)}</small>`}`
    : unknown(cell.outcome === 'measured' ? 'no figure' : `${cell.outcome}: ${cell.outcomeReason ?? ''}`)
}

function againstCell(figure: ComparedFigure | undefined, later: number) {
  const against = figure?.against[later]
  if (!figure || !against) return unknown('not compared')
  const { sign, word } = CONCLUSIONS[against.conclusion]
  return html`${against.difference && ratioOf(against.difference.ratio)}${badge(toneOf(against, figure), sign, word)}<small class="why">${whySays(against, figure)}</small>`
}

function ratioOf({ median, low, high }: NonNullable<Against['difference']>['ratio']): Html {
  return html`<b>${formatFactor(median)}</b> ${low !== null && high !== null && html`(${formatNumber(low)}–${formatNumber(high)}) `}`
}

/** The tone of a conclusion: higher is good for a throughput and bad for a CPU time. */
function toneOf({ conclusion }: Against, { better }: ComparedFigure): 'good' | 'bad' | 'warn' | 'plain' {
  switch (conclusion) {
    case 'higher':
    case 'lower':
      return conclusion === better ? 'good' : 'bad'
    case 'no-difference':
    case 'not-in-both':
      return 'plain'
    case 'undecided':
      return 'warn'
    case 'different-work':
      return 'bad'
  }
}

/** Each run's interval as a line with its median as a dot, all on one scale from zero. */
function spans(estimates: ComparedFigure['estimates'], reach: number): Html {
  const height = estimates.length * 12 + 4
  const x = (value: number) => (reach > 0 ? Number(((value / reach) * 146 + 2).toFixed(1)) : 2)
  return html`<svg class="spans" viewBox="0 0 150 ${height}" width="150" height="${height}" aria-hidden="true"><path d="M2 0V${height}" class="zero"/>${estimates.map(
    (figure, index) => {
      if (!figure) return null
      const y = index * 12 + 8
      return html`<g class="c${index % COLOURS}">${figure.low !== null && figure.high !== null && html`<path d="M${x(figure.low)} ${y}H${x(figure.high)}M${x(figure.low)} ${y - 3}v6M${x(figure.high)} ${y - 3}v6" class="line"/>`}<circle cx="${x(figure.median)}" cy="${y}" r="3"/></g>`
    },
  )}</svg>`
}

function runMark(index: number): Html {
  return html`<span class="mk c${index % COLOURS} m0"></span>`
}

function sameThing(settings: readonly SettingDifference[]): Html | null {
  return settings.length === 0
    ? null
    : html`<p class="legend">What differs between the runs is listed at the top; it may have moved every figure here.</p>`
}
