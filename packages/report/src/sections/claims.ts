import { type ClaimResult, claimCounts, conclusionsOf } from '@bakeoff/model'
import { type Content, type Html, html } from '../html/html.js'
import { badge, markedName } from '../html/marks.js'
import { type Column, known, table } from '../html/table.js'
import { formatFactor, formatInterval, formatNumber } from '../shared/format.js'
import type { View } from '../shared/subjects.js'
import { pairAxis, pairOf, type Span } from './claim-pairs.js'
import type { Section } from './section.js'
import { inWords, joined } from './words.js'

export const claims: Section = {
  id: 'claims',
  title: 'Claims',
  question: 'Do the results that others published hold in this run?',
  isEmpty: ({ view }) => view.results.claims.length === 0,
  render: ({ view }) => html`${scoreboard(view)}${view.results.claims.map((claim) => claimBlock(view, claim))}`,
}

type Conclusion = ClaimResult['comparisons'][number]['conclusion']

const CONCLUSIONS: Readonly<Record<Conclusion, Html>> = {
  reproduced: badge('good', '✓', 'reproduced'),
  'same-direction': badge('partly', '≈', 'direction only'),
  contradicted: badge('bad', '✕', 'contradicted'),
  undecided: badge('warn', '?', 'undecided'),
  'not-comparable': badge('warn', '≠', 'not comparable'),
  'not-measured': badge('plain', '–', 'not measured'),
}

/** The name of a figure with its unit, as in the legend; for a figure that Bakeoff does not measure, its id. */
function nameOfFigure(view: View, id: string): string {
  const figure = view.figures.get(id)
  return figure ? `${figure.title}, ${figure.unit}` : inWords(id)
}

type Comparison = ClaimResult['comparisons'][number]

/** A published sentence with a ratio, and the claim that it belongs to. */
interface Scored extends Comparison {
  readonly claim: ClaimResult
}

/** All published ratios beside what was measured, on one axis, after the number of sentences that came to each conclusion. */
function scoreboard({ results: { claims: all } }: View): Html {
  const sentences = all.reduce((sum, { comparisons, statements }) => sum + comparisons.length + statements.length, 0)
  const unmeasured = conclusionsOf(all).filter((conclusion) => conclusion === 'not-measured').length
  const counts = [
    ...claimCounts(all),
    ...(unmeasured > 0 ? [`${unmeasured} ${unmeasured === 1 ? 'was' : 'were'} not measured`] : []),
  ]
  const rows = all.flatMap((claim) => claim.comparisons.map((comparison): Scored => ({ ...comparison, claim })))
  const span = pairAxis(rows)
  return html`<section class="block"><h3>Published and measured <small>${sentences} published ${sentences === 1 ? 'sentence' : 'sentences'}: ${joined(counts)}</small></h3>${table<Scored>(
    {
      caption: 'Published ratios beside measured ones',
      columns: scoreColumns(span),
      rows,
      empty: 'No claim has a ratio.',
    },
  )}${rows.length > 0 && html`<p class="legend">“Direction only”: what was published is larger here too, or smaller, but by another factor. The ring is the published ratio, the dot the measured one with its 95 % interval, on a logarithmic axis; the strong line is 1×, no difference, and the faint ones are powers of ten.</p>`}</section>`
}

function scoreColumns(span: Span | null): Column<Scored>[] {
  return [
    {
      head: 'Published sentence',
      names: true,
      field: ({ statement, claim }) => html`${statement}<small>${sourceOf(claim.source)}</small>`,
    },
    { head: 'Here', align: 'start', field: ({ conclusion }) => CONCLUSIONS[conclusion] },
    { head: 'Published', field: ({ published }) => formatFactor(published) },
    {
      head: 'Measured',
      unit: '95 % interval',
      field: ({ measured, why }) =>
        known(
          measured,
          (ratio) => html`<b>${formatFactor(ratio.median)}</b><small>${formatInterval(ratio) ?? 'no interval'}</small>`,
          why,
        ),
    },
    {
      head: 'Ratio',
      unit: span === null ? '' : `${formatFactor(span.low)} to ${formatFactor(span.high)}`,
      align: 'start',
      field: (scored) => (span === null ? '' : pairOf(scored, span)),
    },
  ]
}

