import { documentText } from './html/document.js'
import { hrefOf } from './html/href.js'
import { type Html, html } from './html/html.js'
import { badge } from './html/marks.js'
import { table } from './html/table.js'
import { formatNumber, formatTime, unbroken } from './shared/format.js'

/** The listing of a run in `reports/index.html`. */
export interface RunListing {
  readonly id: string
  /** ISO 8601, UTC */
  readonly startedAt: string
  readonly status: 'complete' | 'partial' | 'aborted' | 'running'
  readonly profile: string
  readonly scenarios: readonly string[]
  /** how many targets took part */
  readonly targets: number
  /** its first finding; null when nothing could be said */
  readonly headline: string | null
  /** the path of its page, relative to the index, with `/` */
  readonly path: string
  readonly host: string
}

/**
 * Renders the index of all runs, newest first.
 *
 * @param historyPath the page of `npm run history`, relative to the index; null: there is none
 */
export function renderIndex(runs: readonly RunListing[], historyPath: string | null = null): string {
  const rows = [...runs].sort((a, b) => b.startedAt.localeCompare(a.startedAt) || b.id.localeCompare(a.id))
  return documentText({
    title: 'Runs · Bakeoff',
    body: html`<div class="page"><header class="top"><div class="brand"><span>Bakeoff</span></div><div class="what"><h1>Runs <span>${formatNumber(rows.length)}</span></h1></div></header>
      <main>${table<RunListing>({
        caption: 'Runs, newest first',
        columns: [
          { head: 'Run', names: true, field: ({ id, path }) => html`<a href="${hrefOf(path)}"><bdi>${id}</bdi></a>` },
          {
            head: 'Started',
            align: 'start',
            field: ({ startedAt }) => html`<time datetime="${startedAt}">${formatTime(startedAt)}</time>`,
          },
          { head: 'Scenarios', align: 'start', field: ({ scenarios }) => scenarios.join(', ') },
          { head: 'Targets', field: ({ targets }) => formatNumber(targets) },
          {
            head: 'What was found',
            align: 'start',
            field: ({ headline }) =>
              headline === null ? html`<span class="faint">nothing told apart yet</span>` : unbroken(headline),
          },
          { head: 'Host', align: 'start', field: ({ host }) => html`<bdi>${host}</bdi>` },
          { head: 'Status', align: 'start', field: statusOf },
        ],
        rows,
        empty: 'There are no runs yet. `npm run matrix -- --quick` makes the first one in a few minutes.',
      })}${historyPath !== null && html`<p><a href="${hrefOf(historyPath)}">History</a>: each figure run by run, as of the last <code>npm run history</code>.</p>`}</main></div>`,
  })
}

function statusOf({ status, profile }: RunListing): Html {
  const smoke = profile === 'quick' && html` ${badge('warn', '!', 'smoke run')}`
  switch (status) {
    case 'complete':
      return html`${badge('good', '✓', 'complete')}${smoke}`
    case 'partial':
      return html`${badge('warn', '!', 'partial')}${smoke}`
    case 'aborted':
      return html`${badge('warn', '■', 'aborted')}${smoke}`
    case 'running': // as of when this page was written: a run that was killed since then could not change it
      return html`${badge('plain', '…', 'not ended')}${smoke}`
  }
}
