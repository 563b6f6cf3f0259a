import { type PlannedEntry, type PlannedScenario, reachOf } from '@bakeoff/model'
import { workOf } from './materials.js'
import type { Work } from './ports.js'
import type { Run } from './run.js'

/** The work for an entry: with whom the agent is to trust, where the entry answers by TLS. */
export function workFor(
  run: Run,
  entry: PlannedEntry,
  scenario: PlannedScenario,
  seed: number,
  repetition?: number,
): Work {
  const work = workOf(scenario, run.materials, seed, repetition)
  return reachOf(entry).tls ? { ...work, trust: run.authority.trust } : work
}
