import { isSteady } from '@bakeoff/core'
import type { LoadSpec, LoadWindow, WarmUpRecord } from '@bakeoff/model'
import type { LoadOrder } from './ports.js'
import { type Bench, runWindow, throwIfDead } from './windows.js'

/** Warms the target, and the agent with it, until throughput is steady or the limit is reached. The curve is kept. */
export async function warmUp(bench: Bench, entry: string, seed: number): Promise<WarmUpRecord> {
  const order = orderFor(bench.scenario.loads, seed)
  const rules = { ...bench.rules.warmUp, minMs: Math.max(bench.rules.warmUp.minMs, bench.rules.agentWarmUpMs) }
  const windows: LoadWindow[] = []
  const goOn = (window: LoadWindow) => {
    windows.push(window)
    return !isSteady(windows, rules)
  }
  const window = await runWindow(bench, 'warm-up', order, order.kind === 'batch' ? null : rules.maxMs, goOn)
  await throwIfDead(bench, window, entry)
  const steady = order.kind === 'batch' || isSteady(windows, rules)
  return { durationMs: window.measurement.durationMs, steady, windows: window.measurement.windows }
}

/** Warming is done with the load that comes closest to what is measured: most connections, or a small batch. */
function orderFor(loads: readonly LoadSpec[], seed: number): LoadOrder {
  const closed = loads.flatMap((load) => (load.kind === 'closed' ? [load.connections] : []))
  if (closed.length > 0) return { kind: 'closed', connections: Math.max(...closed) }
  const batch = loads.find((load) => load.kind === 'batch')
  if (batch)
    return { kind: 'batch', tasks: Math.min(batch.tasks, batch.concurrency), concurrency: batch.concurrency, seed }
  const open = loads.find((load) => load.kind === 'rate')
  if (open)
    return { kind: 'open', perSecond: open.perSecond, connections: open.connections, arrivals: open.arrivals, seed }
  return { kind: 'closed', connections: 1 }
}
