import { type CellComparison, type Difference, type Grouping, isToldApart } from '@bakeoff/model'
import { letterGroups, median } from '../stats/index.js'
import { differenceSays } from '../words/differences.js'
import { type Bounds, differencesAmong, type Observed } from './difference.js'

/** A contestant: a cell by one figure, beside others of the same scenario and load. */
export interface Contestant {
  readonly id: string
  /** its name in a sentence */
  readonly name: string
  /** one of each block, at least one */
  readonly values: readonly Observed[]
  readonly isHeldBack: boolean
  /** whether it is ranked, as contenders are; others stand beside them */
  readonly competes: boolean
}

export interface ComparedField {
  /** best first, of contenders and of the others */
  readonly ranked: readonly Contestant[]
  readonly beside: readonly Contestant[]
  readonly groups: Grouping['groups']
  readonly comparisons: readonly (Pick<
    CellComparison,
    'of' | 'to' | 'ratio' | 'pAdjusted' | 'conclusion' | 'least' | 'provisional' | 'outlook' | 'why'
  > & { readonly difference: Difference })[]
}

/**
 * Compares a field: all pairs by one figure, and the letter groups of the contenders. Contenders are judged in a field without
 * the entries beside them, since more entries widen all intervals; a second field has all of them.
 *
 * @param promised repetitions that the profile promises: with fewer a comparison is provisional
 */
export function compareField(
  contestants: readonly Contestant[],
  better: 'higher' | 'lower',
  bounds: Bounds,
  promised: number,
): ComparedField {
  const shown = new Map(contestants.map((each) => [each, median(each.values.map(({ value }) => value))]))
  const byFigure = contestants.toSorted(
    (a, b) =>
      (better === 'higher' ? shown.get(b)! - shown.get(a)! : shown.get(a)! - shown.get(b)!) || a.id.localeCompare(b.id),
  )
  const contenders = byFigure.filter(({ competes }) => competes)
  const judgeRanked = judgeOf(contenders, better, bounds)
  const ranked = inOrder(contenders, (a, b) => judgeRanked(a, b).conclusion === better)
  const beside = byFigure.filter(({ competes }) => !competes)
  const judgeAll = beside.length === 0 ? judgeRanked : judgeOf(byFigure, better, bounds)
  const all = beside.length === 0 ? ranked : byFigure
  const pairs = [
    ...pairsOf(ranked).map((pair) => ({ ...pair, found: judgeRanked(pair.of, pair.to) })),
    ...pairsOf(all)
      .filter(({ of, to }) => !of.competes || !to.competes)
      .map((pair) => ({ ...pair, found: judgeAll(pair.of, pair.to) })),
  ]
  const apart = new Set(
    pairs.flatMap(({ of, to, found }) => (isToldApart(found) ? [`${of.id} ${to.id}`, `${to.id} ${of.id}`] : [])),
  )
  return {
    ranked,
    beside,
    groups: letterGroups(
      ranked.map(({ id }) => id),
      (a, b) => apart.has(`${a} ${b}`),
    ),
    comparisons: pairs.map(({ of, to, found }) => {
      const { ratio, pAdjusted, conclusion, least, outlook } = found
      const provisional = ratio.n < promised
      const why = differenceSays(found, { of: of.name, to: to.name }, provisional)
      return { of: of.id, to: to.id, ratio, pAdjusted, conclusion, least, provisional, outlook, why, difference: found }
    }),
  }
}

function judgeOf(
  field: readonly Contestant[],
  better: 'higher' | 'lower',
  bounds: Bounds,
): (of: Contestant, to: Contestant) => Difference {
  const among = differencesAmong({ samples: field, better }, bounds)
  const place = new Map(field.map((each, index) => [each, index]))
  return (of, to) => among(place.get(of)!, place.get(to)!)
}

/**
 * The contestants in order of the figure shown, except that none stands before another that is told apart as better: the median
 * of a few blocks and the mean within the common ones can disagree.
 */
function inOrder(best: readonly Contestant[], isBetter: (a: Contestant, b: Contestant) => boolean): Contestant[] {
  const order: Contestant[] = []
  for (const each of best) {
    const before = order.findIndex((other) => isBetter(each, other))
    order.splice(before === -1 ? order.length : before, 0, each)
  }
  return order
}

function pairsOf(field: readonly Contestant[]): { of: Contestant; to: Contestant }[] {
  return field.flatMap((of, index) => field.slice(index + 1).map((to) => ({ of, to })))
}
