import { paceOf, type WindowRules, warmth, windowLength } from '@bakeoff/core'
import type { LoadSlice, RunRules } from '@bakeoff/model'
import type { Decision } from './ports.js'

/** How long a load on a warm target fills its connections: this many mean response times … */
const SETTLE_RESPONSES = 3
/** … and for this long at least, and at most. */
const SETTLE_MS = 500
const LONGEST_SETTLE_MS = 15_000

const GO_ON: Decision = { kind: 'go-on' }

/** Decides whether the window may be opened, given the slices so far. */
export type Settled = (slices: readonly LoadSlice[]) => boolean

/** The rule for the first load of a repetition, which warms the target up until throughput is steady or the limit is reached. */
export function warmedUp(rules: RunRules, limitMs: number | null): Settled {
  const warmUp = warmUpRules(rules, limitMs)
  return (slices) =>
    isFilled(slices) && ((slices.at(-1)?.atMs ?? 0) >= warmUp.maxMs || warmth(settling(slices), warmUp).steady)
}

/** The slices that show the target: while connections are still being started, throughput rises by itself. */
export function settling(slices: readonly LoadSlice[]): LoadSlice[] {
  return slices.filter(({ ramping }) => !ramping)
}

/** The rules of a warm-up. The agent warms up at the same time, and a scenario may have a limit of its own. */
export function warmUpRules(rules: RunRules, limitMs: number | null): RunRules['warmUp'] {
  const minMs = Math.max(rules.warmUp.minMs, rules.agentWarmUpMs)
  return { ...rules.warmUp, minMs, maxMs: Math.max(minMs, limitMs ?? rules.warmUp.maxMs) }
}

/** The rule for every further load: the target is warm, so only the connections are filled. */
export const isFilled: Settled = (slices) => {
  const { atMs, ramping } = slices.at(-1) ?? { atMs: 0, ramping: true }
  if (ramping && atMs < LONGEST_SETTLE_MS) return false
  const { meanMs } = paceOf(slices)
  // Without any answer so far it waits for one, but not for ever.
  const neededMs = meanMs === null ? LONGEST_SETTLE_MS : Math.max(SETTLE_MS, SETTLE_RESPONSES * meanMs)
  return atMs >= Math.min(LONGEST_SETTLE_MS, neededMs)
}

/** Decides about one load: lets it settle, then opens a window that is long enough at the observed rate. */
export class Settling {
  readonly #settled: Settled
  readonly #rules: WindowRules
  readonly #slices: LoadSlice[] = []
  #isOpen = false

  constructor(settled: Settled, rules: WindowRules) {
    this.#settled = settled
    this.#rules = rules
  }

  /** the window was opened */
  get isOpen(): boolean {
    return this.#isOpen
  }

  decide(slice: LoadSlice): Decision {
    if (this.#isOpen) return GO_ON
    this.#slices.push(slice)
    if (!this.#settled(this.#slices)) return GO_ON
    this.#isOpen = true
    return { kind: 'measure', durationMs: windowLength(this.#rules, paceOf(this.#slices)) }
  }
}
