import {
  type History,
  type HistoryCell,
  type HistoryFigure,
  type HistoryRun,
  type HistorySeries,
  loadLabel,
} from '@bakeoff/model'
import { documentText } from '../html/document.js'
import { hrefOf } from '../html/href.js'
import { type Html, html } from '../html/html.js'
import { badge } from '../html/marks.js'
import { type Column, table, unknown } from '../html/table.js'
import { formatNumber, formatShare, formatTime } from '../shared/format.js'
import { courseChart } from './chart.js'
import { changeSays, commitText, conditionsSay, pointText, runName, runsSay, spreadSays } from './words.js'

/** Renders the history of all runs in one file: what changed, then each series with its cells, run by run. */
export function renderHistory(history: History): string {
  const { series, leftOut } = history
  const runs = new Set(series.flatMap((each) => each.runs.map(({ id }) => id))).size
  return documentText({
    title: 'History · Bakeoff',
    body: html`<div class="page"><header class="top"><div class="brand"><span>Bakeoff</span></div><div class="what"><h1>History <span>${formatNumber(runs)} ${runs === 1 ? 'run' : 'runs'}</span></h1></div></header>
      <main>${leftOut.map(({ name, why }) => html`<p class="banner warn"><b><bdi>${name}</bdi> is left out.</b> ${why}</p>`)}${inShort(series)}${series.map(seriesBlock)}</main>
      <footer><p>${method(history)}</p></footer></div>`,
  })
}

function method({ bounds: { relevant, significance } }: History): string {
  return `Made by Bakeoff from the results.json files of the runs. Runs of another machine, engine, profile, window, of other caps or other requests are a series of their own. Whiskers are the ${formatShare(1 - significance)} intervals of each run over its own repetitions; axes do not begin at 0. A level changes where the runs before and since differ by more than chance moves runs of one level, and the whole ${formatShare(1 - significance)} interval lies beyond ${formatShare(relevant)}; two runs at least make a level. So a change of the last run alone is not marked: npm run compare sets it beside another.`
}

/** Every change, newest series first. */
function inShort(series: readonly HistorySeries[]): Html {
  const found = series.flatMap((each) =>
    each.cells.flatMap((cell) =>
      cell.figures.flatMap((figure) => figure.changes.map((change) => ({ each, cell, figure, change }))),
    ),
  )
  return html`<section class="block"><h3>In short</h3>${
    found.length === 0
      ? html`<p>No figure is told apart from what it was in earlier runs of its series.</p>`
      : html`<ul class="findings">${found.map(
          ({ each, cell, figure, change }) =>
            html`<li>${changeBadge(change.isBetter)} <bdi>${each.scenario}</bdi>, <bdi>${cell.name}</bdi>, ${loadLabel(cell.load)}, since <bdi>${runName(each.runs[change.at]!)}</bdi>: ${changeSays(figure, change)}.</li>`,
        )}</ul>`
  }</section>`
}

function changeBadge(isBetter: boolean): Html {
  return isBetter ? badge('good', '↑', 'better') : badge('bad', '↓', 'worse')
}

function seriesBlock(series: HistorySeries): Html {
  return html`<section class="block"><h3><bdi>${series.scenario}</bdi> <small>${runsSay(series)}</small></h3><p class="legend">${conditionsSay(series.conditions)}</p>${series.cells.map((cell) => cellBlock(series, cell))}</section>`
}

function cellBlock({ scenario, runs }: HistorySeries, { name, load, figures }: HistoryCell): Html {
  const heading = `${name}, ${loadLabel(load)}`
  return html`<div class="cell-course"><h4><bdi>${name}</bdi> <small>${loadLabel(load)}</small></h4><div class="courses">${figures.map(
    (figure) =>
      html`<figure><figcaption>${figure.name}, ${figure.unit}<small>${spreadSays(figure)}</small></figcaption>${courseChart(heading, figure, runs)}</figure>`,
  )}</div><details class="numbers"><summary>Numbers</summary>${numbers(`${scenario}, ${heading}`, runs, figures)}</details></div>`
}

interface Row {
  readonly run: HistoryRun
  readonly index: number
}

function numbers(caption: string, runs: readonly HistoryRun[], figures: readonly HistoryFigure[]): Html {
  return table<Row>({
    caption,
    columns: [
      {
        head: 'Run',
        names: true,
        field: ({ run }) =>
          run.folder === null
            ? html`<bdi>${runName(run)}</bdi>`
            : html`<a href="${hrefOf(`${run.folder}/index.html`)}"><bdi>${runName(run)}</bdi></a>`,
      },
      { head: 'Started', align: 'start', field: ({ run }) => formatTime(run.startedAt) },
      { head: 'Commit', align: 'start', field: ({ run }) => html`<code>${commitText(run)}</code>` },
      { head: 'Status', align: 'start', field: ({ run }) => run.status },
      ...figures.map(
        (figure): Column<Row> => ({
          head: figure.name,
          unit: `${figure.unit}, 95 %`,
          field: ({ index }) => figureCell(figure, index),
        }),
      ),
    ],
    rows: runs.map((run, index) => ({ run, index })),
  })
}

function figureCell({ points, changes }: HistoryFigure, index: number) {
  const point = points[index]!
  if (point.value === null) return unknown(point.whyNot ?? 'not measured')
  const change = changes.find(({ at }) => at === index)
  return html`${pointText(point)}${change && html`<small>${changeBadge(change.isBetter)}</small>`}${point.whyNot !== null && html`<small>not counted: ${point.whyNot}</small>`}`
}
