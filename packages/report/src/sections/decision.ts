/** The decision: the answer, the best of each language in each scenario, and how far to trust it. It says what `results.decision` holds. */
import {
  bestCompared,
  type Cell,
  costOf,
  type Decision,
  type DecisionColumn,
  type DecisionLevel,
  type DecisionMark,
  decidesWords,
  figureOf,
  isAnyBeyond,
  isAside,
  isHeadlined,
  limitsWords,
  signsOf,
  USUAL_PRICES,
} from '@bakeoff/model'
import { warningGroups, warningList } from '../html/frame.js'
import { type Html, html } from '../html/html.js'
import { badge, barAside, shareBar } from '../html/marks.js'
import { type Column, table, unknown } from '../html/table.js'
import { pricesOf } from '../shared/cost-words.js'
import { drawnFigure } from '../shared/figures.js'
import { formatInterval, formatNumber, formatShare, unbroken } from '../shared/format.js'
import { askedCells } from '../shared/levels.js'
import type { View } from '../shared/subjects.js'
import { bestOfEach } from './best-of-each.js'
import { coresColumn, latencyColumn, levelColumn, levelCostColumn, linkedNameColumn } from './columns.js'
import { cellOf, costOfFigure } from './decision-figure.js'
import type { Section } from './section.js'

export const decision: Section = {
  id: 'decision',
  title: 'Decision',
  question: 'Which stack, and can I trust it?',
  isEmpty: ({ view }) => (view.results.decision?.columns.length ?? 0) === 0,
  render: ({ view }) => (view.results.decision ? decided(view, view.results.decision) : html``),
}

function decided(view: View, known: Decision): Html {
  const { rows, columns, levels, next, trust, trustLevel, claims } = known
  const shown = columns.filter(({ figures }) => figures.some(({ value }) => value !== null))
  return html`${trustStrip(view, trust, trustLevel ?? null)}${(levels ?? []).map((level) => levelTable(view, level))}${shown.length > 0 && html`${bestOfEach(view, shown)}${answerTable(view, rows, shown)}`}
    <ul class="answers">${columns.map(({ scenario, says }) => html`<li><a href="#overview/${encodeURIComponent(scenario)}"><bdi>${scenario}</bdi></a> ${unbroken(says)}</li>`)}</ul>
    ${COSTS.map((id) => costTable(view, rows, shown, id))}
    ${view.results.cells.some((cell) => costOf(cell, USUAL_PRICES) !== null) && html`<p class="next on-screen">In money, instances and cores, at prices of your own: <a href="#cost">Cost</a></p>`}
    ${next && html`<p class="next">${decidesWords(known)} <code>${next.command}</code></p>`}
    ${claims !== null && html`<p class="next">${claims} <a href="#claims">Claims</a></p>`}`
}

/** Who keeps a service level that was asked for: every target that was asked, those that keep it first and of these the cheapest. */
function levelTable(view: View, decided: DecisionLevel): Html {
  const { scenario, says } = decided
  const asked = askedCells(view, decided)
  const level = asked[0]?.serviceLevel?.level
  if (!level) return html`<p>${unbroken(says)}</p>`
  const what = `${limitsWords(level)} at ${formatNumber(level.perSecond)} requests/s`
  return html`<section class="block"><h3>Who keeps ${what}? <small><a href="#overview/${encodeURIComponent(scenario)}"><bdi>${scenario}</bdi></a></small></h3>
    <p>${unbroken(says)}</p>${table<Cell>({
      caption: `Who keeps ${what} in ${scenario}`,
      columns: [
        linkedNameColumn(view),
        levelColumn(level),
        latencyColumn(level.p99Ms === null ? 'p95' : 'p99', true),
        coresColumn('CPU', ({ target }) => target),
        levelCostColumn,
      ],
      rows: asked,
      subject: (cell) => view.subjectOf(cell.entry).index,
    })}<p class="legend">A window is the measured time of one repetition. A target keeps a level when at least nine of ten of its windows do, and its errors in all of them stay within ${formatShare(level.errors)}. The percentile is the median of the windows, with the least and the most of them. Money as on the page <a href="#cost">Cost</a>, at its first prices.</p></section>`
}

