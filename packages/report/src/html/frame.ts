/** The frame around every page of a report: header, warnings, tabs, switches, chips. */
import { type Caps, kindOf, loadLabel, loadShort, machinesWords, type Results, sentenceCase } from '@bakeoff/model'
import { formatBytes, formatCores, formatTime } from '../shared/format.js'
import type { View } from '../shared/subjects.js'
import { type Html, html } from './html.js'
import { badge, markClass } from './marks.js'
import { controls, type Scope } from './scope.js'

/** Characters from which the answer is set smaller: the table below it belongs on the first screen too. */
const LONG_ANSWER = 160

export function header(view: View): Html {
  const { run, host, site, scenarios, decision } = view.results
  const names = scenarios.map(({ id }) => id)
  const targets = new Set(view.subjects.map(({ target }) => target)).size
  return html`<header class="top"><div class="brand"><svg viewBox="0 0 24 24" aria-hidden="true"><rect x="2" y="12" width="4.5" height="10"/><rect x="9.7" y="2" width="4.5" height="20"/><rect x="17.5" y="8" width="4.5" height="14"/></svg><span>Bakeoff</span></div>
    <div class="what">${decision?.overall ? html`<h1 class="answer${decision.overall.length > LONG_ANSWER && ' long'}">${decision.overall}</h1>` : html`<h1>${names.length > 0 ? names.map((name, index) => html`${index > 0 && ', '}<bdi>${name}</bdi>`) : 'A run without scenarios'} <span>${many(targets, 'target')}</span></h1>`}
    <p class="meta">${decision?.overall && html`<span>${many(targets, 'target')} in ${many(names.length, 'scenario')}</span> `}<time datetime="${run.startedAt}">${formatTime(run.startedAt)}</time> <span><bdi>${host.hostname}</bdi></span> ${site && html`<span>${machinesWords(site)}</span> `}${run.gitCommit && html`<span>commit <code>${run.gitCommit.slice(0, 10)}</code>${run.gitDirty && ' + changes'}</span>`} <span>run <code>${run.id}</code></span> <span>${run.profile} profile</span> ${statusOf(run)}</p>
    </div>
    <div class="tools" data-tools>
      <div class="segmented" role="group" aria-label="Theme"><button type="button" data-theme-choice="system" aria-pressed="true">Auto</button><button type="button" data-theme-choice="light" aria-pressed="false">Light</button><button type="button" data-theme-choice="dark" aria-pressed="false">Dark</button></div>
      <div class="buttons" role="group" aria-label="Print and download">${decision && html`<button type="button" data-tool="brief" title="The decision alone, on one sheet">Print brief</button>`}<button type="button" data-tool="all" title="All pages, of all scenarios. The browser’s own command prints the scenario that is chosen.">Print all</button><button type="button" data-tool="json" title="Everything that this page shows, as results.json. Only the results.json beside this file has the p-values and reasons of comparisons, all repetitions of each figure, and the raw histograms.">JSON</button><button type="button" data-tool="csv" title="A row for each target under each load: every figure with its interval, the verdict, how many requests went wrong. No single repetitions, comparisons or claims.">CSV</button><button type="button" data-tool="markdown" title="The summary as text with tables: decision, leaderboards, claims, warnings, what failed. No charts, single repetitions or p-values.">Markdown</button></div>
    </div></header>`
}

function many(count: number, one: string): string {
  return `${count} ${one}${count === 1 ? '' : 's'}`
}

function statusOf(run: Results['run']): Html {
  switch (run.status) {
    case 'complete':
      return badge('good', '✓', 'complete')
    case 'partial':
      return badge('warn', '!', 'partial')
    case 'aborted':
      return badge('warn', '■', 'aborted')
    case 'running':
      return badge('plain', '…', 'running')
  }
}

