import { mainLoadOf, medianOf, rightPerSecond, windowRulesOf } from '@bakeoff/core'
import { type LoadRecord, type LoadSpec, loadIdOf } from '@bakeoff/model'
import { searchCapacity } from './capacity.js'
import type { LoadOrder } from './ports.js'
import { isFilled, type Settled, Settling, warmedUp } from './settle.js'
import { type Bench, record, runWindow, throwIfDead, type Window } from './windows.js'

/** What the loads of a repetition are run with. */
export interface Loading {
  readonly bench: Bench
  readonly entry: string
  readonly seed: number
  /** best closed throughput of each earlier repetition: rates are taken from all that is known */
  readonly earlier: readonly number[]
  /** rates of the latency–throughput curve that this repetition adds */
  readonly curve: readonly LoadSpec[]
  /** the target is warm, and the first load counts from here on */
  warm(window: Window): void
  keep(load: LoadRecord): void
}

/**
 * Every load of the scenario, one after the other, each handed over as soon as it is complete. The main load comes first:
 * the target is warmed up by it, and measured on the same connections without a pause.
 *
 * @throws BakeoffError TARGET_DIED or SERVICE_DIED after handing over the load in which it died
 */
export async function runLoads({ bench, entry, seed, earlier, curve, warm, keep }: Loading): Promise<void> {
  const { scenario, rules } = bench
  const best: number[] = []
  const rateOf = () => medianOf([...earlier, Math.max(0, ...best)].filter((rate) => rate > 0)) ?? 0
  let isWarm = false
  for (const { load, index } of inOrder([...scenario.loads, ...curve])) {
    bench.signal.throwIfAborted()
    if (load.kind === 'capacity') {
      await searchCapacity(bench, load, rateOf(), seed + index, entry, keep)
      continue
    }
    const order = orderOf(load, rateOf(), seed + index)
    const settled: Settled = isWarm ? isFilled : warmedUp(rules, scenario.warmUpLimitMs ?? null)
    const settling = new Settling(settled, windowRulesOf(rules, scenario))
    const isBatch = order.kind === 'batch'
    const window = await runWindow(
      bench,
      () => (isWarm || settling.isOpen ? loadIdOf(load) : 'warm-up'),
      order,
      (slice) => {
        if (isBatch) return { kind: 'go-on' }
        const decision = settling.decide(slice)
        if (decision.kind === 'measure' && !isWarm) bench.onWarm()
        return decision
      },
    )
    if (!isBatch && !isWarm) warm(window)
    isWarm = true
    // One that died before its window was opened has no figures.
    if (isBatch || settling.isOpen) {
      const done = record(bench, load, window)
      keep(done)
      if (load.kind === 'closed') best.push(rightPerSecond(done.measurement))
    }
    await throwIfDead(bench, window, entry)
  }
}

/** The main load first; the others as they are written, since the fractions of open loads refer to the closed ones. */
function inOrder(loads: readonly LoadSpec[]): { load: LoadSpec; index: number }[] {
  const main = mainLoadOf(loads)
  const numbered = loads.map((load, index) => ({ load, index }))
  return [
    ...numbered.filter(({ load }) => loadIdOf(load) === main),
    ...numbered.filter(({ load }) => loadIdOf(load) !== main),
  ]
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
