import { paceOf, type WindowRules, warmth, windowLength } from '@bakeoff/core'
import type { LoadSlice, RunRules } from '@bakeoff/model'
import type { Decision } from './ports.js'

/** A load that was warmed up before still has to fill its connections: for so many mean response times … */
const SETTLE_RESPONSES = 3
/** … and for this long at least, and at most. */
const SETTLE_MS = 500
const LONGEST_SETTLE_MS = 15_000

const GO_ON: Decision = { kind: 'go-on' }

/** Whether the window may be opened, given the slices so far. */
export type Settled = (slices: readonly LoadSlice[]) => boolean

/** The first load of a repetition warms the target up: until throughput is steady, or the limit is reached. */
export function warmedUp(rules: RunRules, limitMs: number | null): Settled {
  const warmUp = warmUpRules(rules, limitMs)
  return (slices) =>
    isFilled(slices) && ((slices.at(-1)?.atMs ?? 0) >= warmUp.maxMs || warmth(settling(slices), warmUp).steady)
}

/** What tells of the target: while connections are still being started, throughput rises by itself. */
export function settling(slices: readonly LoadSlice[]): LoadSlice[] {
  return slices.filter(({ ramping }) => !ramping)
}

/** The rules of a warm-up: the agent warms up in it as well, and a scenario may have a limit of its own. */
export function warmUpRules(rules: RunRules, limitMs: number | null): RunRules['warmUp'] {
  const minMs = Math.max(rules.warmUp.minMs, rules.agentWarmUpMs)
  return { ...rules.warmUp, minMs, maxMs: Math.max(minMs, limitMs ?? rules.warmUp.maxMs) }
}

/** Every further load works on a warm target: its connections are filled, and that is all. */
export const isFilled: Settled = (slices) => {
  const { atMs, ramping } = slices.at(-1) ?? { atMs: 0, ramping: true }
  if (ramping && atMs < LONGEST_SETTLE_MS) return false
  const { meanMs } = paceOf(slices)
  // Without any answer so far it is waited for, but not for ever.
  const neededMs = meanMs === null ? LONGEST_SETTLE_MS : Math.max(SETTLE_MS, SETTLE_RESPONSES * meanMs)
  return atMs >= Math.min(LONGEST_SETTLE_MS, neededMs)
}

/** Decides over one load: lets it settle, then opens a window that is long enough for the pace that was seen. */
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