/** The best contender of each language in each scenario, with a bar of its share of the best one. */
function answerTable(view: View, { by, names }: Decision['rows'], columns: readonly DecisionColumn[]): Html {
  const marks = columns.flatMap(({ figures }) => figures.flatMap((figure) => figure.marks))
  const known = columns.flatMap(({ figures }) => figures.filter(({ value }) => value !== null))
  const isPriced = columns.some((column) =>
    column.figures.some(({ entry }) => costOfFigure(view, column, entry) !== null),
  )
  const scenarioColumn = (column: DecisionColumn): Column<string> => {
    const most = bestCompared(column.figures) || Number.MIN_VALUE
    return {
      head: column.scenario,
      unit: column.unit,
      align: 'start',
      field: (row) => {
        const figure = column.figures.find((each) => each.row === row)
        if (!figure) return ''
        if (figure.value === null) return unknown(wordsOf(figure.marks).join(', ') || 'it has no figure')
        const least = figure.marks.includes('at-least') ? '≥ ' : ''
        return html`<a href="#overview/${encodeURIComponent(column.scenario)}" title="${titleOf(view, column, figure.entry)}">${least}<b>${formatNumber(figure.value)}</b></a>${marksOf(figure.marks)}${under(by === 'language' && html`<bdi>${figure.name}</bdi>`, costShown(view, column, figure.entry))}${isAside(figure) ? barAside(figure.value / most) : shareBar(figure.value / most)}`
      },
    }
  }
  return html`<div class="answer-table">${table<string>({
    caption: 'The best of each, in each scenario',
    columns: [
      { head: by === 'language' ? 'Language' : 'Target', names: true, field: (row) => rowName(by, row) },
      ...columns.map(scenarioColumn),
    ],
    rows: names,
  })}<p class="legend">${by === 'language' ? 'The best contender of each language' : 'Each target'}, higher is better; a bar is the share of the best that is compared in its scenario.${known.some(isAside) && ` A grey bar is of what is shown beside that${columns.some(isAnyBeyond) ? '; a broken one would be longer' : ''}.`}${signsOf(marks) !== '' && html` ${legendWords(marks)}`}${isPriced && html` “$…/M”: what a million of its requests cost, at ${pricesOf(USUAL_PRICES)}; <a href="#cost">at prices of your own</a>.`}</p></div>`
}

function costShown(view: View, column: DecisionColumn, entry: string): string | null {
  const cost = costOfFigure(view, column, entry)
  return cost && `${cost}/M`
}

/** What stands small below a figure. */
function under(...parts: readonly (Html | string | false | null)[]): Html | null {
  const shown = parts.filter((part) => part !== false && part !== null)
  return shown.length === 0
    ? null
    : html`<small>${shown.map((part, index) => html`${index > 0 && ' · '}${part}`)}</small>`
}

/** What an answer, or a deployment, costs: figures of which less is better, for readers to whom something else matters than throughput. */
const COSTS = ['cpuMsPerRequest', 'memoryPeakBytes', 'coldStartMs'] as const

/** The least that a language needs in each scenario, of its contenders whose figures count. Nothing is judged there; the leaderboards do. */
function costTable(
  view: View,
  { by, names }: Decision['rows'],
  columns: readonly DecisionColumn[],
  id: (typeof COSTS)[number],
): Html | null {
  if (!view.figures.has(id)) return null
  const { title, about, unit, withUnit, format, value } = drawnFigure(view, id)
  const candidates = view.results.cells.flatMap((cell) => {
    const entry = view.entries.get(cell.entry)
    const own = value(cell)
    const isMain = columns.some(({ scenario, loadId }) => scenario === cell.scenario && loadId === cell.loadId)
    if (!isMain || !entry || !isHeadlined(entry) || cell.verdict?.status === 'invalid' || own === null) return []
    const { label, language, target, variant } = view.subjectOf(entry.id)
    // As core names a row that is a target.
    const name = variant === 'default' ? target : `${target} (${variant})`
    return [{ row: by === 'language' ? language : name, label, scenario: cell.scenario, value: own }]
  })
  if (candidates.length === 0) return null
  const least = (some: typeof candidates) => some.toSorted((a, b) => a.value - b.value)[0]
  return html`<details class="block"><summary>By ${inSentence(title)}</summary><div class="answer-table">${table<string>(
    {
      caption: title,
      columns: [
        { head: by === 'language' ? 'Language' : 'Target', names: true, field: (row) => rowName(by, row) },
        ...columns.map(({ scenario }): Column<string> => {
          const here = candidates.filter((each) => each.scenario === scenario)
          const best = least(here)
          return {
            head: scenario,
            ...(withUnit(1) === format(1) ? {} : { unit }),
            align: 'start',
            field: (row) => {
              const found = least(here.filter((each) => each.row === row))
              if (!found || !best) return unknown('no contender has a figure that counts')
              return html`<b>${format(found.value)}</b>${by === 'language' && html`<small><bdi>${found.label}</bdi></small>`}${shareBar(best.value / Math.max(found.value, Number.MIN_VALUE))}`
            },
          }
        }),
      ],
      rows: names,
    },
  )}<p class="legend">${about} ${by === 'language' ? 'The contender of each language that needs least' : 'Each target'}, lower is better: a whole bar is the least of its scenario, half a bar is twice as much. Which differences are told apart stands on the Overview.</p></div></details>`
}

