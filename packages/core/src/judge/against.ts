import { type AgainstFigure, type Certificate, type Difference, loadIdOf, type PlannedAgainst } from '@bakeoff/model'
import { type FigureRule, figureRules } from '../figures/index.js'
import { differenceSays } from '../words/differences.js'
import { inSentence } from '../words/titles.js'
import { boundsOf, heldBackBy, nameOfCell, valuesByBlock, whyUnranked } from './comparisons.js'
import { differences, type Pair } from './difference.js'
import type { JudgedCell } from './judged.js'

/** What is known of a run that is compared with another commit. */
export interface AgainstInput {
  readonly against: PlannedAgainst
  /** of the whole plan */
  readonly cells: readonly JudgedCell[]
  readonly certificates: readonly Certificate[]
}

/** A figure of a cell and of its partner of another commit. */
interface Compared {
  readonly here: JudgedCell
  readonly there: JudgedCell
  readonly metric: FigureRule
}

/**
 * Compares each entry with its partner of another commit, by every compared figure under every load of the plan. Pairs are
 * judged within their blocks, and all intervals hold at once, so that the chance to see a change where there is none does not
 * grow with the number of cells.
 */
export function compareAgainst({ against, cells, certificates }: AgainstInput): AgainstFigure[] {
  return judgedPairs(cells, certificates).map(({ here, there, metric, missing, why, difference }): AgainstFigure => {
    const where = {
      cell: here.view.id,
      scenario: here.view.scenario.id,
      entry: here.view.entry.id,
      loadId: here.view.loadId,
      metric: metric.id,
      better: metric.better,
      isSame: there.view.entry.ofRef?.isSame ?? false,
    }
    if (!difference)
      return { ...where, ratio: null, conclusion: null, pAdjusted: null, least: null, leastIs: null, missing, why }
    const { ratio, conclusion, pAdjusted, least, leastIs } = difference
    const names = { of: `${nameOfCell(here)} of this checkout`, to: `that of ${against.ref}` }
    return { ...where, ratio, conclusion, pAdjusted, least, leastIs, missing, why: differenceSays(difference, names) }
  })
}

/** The differences under one load, for a run that asks what is open. */
export function differencesAgainst(
  cells: readonly JudgedCell[],
  certificates: readonly Certificate[],
  load: string,
): Difference[] {
  return judgedPairs(cells, certificates).flatMap(({ here, difference }) =>
    difference && here.view.loadId === load ? [difference] : [],
  )
}

interface JudgedPair extends Compared, Pick<AgainstFigure, 'missing' | 'why'> {
  /** null: one side is missing */
  readonly difference: Difference | null
}

function judgedPairs(cells: readonly JudgedCell[], certificates: readonly Certificate[]): JudgedPair[] {
  const compared = cells.flatMap((there): Compared[] => {
    const { ofRef } = there.view.entry
    const { load, loadId, scenario } = there.view
    // Rates that a run finds out while it measures are there to draw a curve.
    if (!ofRef || !scenario.loads.some((planned) => loadIdOf(planned) === loadId)) return []
    const here = cells.find(({ view }) => view.entry.id === ofRef.of && view.loadId === loadId)
    if (!here) return []
    return figureRules.filter((metric) => metric.isCompared(load)).map((metric) => ({ here, there, metric }))
  })
  const sides = compared.map((each) => ({ ...each, ...missingOf(each) }))
  const whole = sides.filter(({ missing }) => missing === null)
  const found = differences(
    whole.map((each) => pairOf(each, certificates)),
    boundsOf('', []),
  )
  return sides.map((side) => ({ ...side, difference: found[whole.indexOf(side)] ?? null }))
}

/** The side without a figure that counts, and why. Where neither has one it is the other commit's: nothing was lost since. */
function missingOf({ here, there, metric }: Compared): Pick<AgainstFigure, 'missing' | 'why'> {
  const group = [here, there]
  const whyOf = (cell: JudgedCell) =>
    whyUnranked(cell, group) ??
    (valuesByBlock(metric, cell).length === 0 ? `${inSentence(metric.title)} was not measured` : null)
  const [whyHere, whyThere] = [whyOf(here), whyOf(there)]
  if (whyThere !== null) return { missing: 'other-commit', why: whyThere }
  return whyHere === null ? { missing: null, why: '' } : { missing: 'this-checkout', why: whyHere }
}

function pairOf({ here, there, metric }: Compared, certificates: readonly Certificate[]): Pair {
  return {
    of: valuesByBlock(metric, here),
    to: valuesByBlock(metric, there),
    better: metric.better,
    heldBack: heldBackBy(metric, { of: here, to: there }),
    noiseFloor: boundsOf(here.view.scenario.id, certificates).noiseFloor,
  }
}
