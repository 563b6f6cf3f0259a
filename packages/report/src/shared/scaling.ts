/** Finds the knee of a row of closed loads, and the load that breaks the service level. It selects among figures and computes none. */
import { type Cell, connectionsOf, figureOf, kindOf, typicalOf } from '@bakeoff/model'
import { keptOf, type ServiceLevel } from './service-level.js'

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

/** The share of the highest throughput that counts as "nearly all of it". */
export const KNEE_SHARE = 0.95

/**
 * The knee: the fewest connections that bring nearly all of the throughput; null with fewer than three steps, as a bend
 * needs three points.
 */
export function kneeOf(steps: readonly Step[]): Step | null {
  if (steps.length < 3) return null
  const most = Math.max(...steps.map(throughputOf))
  return steps.find((step) => throughputOf(step) >= KNEE_SHARE * most) ?? null
}

/** The crossing of the service level: the first step beyond it, and the step before that one. */
export function crossingOf(
  steps: readonly Step[],
  slo: ServiceLevel,
): { readonly within: Step | null; readonly beyond: Step | null } {
  const first = steps.findIndex(({ cell }) => keptOf(cell, slo) !== 'kept')
  if (first < 0) return { within: steps.at(-1) ?? null, beyond: null }
  return { within: steps[first - 1] ?? null, beyond: steps[first] ?? null }
}

function throughputOf({ cell }: Step): number {
  return typicalOf(cell, 'throughput') ?? 0
}
