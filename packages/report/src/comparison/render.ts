import type { Cell, LoadSpec } from '@bakeoff/model'
import { documentText } from '../html/document.js'
import { type Html, html } from '../html/html.js'
import { badge } from '../html/marks.js'
import { type Column, facts, known, table, unknown } from '../html/table.js'
import { estimateText, outcomeBadge } from '../pages/columns.js'
import { formatFactor, formatNumber, formatTime, loadLabel } from '../shared/format.js'
import { COLOURS, labelOf } from '../shared/subjects.js'
import {
  type Against,
  against,
  type Conclusion,
  type Difference,
  differencesOf,
  figureName,
  figureOf,
  isSameWork,
  type NamedRun,
} from './read.js'

/**
 * Two or more runs in one file, cell by cell, each against the first. What else differs between them is said first and
 * loudly: a faster machine is not a faster target.
 *
 * @throws RangeError with fewer than two runs
 */
export function renderComparison(named: readonly NamedRun[]): string {
  if (named.length < 2) throw new RangeError('A comparison needs at least two runs')
  const differences = differencesOf(named)
  const rows = rowsOf(named)
  return documentText({
    title: `${named.map(({ name }) => name).join(' / ')} · Bakeoff`,
    body: html`<div class="page"><header class="top"><div class="brand"><span>Bakeoff</span></div><div class="what"><h1>Comparison <span>${named.length} runs</span></h1></div></header>
      <main>${loud(named, differences)}${runsBlock(named)}${counted(named, rows)}${groups(rows).map((group) => groupBlock(named, group))}${sameThing(differences)}</main>
      <footer><p>Made by Bakeoff from the runs’ results.json files. “Apart” means that the two 95 % intervals do not meet and the medians differ by more than 3 %. This is stricter than a test of the difference: it errs by saying too little. The bounds of a ratio are the widest that the two intervals allow.</p></footer></div>`,
  })
}

interface Row {
  readonly id: string
  readonly scenario: string
  readonly load: LoadSpec
  readonly loadId: string
  readonly label: string
  /** by run */
  readonly cells: readonly (Cell | null)[]
  /** by run, the first left out */
  readonly against: readonly Against[]
}

function rowsOf(named: readonly NamedRun[]): Row[] {
  const lookups = named.map(({ results }) => new Map(results.cells.map((cell) => [cell.id, cell])))
  const ids = [...new Set(named.flatMap(({ results }) => results.cells.map(({ id }) => id)))]
  return ids.map((id): Row => {
    const cells = lookups.map((cells_) => cells_.get(id) ?? null)
    const at = cells.findIndex((cell) => cell !== null)
    const some = cells[at]!
    const entry = named[at]!.results.entries.find((one) => one.id === some.entry)
    const [first = null, ...others] = cells
    return {
      id,
      scenario: some.scenario,
      load: some.load,
      loadId: some.loadId,
      label: entry ? labelOf(entry.target, entry.variant) : some.entry,
      cells,
      against: others.map((cell, index) =>
        against(first, cell, isSameWork(named[0]!.results, named[index + 1]!.results, some.scenario)),
      ),
    }
  })
}

function groups(rows: readonly Row[]): Row[][] {
  const all = new Map<string, Row[]>()
  for (const row of rows) {
    const key = JSON.stringify([row.scenario, row.loadId])
    all.set(key, [...(all.get(key) ?? []), row])
  }
  return [...all.values()]
}

/** The differences that a reader must not miss. */
function loud(named: readonly NamedRun[], differences: readonly Difference[]): Html {
  if (differences.length === 0)
    return html`<p class="banner plain"><b>Same host, engine, caps and versions.</b> As far as the results tell, only the runs themselves differ.</p>`
  const breaks = differences.some((one) => one.breaks)
  return html`<div class="banner ${breaks ? 'bad' : 'warn'}"><p><b>${breaks ? 'These runs are not of the same work everywhere.' : 'More differs between these runs than the targets.'}</b> ${breaks ? 'Where requests, answers or caps differ, figures stand side by side and are not compared.' : 'A difference in the figures may come from any of these.'}</p></div>
    ${table<Difference>({
      caption: 'What differs',
      columns: [
        {
          head: 'What differs',
          names: true,
          cell: ({ what, breaks: broken }) =>
            html`<bdi>${what}</bdi>${broken && html` ${badge('bad', '≠', 'not comparable')}`}`,
        },
        ...named.map(
          ({ name }, index): Column<Difference> => ({
            head: name,
            align: 'start',
            cell: ({ values }) => html`<span class="wrap">${values[index]}</span>`,
          }),
        ),
      ],
      rows: differences,
    })}`
}

