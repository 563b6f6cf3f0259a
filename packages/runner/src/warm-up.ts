import { warmth } from '@bakeoff/core'
import { kindOf, type LoadSpec, type PlannedScenario, type RunRules, type WarmUpRecord } from '@bakeoff/model'
import type { ReadyTestbed } from './repetition.js'
import { settling, warmUpRules } from './settle.js'
import { type MeasuredWindow, runWindow, throwIfDead } from './windows.js'

/** The warm-up for the record: the part of the first load before its window. */
export function warmUpRecordOf(
  { measurement }: MeasuredWindow,
  rules: RunRules,
  scenario: PlannedScenario,
): WarmUpRecord {
  const slices = measurement.settling ?? []
  const { steady, why, sinceMs, remaining, coldShare } = warmth(
    settling(slices),
    warmUpRules(rules, scenario.warmUpLimitMs ?? null),
  )
  return {
    durationMs: measurement.window?.settledMs ?? slices.at(-1)?.atMs ?? 0,
    steady,
    why,
    sinceMs,
    remaining,
    coldShare,
    windows: [...slices],
  }
}

/** The small load that warms the target where all loads end by themselves, so that no window can be cut; else null. */
export async function warmUpByBatch(ready: ReadyTestbed): Promise<WarmUpRecord | null> {
  const load = smallLoad(ready.testbed.scenario.loads)
  if (load === null) return null
  const order = kindOf(load).toOrder(load, { best: 0, seed: ready.repetition.seed })
  const window = await runWindow(
    ready,
    () => 'warm-up',
    order,
    () => ({ kind: 'go-on' }),
  )
  await throwIfDead(ready, window)
  return { durationMs: window.measurement.durationMs, steady: true, windows: [...(window.measurement.settling ?? [])] }
}

function smallLoad(loads: readonly LoadSpec[]): LoadSpec | null {
  const [first] = loads
  return first && loads.every((load) => kindOf(load).windows === 'none') ? kindOf(first).warmUp(first) : null
}
