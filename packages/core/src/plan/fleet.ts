/**
 * How the blocks of a run are shared out among its benches. A block stays whole, on one bench; the repetitions of a scenario go to different
 * benches, since machines are what is counted (docs/method.md); what takes longest begins first.
 */
import {
  type Block,
  benchWords,
  kindOf,
  type Plan,
  type PlannedBench,
  type PlannedScenario,
  type PlannedSite,
} from '@bakeoff/model'
import { median } from '../stats/index.js'
import type { Course } from './adaptive.js'
import { type Earlier, entriesLeft } from './left.js'

/** A block that waits for a bench, and how long it will take. */
export interface Waiting {
  readonly block: Block
  readonly durationMs: number
  /** whether it waits for the first repetition of its scenario */
  readonly afterFirst: boolean
  /** the bench that began the block before a break, and finishes it, since a block stays whole; default: none has */
  readonly owner?: string | null
}

/** Whether a block needs the first repetition of its scenario: rates of later ones are shares of what closed loads reached in it. */
export function isAfterFirst(
  { scenarios }: { readonly scenarios: readonly Pick<PlannedScenario, 'id' | 'loads'>[] },
  { scenario, repetition }: Block,
): boolean {
  const loads = scenarios.find(({ id }) => id === scenario)?.loads ?? []
  return repetition > 1 && loads.some((load) => kindOf(load).best === 'gives')
}

/** The blocks by now: which wait, and which every bench has begun. */
export interface Assignment {
  readonly waiting: readonly Waiting[]
  /** blocks that were begun on each bench that is still there, those that go on among them */
  readonly begun: ReadonlyMap<string, readonly Block[]>
  /** ids of blocks that go on, or wait */
  readonly unfinished: ReadonlySet<string>
}

/**
 * The block that a free bench takes: one that it began before, else the longest of those that it may take, or null where it waits. The first
 * repetition of a scenario comes before others that take the rates of their loads from it. A scenario comes to a bench once more only when it
 * has been as often on every other.
 */
export function pickBlock(bench: string, { waiting, begun, unfinished }: Assignment): Block | null {
  const timesOn = (on: string, { scenario }: Block) =>
    (begun.get(on) ?? []).filter((block) => block.scenario === scenario).length
  const known = [...waiting.map(({ block }) => block), ...[...begun.values()].flat()]
  const isReady = ({ block, afterFirst }: Waiting) =>
    !afterFirst ||
    !known.some(({ id, scenario, repetition }) => scenario === block.scenario && repetition === 1 && unfinished.has(id))
  const isItsTurn = (block: Block) =>
    timesOn(bench, block) === Math.min(...[...begun.keys()].map((other) => timesOn(other, block)))
  const ready = waiting.filter(isReady)
  const own = ready.find(({ owner }) => owner === bench)
  if (own) return own.block
  const able = ready.filter(({ block, owner }) => owner == null && isItsTurn(block))
  const longest = able.reduce<Waiting | null>(
    (best, each) => (best === null || each.durationMs > best.durationMs ? each : best),
    null,
  )
  return longest?.block ?? null
}

/** Where and when a block is measured. */
export interface Placed {
  readonly block: Block
  readonly bench: string
  readonly fromMs: number
  readonly toMs: number
}

/** What comes of the blocks when each takes as long as it says. */
export function assignBlocks(blocks: readonly Waiting[], benches: readonly string[]): Placed[] {
  const waiting = [...blocks]
  const placed: Placed[] = []
  let nowMs = 0
  while (waiting.length > 0) {
    const running = new Set(placed.filter(({ toMs }) => toMs > nowMs).map(({ bench }) => bench))
    let free = benches.filter((bench) => !running.has(bench))
    for (let taken = ''; ; free = free.filter((bench) => bench !== taken)) {
      // What one takes may let another one have its turn that had to wait.
      const found = free.flatMap((bench) => {
        const block = pickBlock(bench, stateAt(nowMs, { waiting, placed, benches }))
        return block === null ? [] : [{ bench, block }]
      })[0]
      if (found === undefined) break
      taken = found.bench
      const index = waiting.findIndex(({ block }) => block === found.block)
      const [{ durationMs }] = waiting.splice(index, 1) as [Waiting]
      placed.push({ ...found, fromMs: nowMs, toMs: nowMs + durationMs })
    }
    const ends = placed.map(({ toMs }) => toMs).filter((toMs) => toMs > nowMs)
    if (ends.length === 0) break // no bench, or nothing that any may take
    nowMs = Math.min(...ends)
  }
  return placed
}