/** The caps of a scenario as a chip, amber where the machine could not give what the scenario asks for. */
export function capsChip({ scenario }: Scope): Html {
  const roles = [
    {
      name: scenario.isUncapped ? 'target, without a cap:' : 'target',
      caps: scenario.targetCaps,
      requested: scenario.requestedTargetCpus,
    },
    ...scenario.services.map(({ name, caps, requestedCpus }) => ({ name, caps, requested: requestedCpus })),
  ]
  const short = roles.some(({ caps, requested }) => caps.cpus < requested) || scenario.cores.shared.length > 0
  return html`<p class="caps${short && ' short'}">${short && html`<i aria-hidden="true">!</i> `}${roles.map(
    ({ name, caps, requested }) => html`<span><bdi>${name}</bdi> ${capsOf(caps, requested)}</span>`,
  )}${scenario.cores.shared.map((roles) => html`<span><em>${roles.join(', ')} share cores</em></span>`)}</p>`
}

export function capsOf({ cpus, quotaCpus, memoryBytes }: Caps, requested: number): string {
  const short = cpus < requested ? ` of the ${formatCores(requested)} asked for` : ''
  return `${formatCores(cpus)} ${cpus === 1 ? 'core' : 'cores'}${quotaCpus === null ? '' : ' by quota'}${short}, ${formatBytes(memoryBytes)}`
}

/**
 * The banners, which a reader must see before any figure: that it is a smoke run, that it was cut short, that something is wrong.
 *
 * @param othersArePacked whether the script is needed to read the figures of loads that do not rank
 */
export function banners({ results }: View, othersArePacked: boolean): Html {
  const { run, cells } = results
  const lines: Html[] = []
  const short = shortened(run.statusReason)
  if (run.profile === 'quick')
    lines.push(
      html`<p class="banner warn"><b>Smoke run.</b> The quick profile measures briefly, and once unless told otherwise: enough to see that everything works, not to say which target is faster.</p>`,
    )
  if (run.status === 'aborted')
    lines.push(
      html`<p class="banner warn"><b>This run was aborted.</b> ${sentence(run.statusReason ?? 'It was stopped before its end')} What was measured before that is shown; everything else is missing.</p>`,
    )
  if (run.status === 'partial')
    lines.push(
      html`<div class="banner warn"><p><b>This run is partial.</b> ${short === null ? sentence(run.statusReason ?? 'Some of what was planned has no figures') : short} A missing figure is a dash with its reason.</p>${short !== null && html`<details><summary>All of the reason</summary>${run.statusReason}</details>`}</div>`,
    )
  if (run.status === 'running')
    lines.push(
      html`<p class="banner plain"><b>This run is going on.</b> The page shows what was measured when it was written, and figures will change until the run ends. <code>npm run report -- ${run.id}</code> says whether it is still running.</p>`,
    )
  if (cells.length > 0 && cells.every(({ outcome }) => outcome !== 'measured'))
    lines.push(
      html`<p class="banner bad"><b>Nothing was measured.</b> Every cell failed or could not be run; the pages of the targets say why.</p>`,
    )
  return html`<noscript><p class="banner plain"><b>This page runs without its script.</b> ${othersArePacked ? RANKING_LOADS_ONLY : 'All figures are in its tables, and each scenario has its main chart; there is nothing to choose or to sort.'}</p></noscript>${lines}${!results.decision && warnings(results)}`
}

/** With what stands before it three lines of a narrow screen: the first screen has no room for a fifth. */
const RANKING_LOADS_ONLY =
  'It shows the load that ranks each scenario. The other loads need the script, or are in results.csv.'

/** The beginning of a reason that is a list of many entries, which would push every figure out of sight; null for one that is short. */
function shortened(reason: string | null): string | null {
  if (reason === null || reason.length <= MOST_REASON) return null
  const end = reason.lastIndexOf(',', MOST_REASON)
  const beginning = reason.slice(0, end > 0 ? end : MOST_REASON)
  return `${sentenceCase(beginning)} …`
}

const MOST_REASON = 120

/** A sentence made of a text: with a capital at its beginning and a full stop at its end. */
function sentence(text: string): string {
  return `${sentenceCase(text)}${/[.!?]$/.test(text) ? '' : '.'}`
}

/** The warnings, folded. */
function warnings({ warnings: all }: Results): Html | null {
  const groups = warningGroups(all)
  if (groups.length === 0) return null
  return html`<details class="warnings"><summary><i aria-hidden="true">!</i> ${many(groups.length, 'warning')} about this run<span>: ${groups.map(({ what }) => what).join(' · ')}</span></summary>${warningList(groups)}</details>`
}

