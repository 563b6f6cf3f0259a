import { type Cause, type Cell, type LoadSpec, loadLabel } from '@bakeoff/model'
import { figure } from '../html/figure.js'
import { type Content, type Html, html } from '../html/html.js'
import { part, type Scope } from '../html/scope.js'
import { known, table } from '../html/table.js'
import { formatShare } from '../shared/format.js'
import { cellsInOrder, type View } from '../shared/subjects.js'
import { type CellColumn, linkedNameColumn, nameColumn, outcomeBadge } from './columns.js'
import type { Section } from './section.js'
import { briefly, listed, whyMissing } from './words.js'

export const bottleneck: Section = {
  id: 'bottleneck',
  title: 'Bottleneck',
  question: 'What limited each target, and do its figures count?',
  render: ({ view, scopes }) =>
    html`${scopes.map((scope) => scope.loads.map(({ id, load }) => part(scope, id, bottleneckOf(view, scope, id, load))))}`,
}

function bottleneckOf(view: View, scope: Scope, loadId: string, load: LoadSpec): Html {
  const cells = cellsInOrder(view, scope.scenario.id, loadId)
  if (cells.length === 0) return html`<p class="none">No target was given this load.</p>`
  return html`<div class="figures">${atCapFigure(view, load, cells)}</div>
  <section class="block"><h3>Verdicts <small>${loadLabel(load)}</small></h3>${verdictTable(view, load, cells)}<p class="legend">The last column applies Little’s law as an account: all connections together had connections × window of time, and this share of it went into answered requests. The rest went into requests without an answer, or into opening connections again, and appears in no latency.</p></section>`
}

function atCapFigure(view: View, load: LoadSpec, cells: readonly Cell[]): Html {
  const services = [...new Set(cells.flatMap((cell) => Object.keys(cell.services)))]
  const atCap = (head: string, of: (cell: Cell) => number | null | undefined): CellColumn => ({
    head,
    unit: 'of the window at its cap',
    field: (cell) => known(of(cell), formatShare, whyMissing(cell, `CPU of ${head} was not read`)),
    sort: (cell) => of(cell) ?? null,
  })
  return figure({
    chart: 'at-cap',
    wide: true,
    title: busyTitle(view, cells, services),
    condition: [
      `Share of the measured window at ${formatShare(view.results.legend.thresholds.atCap)} of the cap or more`,
      '% of time',
      loadLabel(load),
    ],
    rows: cells.length,
    howTo:
      'Each row shows the share of the window in which the target, and then each service, used all of its cores; the parts are drawn end to end. Where no part was at its cap, the number of connections is the limit, and more connections would bring more throughput.',
    table: table({
      caption: 'Time at the cap',
      columns: [
        nameColumn(view),
        atCap('target', ({ target }) => target.atCapShare),
        ...services.map((name) => atCap(name, ({ services: all }) => all[name]?.atCapShare)),
      ],
      rows: cells,
      subject: (cell) => view.subjectOf(cell.entry).index,
    }),
    nothing: cells.some((cell) => cell.target.atCapShare !== null) ? null : 'CPU was not read under this load.',
  })
}

function verdictTable(view: View, load: LoadSpec, cells: readonly Cell[]): Html {
  return table({
    caption: `Verdicts, ${loadLabel(load)}`,
    columns: [
      linkedNameColumn(view),
      { head: 'Verdict', align: 'start', field: outcomeBadge },
      {
        head: 'Limited by',
        align: 'start',
        field: (cell) =>
          known(
            cell.verdict && briefly(cell.verdict).limits,
            (text) => html`<b>${text}</b>`,
            whyMissing(cell, 'no limit was found'),
          ),
      },
      {
        head: 'Evidence',
        align: 'start',
        field: (cell) =>
          known(cell.verdict, ({ causes: all }) => causes(all), whyMissing(cell, 'no verdict was given')),
      },
      {
        head: 'Connections’ time',
        unit: 'in answered requests',
        field: (cell) =>
          known(
            cell.account ?? cell.little,
            () => accountText(cell),
            whyMissing(cell, 'it applies to closed loads only'),
          ),
      },
    ],
    rows: cells,
    subject: (cell) => view.subjectOf(cell.entry).index,
    sortable: true,
  })
}

/**
 * The account of a cell as text, such as `99.8 %`, with what the rest went into; without an account, the share that
 * throughput × mean latency imply.
 */
function accountText({ account, little }: Cell): Content {
  if (!account) return little ? formatShare(little.ratio) : '–'
  const rest = [
    ...(account.unanswered >= TOLD ? [`${formatShare(account.unanswered)} without an answer`] : []),
    ...(account.between >= TOLD ? [`${formatShare(account.between)} reconnecting`] : []),
  ]
  return html`${formatShare(account.answered)}${rest.length > 0 && html`<small>${rest.join(', ')}</small>`}`
}

/** The least share that is mentioned. */
const TOLD = 0.01

/** As verdicts look, which they lead to. */
const EFFECTS: Readonly<Record<Cause['effect'], Html | null>> = {
  invalidates: html`<b class=invalid>does not count</b> `,
  doubts: html`<b class=suspect>doubtful</b> `,
  explains: null,
}

function causes(all: readonly Cause[]): Content {
  if (all.length === 0) return 'no cause was found'
  return html`<ul class="causes">${all.map(({ cause, effect, evidence, subject }) => html`<li>${EFFECTS[effect]}<b>${cause}</b>${subject !== null && html` (<bdi>${subject}</bdi>)`}: ${evidence}</li>`)}</ul>`
}

/** The title: which services and targets were at their CPU cap for half of the window or more. It concludes nothing else from that. */
function busyTitle(view: View, cells: readonly Cell[], services: readonly string[]): Content {
  const full = (share: number | null | undefined) => share !== null && share !== undefined && share >= 0.5
  const measured = cells.filter(({ outcome }) => outcome === 'measured')
  const targets = measured.filter(({ target }) => full(target.atCapShare))
  const busy = services.filter((name) => measured.some((cell) => full(cell.services[name]?.atCapShare)))
  if (measured.length === 0) return 'Nothing was measured under this load'
  if (busy.length > 0)
    return html`${listed(busy)} ran at the CPU cap most of the time${targets.length > 0 && html`; among the targets, so did ${listed(targets.map((cell) => view.subjectOf(cell.entry).label))}`}`
  if (targets.length === measured.length)
    return measured.length === 1
      ? 'The target ran at its CPU cap most of the time'
      : 'Every target ran at its CPU cap most of the time'
  if (targets.length === 0) return 'No target and no service ran at its CPU cap most of the time'
  return html`${listed(targets.map((cell) => view.subjectOf(cell.entry).label))} ran at the CPU cap most of the time`
}
