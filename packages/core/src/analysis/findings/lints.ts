import { defineFinding, nameOf } from './define.js'

/** Lints that can invert a comparison by themselves: a sentence each. The others stand on the target's page. */
const GRAVE = ['nx-without-compiler', 'development-server', 'debug-build', 'emulated', 'threads-above-cap']

export const lints = defineFinding({
  kind: 'lint',
  find: (scenario, { entries, cells }) =>
    entries
      .filter((entry) => entry.scenario === scenario.id)
      .flatMap((entry) =>
        entry.lints
          .filter(({ lint }) => GRAVE.includes(lint))
          .map(({ message, consequence }) => ({
            tone: 'caveat' as const,
            text: `${nameOf({ target: { name: entry.target }, variant: entry.variant })}: ${message}. ${consequence}`,
            cells: cells.filter((cell) => cell.entry === entry.id).map(({ id }) => id),
          })),
      ),
})
