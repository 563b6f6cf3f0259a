import { type Cell, isToldApart, rowIn, type ScenarioResult } from '@bakeoff/model'
import { thresholds } from '../../thresholds.js'
import { type Known, type Standing, standing } from './define.js'
import { namedBehind } from './leader.js'

/**
 * Whether the sentence on throughput has said already what one on CPU time would say. At a full core CPU time per request is
 * the core divided by throughput, so the two are one observation. They are two where a target that the sentence names waited
 * or left some of its core free, and where the ratios differ by more than what counts as a difference.
 *
 * @param cpu by CPU time per request, under the scenario's main load
 */
export function isThroughputUpsideDown(cpu: Standing, scenario: ScenarioResult, known: Known): boolean {
  const throughput = standing(known, scenario.id, scenario.mainLoad, 'throughput')
  const last = cpu.behind.at(-1)?.cell
  if (throughput === null || last === undefined) return false
  const others = [...cpu.peers, last]
  if (![cpu.leader, ...others].every(isFull)) return false
  const row = rowIn(known.entries)
  const isAmong = (cell: Cell, cells: readonly Cell[]) => cells.some((each) => row(each.entry) === row(cell.entry))
  const isTold =
    isAmong(cpu.leader, [throughput.leader, ...throughput.peers]) &&
    isAmong(
      last,
      namedBehind(throughput).map(({ cell }) => cell),
    )
  return isTold && others.every((other) => isInverse(known, cpu.leader, other))
}

function isFull({ verdict }: Cell): boolean {
  return verdict?.causes.some(({ cause }) => cause === 'target-cpu') ?? false
}

/** Whether two cells differ by as much in throughput as, the other way, in CPU time, and the judge tells both apart or neither. */
function isInverse({ comparisons }: Known, a: Cell, b: Cell): boolean {
  const [served, needed] = ['throughput', 'cpuMsPerRequest'].map((metric) => {
    const found = comparisons.find(
      ({ metric: by, of, to }) => by === metric && ((of === a.id && to === b.id) || (of === b.id && to === a.id)),
    )
    return found && { log: Math.log(found.ratio.median) * (found.of === a.id ? 1 : -1), isApart: isToldApart(found) }
  })
  if (!served || !needed || served.isApart !== needed.isApart) return false
  return Math.abs(served.log + needed.log) <= Math.log(1 + thresholds.relevantDifference)
}
