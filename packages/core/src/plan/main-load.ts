import { type LoadSpec, loadIdOf } from '@bakeoff/model'

/** The load that a scenario is ranked by: the closed one with the most connections, else the first. */
export function mainLoadOf(loads: readonly LoadSpec[]): string {
  const closed = loads.filter((load) => load.kind === 'closed').sort((a, b) => b.connections - a.connections)
  return loadIdOf((closed[0] ?? loads[0]) as LoadSpec)
}
