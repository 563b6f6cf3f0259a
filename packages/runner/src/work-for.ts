import { type PlannedEntry, reachOf } from '@bakeoff/model'
import { scenarioFor, workOf } from './materials.js'
import type { Work } from './ports.js'
import type { Run } from './run.js'

/** The work for an entry: with whom the agent is to trust, where the entry answers by TLS. */
export function workFor(run: Run, entry: PlannedEntry, seed: number, repetition?: number): Work {
  const work = workOf(scenarioFor(run.plan, entry), run.materials, seed, repetition)
  return reachOf(entry).tls ? { ...work, trust: run.authority.trust } : work
}