function stateAt(
  nowMs: number,
  {
    waiting,
    placed,
    benches,
  }: { readonly waiting: readonly Waiting[]; readonly placed: readonly Placed[]; readonly benches: readonly string[] },
): Assignment {
  const goesOn = placed.filter(({ toMs }) => toMs > nowMs)
  return {
    waiting,
    begun: new Map(
      benches.map((each) => [each, placed.filter(({ bench }) => bench === each).map(({ block }) => block)]),
    ),
    unfinished: new Set([...waiting, ...goesOn].map(({ block }) => block.id)),
  }
}

/**
 * The blocks of the next wave: all that are promised or were begun, and when those are done, of each scenario with an open decision as many more as
 * keep all benches busy. What is open is asked between waves only, so that it does not depend on which bench was done first.
 */
export function nextWave(plan: Plan, course: Course & Pick<Earlier, 'begun'>, benches: number): Block[] {
  const isPromised = ({ id, repetition }: Block) => repetition <= plan.rules.minRepetitions || course.begun.has(id)
  const isLeft = (block: Block) => entriesLeft(plan, block, course).length > 0
  const promised = plan.blocks.filter((block) => isPromised(block) && isLeft(block))
  if (promised.length > 0) return promised
  const open = plan.scenarios.flatMap(({ id }) => {
    const more = plan.blocks.filter((block) => block.scenario === id && !isPromised(block))
    const left = more.findIndex(isLeft)
    return left < 0 ? [] : [more.slice(left)]
  })
  const each = Math.ceil(benches / Math.max(1, open.length))
  return open.flatMap((blocks) => blocks.slice(0, each))
}

/** What a bench reached against the null server before anything was measured. */
export interface BenchRate {
  readonly bench: string
  readonly perSecond: number
}

export interface OddBench extends BenchRate {
  /** relative to the median of the others, −0.08 is 8 % less */
  readonly off: number
}

/**
 * The benches that are not like the others: the oddest one is taken out as long as it lies further from the median of the others than it may, and the
 * rest is compared anew. Two benches cannot tell which of them is odd, and are both kept.
 *
 * @param most the largest distance from the median of the others, relative
 */
export function oddBenches(rates: readonly BenchRate[], most: number): OddBench[] {
  const odd: OddBench[] = []
  let rest = [...rates]
  while (rest.length > 2) {
    const oddest = rest
      .map((each) => ({ ...each, off: each.perSecond / medianOfOthers(rest, each) - 1 }))
      .reduce((a, b) => (Math.abs(b.off) > Math.abs(a.off) ? b : a))
    if (Math.abs(oddest.off) <= most) break
    odd.push(oddest)
    rest = rest.filter(({ bench }) => bench !== oddest.bench)
  }
  return odd
}

function medianOfOthers(rates: readonly BenchRate[], { bench }: BenchRate): number {
  return median(rates.filter((each) => each.bench !== bench).map(({ perSecond }) => perSecond))
}

/**
 * The benches of a run that goes on with fewer of them, under the names of its plan: a machine that is lost need not come back. Null where there is
 * a bench that the plan does not have.
 */
export function benchesThatAreLeft(before: PlannedSite, now: PlannedSite): PlannedBench[] | null {
  const hasSameRoles = (one: PlannedBench, other: PlannedBench) => benchWords(one) === benchWords(other)
  const isKnown = (bench: PlannedBench) => before.benches.some((each) => hasSameRoles(each, bench))
  if (!now.benches.every(isKnown)) return null
  return before.benches.filter((bench) => now.benches.some((each) => hasSameRoles(each, bench)))
}
