import { mainLoadOf, medianOf, rightPerSecond, windowRulesOf } from '@bakeoff/core'
import { type LoadSpec, loadIdOf } from '@bakeoff/model'
import { searchCapacity } from './capacity.js'
import type { LoadOrder } from './ports.js'
import type { Bench } from './repetition.js'
import { isFilled, type Settled, Settling, warmedUp } from './settle.js'
import { warmUpRecord } from './warm-up.js'
import { record, runWindow, throwIfDead } from './windows.js'

/**
 * Every load of the scenario, one after the other, each in the draft as soon as it is complete. The main load comes first:
 * the target is warmed up by it, and measured on the same connections without a pause.
 *
 * @throws BakeoffError TARGET_DIED or SERVICE_DIED after the load in which it died was kept
 */
export async function runLoads(bench: Bench): Promise<void> {
  const { repetition, testbed } = bench
  const { job, draft, seed } = repetition
  const { scenario, run } = testbed
  const { rules } = run.plan
  const best: number[] = []
  const rateOf = () => medianOf([...job.earlier, Math.max(0, ...best)].filter((rate) => rate > 0)) ?? 0
  let isWarm = false
  for (const { load, index } of inOrder([...scenario.loads, ...job.curve])) {
    run.signal.throwIfAborted()
    if (load.kind === 'capacity') {
      await searchCapacity(bench, load, rateOf(), seed + index)
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
        if (decision.kind === 'measure' && !isWarm) repetition.step('load', 'load')
        return decision
      },
    )
    if (!isBatch && !isWarm) draft.warmUp = warmUpRecord(window, rules, scenario)
    isWarm = true
    // One that died before its window was opened has no figures.
    if (isBatch || settling.isOpen) {
      const done = record(bench, load, window)
      draft.loads.push(done)
      if (load.kind === 'closed') best.push(rightPerSecond(done.measurement))
    }
    await throwIfDead(bench, window)
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
