import { type LoadRecord, type LoadSpec, loadIdOf } from '@bakeoff/model'
import { searchCapacity } from './capacity.js'
import { throughputOf } from './figures.js'
import type { LoadOrder } from './ports.js'
import { type Bench, record, runWindow, throwIfDead } from './windows.js'

/**
 * Every load of the scenario, one after the other, each handed over as soon as it is complete.
 *
 * @throws BakeoffError TARGET_DIED or SERVICE_DIED after handing over the load in which it died
 */
export async function runLoads(
  bench: Bench,
  entry: string,
  seed: number,
  keep: (load: LoadRecord) => void,
): Promise<void> {
  let best = 0
  for (const [index, load] of bench.scenario.loads.entries()) {
    bench.signal.throwIfAborted()
    if (load.kind === 'capacity') {
      await searchCapacity(bench, load, best, seed + index, entry, keep)
      continue
    }
    const order = orderOf(load, best, seed + index)
    const window = await runWindow(
      bench,
      loadIdOf(load),
      order,
      order.kind === 'batch' ? null : bench.rules.windowMs,
      () => true,
    )
    const done = record(bench, load, window)
    keep(done)
    await throwIfDead(bench, window, entry)
    if (load.kind === 'closed') best = Math.max(best, throughputOf(done))
  }
}

/** A load as the agent is told it: fractions become rates. */
function orderOf(load: Exclude<LoadSpec, { kind: 'capacity' }>, best: number, seed: number): LoadOrder {
  switch (load.kind) {
    case 'closed':
      return { kind: 'closed', connections: load.connections }
    case 'open':
      return {
        kind: 'open',
        perSecond: Math.max(1, load.fraction * best),
        connections: load.connections,
        arrivals: load.arrivals,
        seed,
      }
    case 'rate':
      return { kind: 'open', perSecond: load.perSecond, connections: load.connections, arrivals: load.arrivals, seed }
    case 'batch':
      return { kind: 'batch', tasks: load.tasks, concurrency: load.concurrency, seed }
  }
}
