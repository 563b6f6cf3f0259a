/**
 * How the blocks of a run are shared out among its benches. A block stays whole, on one bench; the repetitions of a scenario go to different
 * benches, since machines are what is counted (docs/method.md); what takes longest begins first.
 */
import type { Block, Plan } from '@bakeoff/model'
import { median } from '../stats/index.js'
import type { Course } from './adaptive.js'
import { type Earlier, entriesLeft } from './left.js'

/** A block that waits for a bench, and how long it will take. */
export interface Waiting {
  readonly block: Block
  readonly durationMs: number
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
 * The block that a free bench takes: the longest of those that it may take, or null where it waits. The first repetition of a scenario comes
 * before its others, which take the rates of their loads from it. A scenario comes to a bench once more only when it has been as often on
 * every other.
 */
export function pickBlock(bench: string, { waiting, begun, unfinished }: Assignment): Block | null {
  const timesOn = (on: string, { scenario }: Block) =>
    (begun.get(on) ?? []).filter((block) => block.scenario === scenario).length
  const mayTake = (block: Block) => {
    const isFirst = block.repetition === 1
    const hasFirst = ![...waiting.map(({ block: other }) => other), ...[...begun.values()].flat()].some(
      (other) => other.scenario === block.scenario && other.repetition === 1 && unfinished.has(other.id),
    )
    const least = Math.min(...[...begun.keys()].map((other) => timesOn(other, block)))
    return (isFirst || hasFirst) && timesOn(bench, block) === least
  }
  const able = waiting.filter(({ block }) => mayTake(block))
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
    const running = placed.filter(({ toMs }) => toMs > nowMs)
    for (const bench of benches) {
      if (running.some((each) => each.bench === bench)) continue
      const begun = new Map(
        benches.map((each) => [each, placed.filter((one) => one.bench === each).map(({ block }) => block)]),
      )
      const unfinished = new Set([
        ...waiting.map(({ block }) => block.id),
        ...placed.filter(({ toMs }) => toMs > nowMs).map(({ block }) => block.id),
      ])
      const block = pickBlock(bench, { waiting, begun, unfinished })
      if (block === null) continue
      const index = waiting.findIndex((each) => each.block === block)
      const [{ durationMs }] = waiting.splice(index, 1) as [Waiting]
      placed.push({ block, bench, fromMs: nowMs, toMs: nowMs + durationMs })
    }
    const ends = placed.map(({ toMs }) => toMs).filter((toMs) => toMs > nowMs)
    if (ends.length === 0) break // no bench, or nothing that any may take
    nowMs = Math.min(...ends)
  }
  return placed
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
  const each = Math.max(1, Math.floor(benches / Math.max(1, open.length)))
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