function runsBlock(named: readonly NamedRun[]): Html {
  return html`<section class="block"><h3>Runs</h3><div class="columns">${named.map(
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

/** How many cells ended how, in words. */
function counted(named: readonly NamedRun[], rows: readonly Row[]): Html {
  return html`<section class="block"><h3>In short</h3><ul class="findings">${named.slice(1).map(({ name }, index) => {
    const of = (conclusion: Conclusion) => rows.filter((row) => row.against[index]?.conclusion === conclusion).length
    const apart = of('higher') + of('lower')
    return html`<li><bdi>${name}</bdi> against <bdi>${named[0]?.name}</bdi>: ${apart === 0 ? 'no figure is told apart' : html`${of('higher')} higher, ${of('lower')} lower`}; ${of('not-apart')} not told apart${of('undecided') > 0 && `, ${of('undecided')} undecided`}${of('different-work') > 0 && `, ${of('different-work')} of different work`}${of('not-in-both') > 0 && `, ${of('not-in-both')} not in both`}.</li>`
  })}</ul></section>`
}

const CONCLUSIONS: Readonly<Record<Conclusion, readonly ['good' | 'bad' | 'warn' | 'plain', string, string]>> = {
  higher: ['good', '↑', 'higher'],
  lower: ['bad', '↓', 'lower'],
  'not-apart': ['plain', '=', 'not told apart'],
  undecided: ['warn', '?', 'undecided'],
  'different-work': ['bad', '≠', 'different work'],
  'not-in-both': ['plain', '–', 'not in both'],
}

function groupBlock(named: readonly NamedRun[], rows: readonly Row[]): Html {
  const [first] = rows
  if (!first) return html``
  const figure = figureName(first.load)
  const reach = Math.max(
    0,
    ...rows.flatMap(({ cells }) =>
      cells.flatMap((cell) => (cell ? [figureOf(cell)?.high ?? figureOf(cell)?.median ?? 0] : [])),
    ),
  )
  return html`<section class="block"><h3><bdi>${first.scenario}</bdi> <small>${loadLabel(first.load)}</small></h3>${table<Row>(
    {
      caption: `${first.scenario}, ${loadLabel(first.load)}`,
      groups: [
        ['', 2],
        ...named.map(({ name }) => [name, 2] as const),
        ...named.slice(1).map(({ name }) => [`${name} ÷ ${named[0]?.name}`, 2] as const),
      ],
      columns: [
        { head: 'Target', names: true, cell: ({ label }) => html`<bdi>${label}</bdi>` },
        {
          head: figure.name,
          unit: 'with 95 % intervals, from zero',
          align: 'start',
          cell: ({ cells }) => spans(cells, reach),
        },
        ...named.flatMap((_, index): Column<Row>[] => [
          { head: figure.name, unit: figure.unit, cell: ({ cells }) => figureCell(cells[index] ?? null) },
          { head: 'p99', unit: 'ms', cell: ({ cells }) => known(cells[index]?.latencyMs?.p99, formatNumber, 'no p99') },
        ]),
        ...named.slice(1).flatMap((_, index): Column<Row>[] => [
          { head: 'Ratio', unit: 'bounds', cell: ({ against: all }) => ratioCell(all[index]) },
          { head: 'Verdict', align: 'start', cell: ({ against: all }) => conclusionCell(all[index]) },
        ]),
      ],
      rows,
    },
  )}</section>`
}

function figureCell(cell: Cell | null) {
  if (!cell) return unknown('not part of this run')
  const figure = figureOf(cell)
  return figure
    ? html`${estimateText(figure)}${cell.verdict && cell.verdict.status !== 'valid' && html`<small>${outcomeBadge(cell)}</small>`}`
    : unknown(cell.outcome === 'measured' ? 'no figure' : `${cell.outcome}: ${cell.outcomeReason ?? ''}`)
}

function ratioCell(of: Against | undefined) {
  if (!of || of.ratio === null) return unknown(of?.why ?? 'not compared')
  return html`<b>${formatFactor(of.ratio)}</b>${of.low !== null && of.high !== null && html`<small>${formatNumber(of.low)}–${formatNumber(of.high)}</small>`}`
}

function conclusionCell(of: Against | undefined) {
  if (!of) return unknown('not compared')
  const [tone, icon, word] = CONCLUSIONS[of.conclusion]
  return html`${badge(tone, icon, word)}<small class="why">${of.why}</small>`
}

/** Each run's interval as a line with its median as a dot, all on one scale from zero. */
function spans(cells: readonly (Cell | null)[], reach: number): Html {
  const height = cells.length * 12 + 4
  const x = (value: number) => (reach > 0 ? Number(((value / reach) * 196 + 2).toFixed(1)) : 2)
  return html`<svg class="spans" viewBox="0 0 200 ${height}" width="200" height="${height}" aria-hidden="true"><path d="M2 0V${height}" class="zero"/>${cells.map(
    (cell, index) => {
      const figure = cell && figureOf(cell)
      if (!figure) return null
      const y = index * 12 + 8
      return html`<g class="c${index % COLOURS}">${figure.low !== null && figure.high !== null && html`<path d="M${x(figure.low)} ${y}H${x(figure.high)}M${x(figure.low)} ${y - 3}v6M${x(figure.high)} ${y - 3}v6" class="line"/>`}<circle cx="${x(figure.median)}" cy="${y}" r="3"/></g>`
    },
  )}</svg>`
}

function runMark(index: number): Html {
  return html`<span class="mk c${index % COLOURS} m0"></span>`
}

function sameThing(differences: readonly Difference[]): Html | null {
  return differences.length === 0
    ? null
    : html`<p class="legend">What differs between the runs is listed at the top; it is part of every figure here.</p>`
}
