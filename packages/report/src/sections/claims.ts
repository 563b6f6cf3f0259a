import type { ClaimResult } from '@bakeoff/model'
import { type Content, type Html, html } from '../html/html.js'
import { badge, markedName } from '../html/marks.js'
import { known, table } from '../html/table.js'
import { formatFactor, formatInterval, formatNumber } from '../shared/format.js'
import type { View } from '../shared/subjects.js'
import type { Section } from './section.js'

export const claims: Section = {
  id: 'claims',
  title: 'Claims',
  question: 'Do the results that others published hold in this run?',
  isEmpty: ({ view }) => view.results.claims.length === 0,
  render: ({ view }) => html`${view.results.claims.map((claim) => claimBlock(view, claim))}`,
}

type Conclusion = ClaimResult['comparisons'][number]['conclusion']

const CONCLUSIONS: Readonly<Record<Conclusion, Html>> = {
  reproduced: badge('good', '✓', 'reproduced'),
  'same-direction': badge('good', '≈', 'same direction'),
  contradicted: badge('bad', '✕', 'contradicted'),
  undecided: badge('warn', '?', 'undecided'),
  'not-comparable': badge('warn', '≠', 'not comparable'),
  'not-measured': badge('plain', '–', 'not measured'),
}

/** The name of a figure with its unit, as in the legend; for a figure that Bakeoff does not measure, its id. */
function nameOfFigure(view: View, id: string): string {
  const figure = view.figures.get(id)
  return figure ? `${figure.title}, ${figure.unit}` : id
}

function claimBlock(view: View, claim: ClaimResult): Html {
  const metrics = [
    ...new Set(
      claim.subjects.flatMap((subject) => [...Object.keys(subject.published), ...Object.keys(subject.measured)]),
    ),
  ]
  const settings = [...new Set(claim.subjects.flatMap((subject) => Object.keys(subject.load)))]
  return html`<article class="block claim"><h3>${claim.title}</h3>
    <p class="source">${sourceOf(claim.source)} <span>scenario <bdi>${claim.scenario}</bdi></span></p>
    <ul class="verdicts">${claim.comparisons.map(
      ({ statement, published, measured, conclusion, why }) =>
        html`<li>${CONCLUSIONS[conclusion]}<blockquote>${statement}</blockquote><p class="ratio"><span>published <b>${formatFactor(published)}</b></span> <span>measured here ${measured ? html`<b>${formatFactor(measured.median)}</b> <small>${formatInterval(measured) ?? 'no interval'}</small>` : '–'}</span></p><p class="why">${why}</p></li>`,
    )}${claim.statements.map(({ says, conclusion, why }) => html`<li>${CONCLUSIONS[conclusion]}<blockquote>${says}</blockquote><p class="why">${why}</p></li>`)}</ul>
    <p class="legend"><b>Setting of the source:</b> ${claim.setting}</p>
    ${table<ClaimResult['subjects'][number]>({
      caption: `Figures of ${claim.title}`,
      groups: [
        ['', 2],
        ...(settings.length > 0 ? ([['Load in the source', settings.length]] as const) : []),
        ...metrics.map((metric) => [nameOfFigure(view, metric), 2] as const),
      ],
      columns: [
        { head: 'In the source', names: true, cell: ({ says }) => html`<bdi>${says}</bdi>` },
        { head: 'Here', align: 'start', cell: ({ target, variant }) => nameOf(view, target, variant) },
        ...settings.map((setting) => ({
          head: setting,
          cell: ({ load }: ClaimResult['subjects'][number]) =>
            known(load[setting], formatNumber, 'the source does not say'),
        })),
        ...metrics.flatMap((metric) => [
          {
            head: 'published',
            cell: ({ published }: ClaimResult['subjects'][number]) =>
              known(published[metric], formatNumber, 'the source gives no figure'),
          },
          {
            head: 'measured',
            cell: ({ measured, cell }: ClaimResult['subjects'][number]) =>
              known(
                measured[metric],
                (value) => html`<b>${formatNumber(value)}</b>`,
                cell === null ? 'not part of this run' : 'was not measured',
              ),
          },
        ]),
      ],
      rows: claim.subjects,
    })}
    ${claim.notes.length > 0 && html`<ul class="plain">${claim.notes.map((note) => html`<li>${note}</li>`)}</ul>`}</article>`
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