/** A warning with all places of which the same is said. */
export interface WarningGroup {
  readonly what: string
  readonly why: string
  readonly todo: string
  readonly where: readonly string[]
}

/** The warnings, equal ones as one. */
export function warningGroups(all: Results['warnings']): WarningGroup[] {
  const groups = new Map<string, { what: string; why: string; todo: string; where: string[] }>()
  for (const { what, where, why, todo } of all) {
    const key = JSON.stringify([what, why, todo])
    const group = groups.get(key)
    if (group) group.where.push(where)
    else groups.set(key, { what, why, todo, where: [where] })
  }
  return [...groups.values()]
}

/** What, where, why and what to do. */
export function warningList(groups: readonly WarningGroup[]): Html {
  return html`<ul>${groups.map(
    ({ what, where, why, todo }) =>
      html`<li><b>${what}</b> <span class="where">${where.join(', ')}</span><p>${why}</p>${todo && html`<p class="todo">${todo}</p>`}</li>`,
  )}</ul>`
}

export function tabs(sections: readonly { readonly id: string; readonly title: string }[]): Html {
  return html`<nav class="tabs" aria-label="Pages">${sections.map(({ id, title }) => html`<a href="#${id}" data-tab="${id}">${title}</a>`)}</nav>`
}

/** The switches for scenario and load, and the chips, which are legend, filter and choice of the baseline in one. */
export function switches(view: View, scopes: readonly Scope[], isHidden: boolean): Html {
  // Those of the scenario that is shown first, so that nothing moves when the page's script begins.
  const first = new Set(
    view.results.entries
      .filter(({ scenario }) => scenario === scopes[0]?.scenario.id)
      .map(({ id }) => view.subjectOf(id).index),
  )
  return html`<div class="switches" data-switches${isHidden && html` hidden`}>
    ${scopes.length > 1 && html`<div class="switch"><span id="sw-scenario">Scenario</span><div class="segmented" role="group" aria-labelledby="sw-scenario">${scopes.map(({ scenario, index }) => html`<button type="button" data-choose-scenario="${index}" data-name="${scenario.id}" aria-pressed="${index === 0 ? 'true' : 'false'}"><bdi>${scenario.id}</bdi></button>`)}</div></div>`}
    ${scopes.map((scope) => controls(scope, null, loadSwitch(scope)))}
    <div class="chips" role="group" aria-label="Targets: show or hide, and choose the baseline">${view.subjects.map(
      (subject) =>
        html`<span class="chip" data-chip="${subject.index}"${!first.has(subject.index) && html` hidden`}><button type="button" data-show="${subject.index}" aria-pressed="true" title="Show or hide"><span class="${markClass(subject)}"></span><bdi>${subject.label}</bdi></button><button type="button" class="base" data-baseline="${subject.index}" aria-pressed="false" aria-label="1×: use ${subject.label} as baseline" title="Compare the others with this one">1×</button></span>`,
    )}${view.subjects.length > 2 && html`<button type="button" class="all" data-show-all hidden>Show all</button><span class="all-note" data-show-note hidden>Titles and sentences speak of all targets.</span>`}</div></div>`
}

function loadSwitch(scope: Scope): Html | null {
  if (scope.loads.length < 2) return null
  const kinds = [...new Set(scope.loads.map(({ load }) => kindOf(load)))]
  return html`<div class="switch">${kinds.map((kind) => {
    const name = `sw-${scope.index}-${kind.kind}`
    return html`<span id="${name}">${kind.words.group}</span><div class="segmented" role="group" aria-labelledby="${name}">${scope.loads
      .filter(({ load }) => kindOf(load) === kind)
      .map(
        ({ id, load }) =>
          html`<button type="button" data-choose-load="${id}" aria-pressed="${id === scope.scenario.mainLoad ? 'true' : 'false'}" title="${loadLabel(load)}">${loadShort(load)}</button>`,
      )}</div>`
  })}</div>`
}
