import { warmth } from '@bakeoff/core'
import type { LoadSpec, PlannedScenario, RunRules, WarmUpRecord } from '@bakeoff/model'
import type { Bench } from './repetition.js'
import { settling, warmUpRules } from './settle.js'
import { runWindow, throwIfDead, type Window } from './windows.js'

/** The warm-up as it stands in the record: the part of the first load before its window. */
export function warmUpRecord({ measurement }: Window, rules: RunRules, scenario: PlannedScenario): WarmUpRecord {
  const windows = measurement.settling ?? []
  const { steady, why, sinceMs, remaining, coldShare } = warmth(
    settling(windows),
    warmUpRules(rules, scenario.warmUpLimitMs ?? null),
  )
  return {
    durationMs: measurement.window?.settledMs ?? windows.at(-1)?.atMs ?? 0,
    steady,
    why,
    sinceMs,
    remaining,
    coldShare,
    windows: [...windows],
  }
}

/** Where all loads are batches nothing can be cut: a small one warms the target. Null where it is not so. */
export async function warmUpByBatch(bench: Bench): Promise<WarmUpRecord | null> {
  const batch = onlyBatches(bench.testbed.scenario.loads)
  if (batch === null) return null
  const order = {
    kind: 'batch',
    tasks: Math.min(batch.tasks, batch.concurrency),
    concurrency: batch.concurrency,
    seed: bench.repetition.seed,
  } as const
  const window = await runWindow(
    bench,
    () => 'warm-up',
    order,
    () => ({ kind: 'go-on' }),
  )
  await throwIfDead(bench, window)
  return { durationMs: window.measurement.durationMs, steady: true, windows: [...(window.measurement.settling ?? [])] }
}

function onlyBatches(loads: readonly LoadSpec[]): Extract<LoadSpec, { kind: 'batch' }> | null {
  const [first] = loads.filter((load) => load.kind === 'batch')
  return first && loads.every(({ kind }) => kind === 'batch') ? first : null
}
