import {
  type Cell,
  type EntryResult,
  imageFromWords,
  kindOf,
  type Lint,
  lettersOf,
  loadLabel,
  reachWords,
} from '@bakeoff/model'
import { folded } from '../html/folded.js'
import { type Content, type Html, html } from '../html/html.js'
import { badge, markClass, markedName, targetHref } from '../html/marks.js'
import { facts, known, table } from '../html/table.js'
import { formatBytes, formatCores, formatDurationMs, formatNumber } from '../shared/format.js'
import { groupingOf, type View } from '../shared/subjects.js'
import {
  type CellColumn,
  cpuPerRequestColumn,
  errorsColumn,
  latencyColumn,
  memoryColumn,
  throughputColumn,
  verdictColumn,
} from './columns.js'
import { spectrumFigure } from './latency.js'
import { secondInstrumentWords } from './second-instrument.js'
import type { Section } from './section.js'
import { inWords, listed, whyMissing } from './words.js'

export const target: Section = {
  id: 'target',
  title: 'Targets',
  question: 'What exactly was measured?',
  render: ({ view }) => html`${index(view)}${targetsOf(view).map((name) => targetPage(view, name))}`,
}

function targetsOf({ subjects }: View): string[] {
  return [...new Set(subjects.map((subject) => subject.target))]
}

function index(view: View): Html {
  const rows = targetsOf(view).map((name) => ({
    name,
    entries: view.results.entries.filter((entry) => entry.target === name),
  }))
  return html`<div data-target="">${table<(typeof rows)[number]>({
    caption: 'Targets',
    columns: [
      {
        head: 'Target',
        names: true,
        field: ({ name, entries }) =>
          html`<a class="${markClass(view.subjectOf(entries[0]!.id))}" href="${targetHref(name)}"><bdi>${name}</bdi></a>`,
      },
      { head: 'Language', align: 'start', field: ({ entries }) => entries[0]?.language },
      { head: 'Stack', align: 'start', field: ({ entries }) => entries[0]?.stack.join(', ') },
      {
        head: 'Variants',
        align: 'start',
        field: ({ entries }) => [...new Set(entries.map(({ variant }) => variant))].join(', '),
      },
      {
        head: 'Scenarios',
        align: 'start',
        field: ({ entries }) => [...new Set(entries.map(({ scenario }) => scenario))].join(', '),
      },
      {
        head: 'Lints',
        field: ({ entries }) => formatNumber(entries.reduce((sum, { lints }) => sum + lints.length, 0)),
      },
    ],
    rows,
    empty: 'This run has no targets.',
  })}</div>`
}

function targetPage(view: View, name: string): Html {
  const entries = view.results.entries.filter((entry) => entry.target === name)
  const first = entries[0]!
  const cells = view.results.cells.filter((cell) => view.entries.get(cell.entry)?.target === name)
  return html`<article class="target" data-target="${name}">${folded(html`<p class="back"><a href="#target">All targets</a></p>
    <h3><bdi>${name}</bdi> <small>${[first.language, ...first.stack].join(' · ')}</small></h3>
    <p class="summary">${first.summary}</p>
    ${standInBanner(entries)}
    <section class="block"><h4>Figures</h4>${table<Cell>({
      caption: `Figures of ${name}`,
      columns: [
        { head: 'Variant', names: true, field: (cell) => cell.variant },
        { head: 'Scenario', align: 'start', field: ({ scenario }) => html`<bdi>${scenario}</bdi>` },
        { head: 'Load', align: 'start', field: ({ load }) => loadLabel(load) },
        placeColumn(view),
        throughputColumn(view),
        latencyColumn('p50'),
        latencyColumn('p99'),
        cpuPerRequestColumn(view),
        memoryColumn('Memory', ({ target }) => target),
        errorsColumn,
        verdictColumn(),
      ],
      rows: cells,
      subject: (cell) => view.subjectOf(cell.entry).index,
      empty: 'This target was given no load.',
    })}</section>
    ${curves(view, cells)}
    ${neverRunBanner(entries)}${entries.map((entry) => entryBlock(view, entry))}
    ${texts('Dockerfile', entries, ({ dockerfile }) => dockerfile)}${texts('target.yaml', entries, ({ targetYaml }) => targetYaml)}`)}</article>`
}

