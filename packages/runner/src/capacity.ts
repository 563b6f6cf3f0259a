import { CAPACITY_PROBES, capacityOf, nextProbe, windowRulesOf } from '@bakeoff/core'
import type { LoadRecord, LoadSpec } from '@bakeoff/model'
import { p99MsOf } from './figures.js'
import { isFilled, Settling } from './settle.js'
import { type Bench, record, runWindow, throwIfDead, type Window } from './windows.js'

type Capacity = Extract<LoadSpec, { kind: 'capacity' }>
type CapacityProbe = NonNullable<LoadRecord['capacity']>['probes'][number]

/**
 * Searches the highest offered rate at which p99 and the share of errors stay within the load's limits. The record
 * holds every probe, and the measurement of the best one that kept the limits (else of the last one).
 */
export async function searchCapacity(
  bench: Bench,
  load: Capacity,
  best: number,
  seed: number,
  entry: string,
  keep: (load: LoadRecord) => void,
): Promise<void> {
  const probes: CapacityProbe[] = []
  let kept: Window | null = null
  let dead: Window | null = null
  for (
    let rate = nextProbe(best, probes, CAPACITY_PROBES);
    rate !== null && dead === null;
    rate = nextProbe(best, probes, CAPACITY_PROBES)
  ) {
    bench.signal.throwIfAborted()
    const order = {
      kind: 'open' as const,
      perSecond: rate,
      connections: load.connections,
      arrivals: load.arrivals,
      seed: seed + probes.length,
    }
    const settling = new Settling(isFilled, windowRulesOf(bench.rules, bench.scenario))
    const window = await runWindow(
      bench,
      () => 'capacity',
      order,
      (slice) => settling.decide(slice),
    )
    const probe = judge(window, rate, load)
    probes.push(probe)
    if (kept === null || (probe.ok && rate === capacityOf(probes))) kept = window
    if (window.death !== null || window.serviceDeaths.length > 0) dead = window
  }
  if (kept === null) return
  keep(record(bench, load, dead ?? kept, { perSecond: capacityOf(probes), probes }))
  if (dead !== null) await throwIfDead(bench, dead, entry)
}

/** Whether a probe kept the limits. Arrivals that were never sent failed as much as those without an answer. */
function judge({ measurement }: Window, perSecond: number, load: Capacity): CapacityProbe {
  const { counts } = measurement
  const failed = counts.errorStatus + counts.wrong + counts.timeouts + counts.lost + counts.unsent
  const arrivals = counts.sent + counts.unsent
  const errorShare = arrivals === 0 ? 1 : failed / arrivals
  const p99Ms = p99MsOf({ measurement })
  return { perSecond, p99Ms, errorShare, ok: p99Ms !== null && p99Ms <= load.p99Ms && errorShare <= load.errors }
}
