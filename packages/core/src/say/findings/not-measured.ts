import { reasonOf } from '../../observe/outcome.js'
import { nameOf } from '../../words/names.js'
import { many } from '../../words/quantities.js'
import { defineFinding } from './define.js'

/** Sentences about targets without any figure, and why. When no target has one, there are no other findings. */
export const notMeasured = defineFinding({
  kind: 'not-measured',
  find: (scenario, { entries, cells }) => {
    const own = entries.filter((entry) => entry.scenario === scenario.id)
    const missing = own.filter((entry) => !cells.some((cell) => cell.entry === entry.id && cell.outcome === 'measured'))
    if (missing.length === 0) return []
    const cellsOf = (id: string) => cells.filter(({ entry }) => entry === id).map((cell) => cell.id)
    const reasons = [...new Set(missing.map(({ outcome }) => reasonOf(outcome)))]
    if (missing.length === own.length) {
      return [
        {
          tone: 'nothing-to-say',
          text: `Nothing was measured in ${scenario.id}: ${reasons.length === 1 ? reasons[0] : `${many(own.length, 'target')} failed or were not reached, for example ${nameOfEntry(missing[0]!)} (${reasons[0]})`}.`,
          cells: missing.flatMap(({ id }) => cellsOf(id)),
        },
      ]
    }
    return missing.map((entry) => ({
      tone: 'caveat' as const,
      text: `${nameOfEntry(entry)} has no figures in ${scenario.id}: ${reasonOf(entry.outcome) ?? 'no load was complete'}.${entry.neverRun ? ` It was never run: ${entry.neverRun}.` : ''}`,
      cells: cellsOf(entry.id),
    }))
  },
})

function nameOfEntry({ target, variant }: { readonly target: string; readonly variant: string }): string {
  return nameOf({ target: { name: target }, variant })
}
