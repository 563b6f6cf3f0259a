import { capacityFrom, nextCapacityProbe, rightPerSecond, windowRulesOf } from '@bakeoff/core'
import { CAPACITY_PROBES, kindOf, type LoadRecord, type LoadSpec, loadIdOf, type SloSpec } from '@bakeoff/model'
import { p99MsOf } from './figures.js'
import type { ReadyTestbed } from './repetition.js'
import { isFilled, Settling } from './settle.js'
import { loadRecordOf, type MeasuredWindow, runWindow, throwIfDead } from './windows.js'

type CapacityProbe = NonNullable<LoadRecord['capacity']>['probes'][number] & { readonly servedPerSecond: number }

/** The pause between probes, in which the target works off what the last one left behind. */
const REST_MS = 500

/**
 * Searches the highest offered rate at which p99 and the share of errors stay within the load's limits. The record
 * holds every probe, and the measurement of the best one that kept the limits (else of the last one).
 */
export async function searchCapacity(ready: ReadyTestbed, load: LoadSpec, best: number, seed: number): Promise<void> {
  const { repetition, testbed } = ready
  const { run, scenario } = testbed
  const kind = kindOf(load)
  const limits = kind.limits(load)
  if (limits === null) throw new Error(`${load.kind} has no limits to search within`)
  const probes: CapacityProbe[] = []
  let kept: MeasuredWindow | null = null
  let dead: MeasuredWindow | null = null
  for (;;) {
    const rate = nextCapacityProbe(best, probes, CAPACITY_PROBES)
    if (rate === null || dead !== null) break
    run.signal.throwIfAborted()
    if (probes.length > 0) await testbed.unlessLost(run.sleep(REST_MS))
    const order = kind.toOrder(load, { best: rate, seed: seed + probes.length })
    const settling = new Settling(isFilled, windowRulesOf(run.plan.rules, scenario, loadIdOf(load)))
    const window = await runWindow(
      ready,
      () => 'capacity',
      order,
      (slice) => settling.decide(slice),
    )
    const probe = judge(window, rate, limits)
    probes.push(probe)
    if (kept === null || (probe.ok && rate === highestKept(probes))) kept = window
    if (window.death !== null || window.serviceDeaths.length > 0) dead = window
  }
  if (kept === null) return
  repetition.draft.loads.push(loadRecordOf(ready, load, dead ?? kept, { perSecond: capacityFrom(probes), probes }))
  if (dead !== null) await throwIfDead(ready, dead)
}

/** The probe with the highest rate that kept the limits; its window is the one to show. */
function highestKept(probes: readonly CapacityProbe[]): number {
  return Math.max(...probes.flatMap(({ ok, perSecond }) => (ok ? perSecond : [])))
}

/** Whether a probe kept the limits. Arrivals that were never sent count as failed, like those without an answer. */
function judge({ measurement }: MeasuredWindow, perSecond: number, limits: SloSpec): CapacityProbe {
  const { counts } = measurement
  const failed = counts.errorStatus + counts.wrong + counts.timeouts + counts.lost + counts.unsent
  const arrivals = counts.sent + counts.unsent
  const errorShare = arrivals === 0 ? 1 : failed / arrivals
  const p99Ms = p99MsOf({ measurement })
  const servedPerSecond = rightPerSecond(measurement)
  return {
    perSecond,
    servedPerSecond,
    p99Ms,
    errorShare,
    ok: p99Ms !== null && p99Ms <= limits.p99Ms && errorShare <= limits.errors,
  }
}
