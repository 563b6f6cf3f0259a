/** Reads off a row of closed loads where it bends and where it leaves the service level. Selects, computes nothing new. */
import { type Cell, connectionsOf, figureOf, kindOf, type ScenarioResult, typicalOf } from '@bakeoff/model'
import { shownMs } from './figures.js'

/** A closed load of one entry that was measured, by connections. */
export interface Step {
  readonly cell: Cell
  readonly connections: number
}

export function stepsOf(cells: readonly Cell[], entry: string): Step[] {
  return cells
    .flatMap((cell): Step[] => {
      const connections = kindOf(cell.load).pace === 'own' ? connectionsOf(cell.load) : null
      return cell.entry === entry && connections !== null && figureOf(cell, 'throughput') ? [{ cell, connections }] : []
    })
    .sort((a, b) => a.connections - b.connections)
}

/** How near to the most throughput counts as "nearly all there is". */
export const KNEE_SHARE = 0.95

/** The fewest connections that bring nearly all the throughput; null with fewer than three steps: a bend needs three points. */
export function kneeOf(steps: readonly Step[]): Step | null {
  if (steps.length < 3) return null
  const most = Math.max(...steps.map(throughputOf))
  return steps.find((step) => throughputOf(step) >= KNEE_SHARE * most) ?? null
}

/** The last step within the service level before the first one beyond it, and that one. */
export function crossingOf(
  steps: readonly Step[],
  slo: NonNullable<ScenarioResult['slo']>,
): { readonly within: Step | null; readonly beyond: Step | null } {
  const first = steps.findIndex(({ cell }) => !isWithin(cell, slo))
  if (first < 0) return { within: steps.at(-1) ?? null, beyond: null }
  return { within: steps[first - 1] ?? null, beyond: steps[first] ?? null }
}

function isWithin(cell: Cell, { p99Ms, errors }: NonNullable<ScenarioResult['slo']>): boolean {
  const p99 = shownMs(cell, 'p99')
  const { requests } = cell
  const failed = requests ? requests.errors + requests.timeouts + requests.lost + requests.wrong : 0
  return p99 !== null && p99 <= p99Ms && failed <= errors * (requests?.sent ?? 0)
}

function throughputOf({ cell }: Step): number {
  return typicalOf(cell, 'throughput') ?? 0
}
