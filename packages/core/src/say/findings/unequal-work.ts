import { kindOf, loadWords } from '@bakeoff/model'
import { list } from '../../words/quantities.js'
import { defineFinding } from './define.js'

/** A sentence for the parity guard: batches of different size or concurrency are shown side by side and not ranked. */
export const unequalWork = defineFinding({
  kind: 'unequal-work',
  find: (scenario, { cells }) => {
    const loads = scenario.loads.filter((load) => kindOf(load).unit === 'task')
    const measured = cells.filter(
      ({ scenario: of, load, outcome }) => of === scenario.id && kindOf(load).unit === 'task' && outcome === 'measured',
    )
    if (loads.length < 2 || measured.length === 0) return []
    return [
      {
        tone: 'caveat',
        text: `${list(loads.map(loadWords))} are unequal work: by Little's law their times follow from the concurrency that was set, so targets are ranked by time within each only. CPU time per task stays comparable.`,
        cells: measured.map(({ id }) => id),
      },
    ]
  },
})