/** The latencies of a target's variants under the main load of each scenario in which any were recorded. */
function curves(view: View, cells: readonly Cell[]): Html | null {
  const figures = view.results.scenarios.flatMap(({ id, mainLoad }, index) => {
    const own = cells.filter((cell) => cell.scenario === id && cell.loadId === mainLoad && cell.spectrum.length > 0)
    const [first] = own
    // Of a batch, no latency of a request is shown: it is one.
    if (!first || kindOf(first.load).shown === null) return []
    const shown = spectrumFigure(view, first.load, own, {
      of: id,
      wide: false,
      table: 'above',
      condition: [`${id}, ${loadLabel(first.load)}`, 'ms by percentile'],
    })
    return [html`<div data-of-scenario=${index} data-load="${mainLoad}">${shown}</div>`]
  })
  return figures.length === 0 ? null : html`<div class="figures">${figures}</div>`
}

/** Says what a stand-in does without, and why it is one. */
function standInBanner(entries: readonly EntryResult[]): Html | null {
  const standIn = entries.find((entry) => entry.standIn)?.standIn
  return standIn
    ? html`<p class="banner plain"><b>Stand-in.</b> It was written without ${listed(standIn.for)}, because ${standIn.because} was out of reach: its figures are shown beside those of the others, and it never wins.</p>`
    : null
}

/** Says that nobody has run the target as it stands; a run that measured any of it is the one that did. */
function neverRunBanner(entries: readonly EntryResult[]): Html | null {
  const why = entries.find(({ neverRun }) => neverRun)?.neverRun
  if (!why || entries.some(({ outcome }) => outcome.kind === 'measured')) return null
  return html`<p class="banner warn"><b>Never run.</b> Nobody has run this target as it stands: ${why}. What its README expects of it was not measured.</p>`
}

/** The place of a cell among those that are ranked under its load, with the letters of its groups. */
function placeColumn(view: View): CellColumn {
  return {
    head: 'Place',
    unit: 'group',
    field: (cell) => {
      const list = groupingOf(view, cell.scenario, cell.loadId)
      const index = list?.ranked.indexOf(cell.id) ?? -1
      return known(
        list && index >= 0 ? list : null,
        (ranking) => html`${index + 1} of ${ranking.ranked.length}<small>${lettersOf(ranking, cell.id)}</small>`,
        whyMissing(cell, 'it is not ranked: the Overview says why'),
      )
    },
  }
}