/** The name of a row; files have languages in lower case. */
function rowName(by: Decision['rows']['by'], row: string): Html {
  return html`<b${by === 'language' && html` class="language"`}>${row}</b>`
}

/** A title within a sentence: `Cold start` → `cold start`; an abbreviation stays as it is. */
function inSentence(title: string): string {
  return /^[A-Z][a-z]/.test(title) ? `${title.charAt(0).toLowerCase()}${title.slice(1)}` : title
}

/** The interval of a figure, for the pointer; the table of its scenario has it too. */
function titleOf(view: View, column: DecisionColumn, entry: string): string {
  const { unit } = column
  const id = unit === 'requests/s within the service level' ? 'capacityPerSecond' : 'throughput'
  const estimate = figureOf(cellOf(view, column, entry), id)
  const interval = estimate && formatInterval(estimate)
  return interval ? `95 % interval ${interval} ${unit}` : unit
}

/** The marks of a figure that are said in a word beside it. */
const WORDS: Readonly<Partial<Record<DecisionMark, string>>> = {
  suspect: 'suspect',
  invalid: 'invalid',
  'stand-in': 'stand-in',
  'development-server': 'development server',
  'not-contender': 'as published or experiment',
  'not-compared': 'not compared',
  failed: 'failed',
  unsupported: 'unsupported',
  'not-reached': 'not reached',
}

export function wordsOf(marks: readonly DecisionMark[]): string[] {
  return marks.flatMap((mark) => WORDS[mark] ?? [])
}

function marksOf(marks: readonly DecisionMark[]): Html {
  const doubts = wordsOf(marks)
  return html`${marks.includes('leads') && html` ${badge('good', '✓', 'leads')}`}${marks.includes('level') && html` ${badge('partly', '=', 'level')}`}${doubts.length > 0 && html` <span class="doubt${marks.includes('invalid') && ' invalid'}">${doubts.join(', ')}</span>`}`
}

const MEANS: readonly (readonly [DecisionMark, string])[] = [
  ['level', '“Level”: not told apart from the first, so it may be the best.'],
  ['at-least', '“≥”: the load generator was the limit, and the target can do more.'],
  ['suspect', '“Suspect”: it counts, with a doubt that its verdict names.'],
  ['invalid', '“Invalid”: it does not count.'],
]

function legendWords(marks: readonly DecisionMark[]): string {
  return MEANS.flatMap(([mark, means]) => (marks.includes(mark) ? [means] : [])).join(' ')
}

const TONES = { low: 'warn', medium: 'plain', high: 'good' } as const
const ICONS = { low: '!', medium: '~', high: '✓' } as const

/** One line that says how far to trust the figures; the reasons and the warnings of the run are folded below it. */
function trustStrip({ results }: View, trust: readonly string[], level: keyof typeof TONES | null): Html | null {
  const groups = warningGroups(results.warnings)
  if (trust.length === 0 && groups.length === 0) return null
  const [first = ''] = trust
  const warned = groups.length === 0 ? '' : `${groups.length} ${groups.length === 1 ? 'warning' : 'warnings'}`
  const says = [warned, first].filter(Boolean).join(' · ')
  // Where nothing was measured there is nothing to trust.
  return html`<details class="trust"><summary>${level === null ? first !== '' && html`<b>Trust</b>` : badge(TONES[level], ICONS[level], `Trust: ${level}`)} <span>${says}</span></summary>
    ${trust.length > 0 && html`<ul class="plain">${trust.map((says) => html`<li>${says}</li>`)}</ul>`}${groups.length > 0 && html`<div class="warnings">${warningList(groups)}</div>`}</details>`
}
