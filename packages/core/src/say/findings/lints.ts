import { lintRules } from '../../judge/lints/index.js'
import { nameOf } from '../../words/names.js'
import { defineFinding } from './define.js'

const GRAVE = new Set(lintRules.filter(({ isGrave }) => isGrave).map(({ id }) => id))

/** A sentence for each lint that can invert a comparison by itself. The others are only on the target's page. */
export const lints = defineFinding({
  kind: 'lint',
  find: (scenario, { entries, cells }) =>
    entries
      .filter((entry) => entry.scenario === scenario.id)
      .flatMap((entry) =>
        entry.lints
          .filter(({ lint }) => GRAVE.has(lint))
          .map(({ message, consequence }) => ({
            tone: 'caveat' as const,
            text: `${nameOf({ target: { name: entry.target }, variant: entry.variant })}: ${message}. ${consequence}`,
            cells: cells.filter((cell) => cell.entry === entry.id).map(({ id }) => id),
          })),
      ),
})
