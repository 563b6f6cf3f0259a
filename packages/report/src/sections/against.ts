import { type AgainstFigure, againstWords } from '@bakeoff/model'
import { type Html, html } from '../html/html.js'
import { subjectName } from '../html/marks.js'
import { known, table } from '../html/table.js'
import type { View } from '../shared/subjects.js'

/** What changed since another commit, which was measured in the same blocks. Nothing in a run that was not compared with one. */
export function against({ results, figures, subjectOf }: View): Html | false {
  const compared = results.against ?? null
  if (compared === null) return false
  return html`<section class="block"><h3>Against <bdi>${compared.ref}</bdi> <small>commit <code>${compared.commit.slice(0, 8)}</code>, measured in the same blocks as this checkout</small></h3>
    <p>${compared.says}</p>${table<AgainstFigure>({
      caption: `This checkout against ${compared.ref}`,
      columns: [
        { head: 'Entry', names: true, field: ({ entry }) => subjectName(subjectOf(entry)) },
        { head: 'Scenario', align: 'start', field: ({ scenario }) => html`<bdi>${scenario}</bdi>` },
        { head: 'Load', align: 'start', field: ({ loadId }) => loadId },
        { head: 'Figure', align: 'start', field: ({ metric }) => figures.get(metric)?.title ?? metric },
        {
          head: 'Here ÷ there',
          unit: 'all intervals at once, 95 %',
          field: (figure) => known(figure.ratio, () => againstWords(figure).ratio, figure.why),
        },
        { head: 'Answer', align: 'start', field: (figure) => againstWords(figure).answer },
        { head: 'Changed', align: 'start', field: ({ isSame }) => (isSame ? 'nothing: the same image' : 'yes') },
      ],
      rows: compared.figures,
      empty: 'No cell has figures in both commits.',
    })}${compared.leftOut.length > 0 && html`<ul>${compared.leftOut.map(({ entry, why }) => html`<li><bdi>${entry}</bdi> is not compared: ${why}</li>`)}</ul>`}</section>`
}
