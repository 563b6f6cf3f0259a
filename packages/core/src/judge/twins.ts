import type { Certificate, TwinComparison } from '@bakeoff/model'
import { type FigureRule, figureRules } from '../figures/index.js'
import { differenceSays } from '../words/differences.js'
import { inSentence } from '../words/titles.js'
import { boundsOf, heldBackBy, nameOfCell, valuesByBlock, whyUnranked } from './comparisons.js'
import { difference } from './difference.js'
import type { JudgedCell } from './judged.js'

/**
 * Compares each twin with the entry that it measures once more, by every compared figure under every load. The judge is asked as
 * for any two entries, but for one pair at a time: of a hundred such pairs about five would be told apart if the least difference
 * were 0.
 *
 * @param cells of a whole plan, with its twins
 */
export function compareTwins(cells: readonly JudgedCell[], certificates: readonly Certificate[]): TwinComparison[] {
  return cells.flatMap((twin) => {
    const { twinOf } = twin.view.entry
    if (!twinOf) return []
    const entry = cells.find(({ view }) => view.entry.id === twinOf && view.loadId === twin.view.loadId)
    if (!entry) return []
    return figureRules
      .filter((metric) => metric.isCompared(twin.view.load))
      .map((metric) => compareWith(entry, twin, metric, certificates))
  })
}

function compareWith(
  entry: JudgedCell,
  twin: JudgedCell,
  metric: FigureRule,
  certificates: readonly Certificate[],
): TwinComparison {
  const { scenario, loadId } = entry.view
  const where = { scenario: scenario.id, entry: entry.view.entry.id, loadId, metric: metric.id }
  const why = whyUnranked(entry, [entry]) ?? whyUnranked(twin, [twin])
  const [of, to] = [valuesByBlock(metric, twin), valuesByBlock(metric, entry)]
  if (why !== null || of.length === 0 || to.length === 0)
    return { ...where, ratio: null, conclusion: null, why: why ?? `${inSentence(metric.title)} was not measured` }
  const found = difference(
    { of, to, better: metric.better, heldBack: heldBackBy(metric, { of: twin, to: entry }) },
    boundsOf(scenario.id, certificates),
  )
  const names = { of: nameOfCell(twin), to: nameOfCell(entry) }
  return { ...where, ratio: found.ratio, conclusion: found.conclusion, why: differenceSays(found, names) }
}