function entryBlock(view: View, entry: EntryResult): Html {
  const measured = view.results.cells.find((cell) => cell.entry === entry.id && cell.secondInstrument)
  const second = secondInstrumentWords(measured?.secondInstrument)
  return html`<section class="block entry"><h4>${markedName(view.subjectOf(entry.id))} <small>in <bdi>${entry.scenario}</bdi></small></h4>
    ${entry.variantSummary && html`<p class="summary">${entry.variantSummary}</p>`}
    ${outcomeOf(entry)}
    ${entry.lints.length > 0 && html`<ul class="lints">${entry.lints.map(lintItem)}</ul>`}
    ${facts([
      [
        'Caps',
        `${formatCores(entry.caps.cpus)} ${entry.caps.cpus === 1 ? 'core' : 'cores'}, ${formatBytes(entry.caps.memoryBytes)}`,
      ],
      ['Containers', `${entry.replicas}${entry.proxy ? ` behind ${entry.proxy}` : ''}`],
      ['Environment', environmentOf(entry)],
      [
        'Image',
        known(
          entry.image,
          ({ name, id, bytes }) =>
            html`<code>${name}</code>${bytes !== null && `, ${formatBytes(bytes)}`} <small><code>${id}</code></small>${entry.imageFrom && `, ${imageFromWords(entry.imageFrom)}`}`,
          'no image was built',
        ),
      ],
      ...(entry.reach ? [['Reached at', reachWords(entry.reach)] as const] : []),
      ...(entry.tmpfs ? [['Writes to memory at', entry.tmpfs.join(', ')] as const] : []),
      [
        'Its /info says',
        known(
          entry.info,
          info,
          entry.tellsNothing
            ? 'nothing: it tells nothing of itself (404), so its threads, workers and build were not checked'
            : 'it was not asked, or did not answer',
        ),
      ],
      [
        'Warm-ups',
        known(
          entry.warmUps.length > 0 ? entry.warmUps : null,
          (all) =>
            all
              .map(({ durationMs, steady }) => `${formatDurationMs(durationMs)}${steady ? '' : ' (not steady)'}`)
              .join(' · '),
          'it was never warmed up',
        ),
      ],
      ...(second === null ? [] : [['Second instrument', second] as const]),
      ...(entry.notes.length > 0
        ? [['Notes', html`<ul>${entry.notes.map((note) => html`<li>${note}</li>`)}</ul>`] as const]
        : []),
      ['Run it again', html`<code>${entry.rerun}</code>`],
    ])}
    ${entry.logTail.length > 0 && html`<details><summary>Last lines of its log</summary><pre>${entry.logTail.join('\n')}</pre></details>`}</section>`
}

function environmentOf({ environment, reach }: EntryResult): Html | string {
  const own = Object.entries(environment).map(([key, value]) => `${key}=${value}`)
  return own.length === 0
    ? `only PORT, CORES, MEMORY_BYTES${reach?.tls ? ' and where its certificate is' : ''}`
    : html`<code>${own.join(' ')}</code>`
}

function outcomeOf({ outcome }: EntryResult): Html | null {
  switch (outcome.kind) {
    case 'measured':
      return null
    case 'unsupported':
      return html`<p class="banner plain"><b>Unsupported here.</b> ${outcome.reason}</p>`
    case 'aborted':
      return html`<p class="banner warn"><b>Not measured.</b> ${outcome.reason}</p>`
    case 'failed':
      return html`<div class="banner bad"><p><b>Failed at ${outcome.stage}.</b> ${outcome.error.message}</p>${outcome.error.hint && html`<p>${outcome.error.hint}</p>`}${outcome.error.logTail.length > 0 && html`<pre>${outcome.error.logTail.join('\n')}</pre>`}</div>`
  }
}

function lintItem({ lint, message, consequence, hint }: Lint): Html {
  return html`<li>${badge('warn', '!', lint)} <b>${message}</b> ${consequence} <span class="todo">${hint}</span></li>`
}

/** Everything that `/info` answered, under its own names in words. */
function info(all: NonNullable<EntryResult['info']>): Content {
  return html`<span class="wrap">${Object.entries(all)
    .filter(([, value]) => !isEmpty(value))
    .map(([key, value], index) => html`${index > 0 && ' · '}${inWords(key)} <b>${infoWords(value)}</b>`)}</span>`
}

/** A value of `/info` as text: what has names is listed with them, such as `asyncpg 0.32.0, uvloop 0.22.1`. */
function infoWords(value: unknown): string {
  if (Array.isArray(value)) return value.map(infoWords).join(', ')
  if (typeof value !== 'object' || value === null) return String(value)
  return Object.entries(value)
    .map(([name, part]) => `${name} ${infoWords(part)}`)
    .join(', ')
}

function isEmpty(value: unknown): boolean {
  return value === null || value === undefined || (typeof value === 'object' && Object.keys(value).length === 0)
}

/** The texts of all entries, one after the other; equal ones are shown once. */
function texts(title: string, entries: readonly EntryResult[], of: (entry: EntryResult) => string): Html {
  const all = [...new Set(entries.map(of))].filter((text) => text.trim() !== '')
  return html`${all.map((text) => html`<details class="block"><summary>${title}</summary><pre>${text}</pre></details>`)}`
}
