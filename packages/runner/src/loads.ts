import { mainLoadOf, medianOf, rightPerSecond, windowRulesOf } from '@bakeoff/core'
import { kindOf, type LoadSpec, loadIdOf } from '@bakeoff/model'
import { searchCapacity } from './capacity.js'
import type { ReadyTestbed } from './repetition.js'
import { isFilled, type Settled, Settling, warmedUp } from './settle.js'
import { warmUpRecordOf } from './warm-up.js'
import { loadRecordOf, runWindow, throwIfDead } from './windows.js'

/**
 * Runs every load of the scenario, one after the other, and puts each into the draft as soon as it is complete. The main load comes first:
 * it warms the target up, and the target is measured on the same connections without a pause.
 *
 * @throws BakeoffError TARGET_DIED or SERVICE_DIED after the load in which it died was kept
 */
export async function runLoads(ready: ReadyTestbed): Promise<void> {
  const { repetition, testbed } = ready
  const { job, draft, seed } = repetition
  const { scenario, run } = testbed
  const { rules } = run.plan
  const best: number[] = []
  const rateOf = () => medianOf([...job.earlier, Math.max(0, ...best)].filter((rate) => rate > 0)) ?? 0
  let isWarm = false
  for (const { load, index } of inOrder([...scenario.loads, ...job.curve])) {
    run.signal.throwIfAborted()
    const kind = kindOf(load)
    if (kind.windows === 'several') {
      await searchCapacity(ready, load, rateOf(), seed + index)
      continue
    }
    const order = kind.toOrder(load, { best: rateOf(), seed: seed + index })
    const settled: Settled = isWarm ? isFilled : warmedUp(rules, scenario.warmUpLimitMs ?? null)
    const settling = new Settling(settled, windowRulesOf(rules, scenario, loadIdOf(load)))
    const endsItself = kind.windows === 'none'
    const window = await runWindow(
      ready,
      () => (isWarm || settling.isOpen ? loadIdOf(load) : 'warm-up'),
      order,
      (slice) => {
        if (endsItself) return { kind: 'go-on' }
        const decision = settling.decide(slice)
        if (decision.kind === 'measure' && !isWarm) repetition.step('load', 'load')
        return decision
      },
    )
    if (!endsItself && !isWarm) draft.warmUp = warmUpRecordOf(window, rules, scenario)
    isWarm = true
    // A target that died before its window was opened has no figures.
    if (endsItself || settling.isOpen) {
      const done = loadRecordOf(ready, load, window)
      draft.loads.push(done)
      if (kind.best === 'gives') best.push(rightPerSecond(done.measurement))
    }
    await throwIfDead(ready, window)
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