function claimBlock(view: View, claim: ClaimResult): Html {
  return html`<article class="block claim"><h3>${claim.title}</h3>
    <p class="source">${sourceOf(claim.source)} <span>scenario <bdi>${claim.scenario}</bdi></span></p>
    <ul class="verdicts">${claim.comparisons.map(
      ({ statement, published, measured, conclusion, why }) =>
        html`<li>${CONCLUSIONS[conclusion]}<blockquote>${statement}</blockquote><p class="ratio"><span>published <b>${formatFactor(published)}</b></span> <span>measured here ${measured ? html`<b>${formatFactor(measured.median)}</b> <small>${formatInterval(measured) ?? 'no interval'}</small>` : '–'}</span></p><p class="why">${why}</p></li>`,
    )}${claim.statements.map(({ says, conclusion, why }) => html`<li>${CONCLUSIONS[conclusion]}<blockquote>${says}</blockquote><p class="why">${why}</p></li>`)}</ul>
    <p class="legend"><b>Setting of the source:</b> ${claim.setting}</p>
    ${figuresTable(view, claim)}
    ${claim.notes.length > 0 && html`<ul class="plain">${claim.notes.map((note) => html`<li>${note}</li>`)}</ul>`}</article>`
}

type Subject = ClaimResult['subjects'][number]

/** A figure of one subject of a claim, as published and as measured here, or a setting of the load under which it was published. */
interface ClaimedFigure {
  readonly what: string
  readonly subject: Subject
  readonly published: number | null
  readonly measured: number | null
  readonly isSetting: boolean
}

/**
 * The figures of a claim, one under the other: a claim may have many, and side by side they would be wider than any sheet.
 * Settings of the load, which are not measured, come first.
 */
function figuresTable(view: View, claim: ClaimResult): Html {
  const { subjects } = claim
  const settings = [...new Set(subjects.flatMap(({ load }) => Object.keys(load)))]
  const metrics = [
    ...new Set(subjects.flatMap(({ published, measured }) => [...Object.keys(published), ...Object.keys(measured)])),
  ]
  const rows = [
    ...settings.flatMap((setting) =>
      subjects.map((subject) => ({
        what: `load in the source, ${setting}`,
        subject,
        published: subject.load[setting] ?? null,
        measured: null,
        isSetting: true,
      })),
    ),
    ...metrics.flatMap((metric) =>
      subjects.map((subject) => ({
        what: nameOfFigure(view, metric),
        subject,
        published: subject.published[metric] ?? null,
        measured: subject.measured[metric] ?? null,
        isSetting: false,
      })),
    ),
  ].filter(({ published, measured }) => published !== null || measured !== null)
  return table<ClaimedFigure>({
    caption: `Figures of ${claim.title}`,
    columns: [
      { head: 'Figure', names: true, field: ({ what }) => what },
      { head: 'In the source', align: 'start', field: ({ subject }) => html`<bdi>${subject.says}</bdi>` },
      { head: 'Here', align: 'start', field: ({ subject }) => nameOf(view, subject.target, subject.variant) },
      {
        head: 'published',
        field: ({ published }) => known(published, formatNumber, 'the source gives no figure'),
      },
      {
        head: 'measured',
        field: ({ measured, subject, isSetting }) =>
          isSetting
            ? ''
            : known(
                measured,
                (value) => html`<b>${formatNumber(value)}</b>`,
                subject.cell === null ? 'not part of this run' : 'was not measured',
              ),
      },
    ],
    rows,
  })
}

function nameOf(view: View, target: string, variant: string): Content {
  const subject = view.subjects.find((one) => one.target === target && one.variant === variant)
  return subject ? markedName(subject) : html`<bdi>${target} · ${variant}</bdi> <small>not part of this run</small>`
}

/** The source of a claim. Only a web address becomes a link, so that a claim file cannot bring a script along. */
function sourceOf({ title, author, published, url }: ClaimResult['source']): Html {
  const name = url !== null && /^https?:\/\//i.test(url) ? html`<a href="${url}" rel="noreferrer">${title}</a>` : title
  return html`<cite>${name}</cite>${author !== null && `, ${author}`}${published !== null && `, ${published}`}`
}
