import { blockMs, earlierOf, entriesLeft, isAfterFirst, isHopeless, pickBlock, type Waiting } from '@bakeoff/core'
import type { Block } from '@bakeoff/model'
import { type Fleet, isOfBench } from './fleet.js'
import { entryOf } from './materials.js'
import type { Run } from './run.js'
import { type Course, measureBlock, tellStage } from './run-block.js'

/** Measures the waves of a fleet, and remembers which bench has begun what. */
export class FleetWaves {
  readonly #fleet: Fleet
  readonly #run: Run
  readonly #course: Course
  /** blocks that each bench has begun in this run, those from before it was resumed among them */
  readonly #begun: ReadonlyMap<string, Block[]>

  constructor(fleet: Fleet, run: Run, course: Course) {
    this.#fleet = fleet
    this.#run = run
    this.#course = course
    const { blocks } = run.plan
    this.#begun = new Map(
      fleet.benches.map(({ id }) => [id, blocks.filter((block) => this.#ownerOf(block) === id)] as const),
    )
  }

  /** Measures the blocks of a wave, each whole on one bench. A bench that must not take any yet waits until another takes or ends one. */
  async measure(wave: readonly Block[]): Promise<void> {
    const waiting = [...wave]
    const unfinished = new Set(wave.map(({ id }) => id))
    const idle = new Set<() => void>()
    const wake = () => {
      for (const each of idle) each()
      idle.clear()
    }
    await this.#fleet.each(
      this.#fleet.benches,
      async (run) => {
        const bench = run.bench.id
        while (unfinished.size > 0) {
          run.signal.throwIfAborted()
          const block = this.#pick(bench, waiting, unfinished)
          if (block === null) {
            if (idle.size + 1 >= this.#fleet.benches.length)
              throw new Error(`no bench takes any of ${[...unfinished].join(', ')}`)
            await new Promise<void>((resolve) => idle.add(resolve))
            continue
          }
          waiting.splice(waiting.indexOf(block), 1)
          this.#begun.get(bench)?.push(block)
          this.#takeBack(block, (from) => from !== bench) // of a bench that left, or of two: it is measured whole here
          wake()
          try {
            await this.#measureOn(run, block)
            unfinished.delete(block.id)
          } catch (error) {
            if (isOfBench(error, run)) {
              this.#takeBack(block, (from) => from === bench)
              waiting.push(block)
            }
            throw error
          } finally {
            wake()
          }
        }
      },
      wake,
    )
  }

  #pick(bench: string, blocks: readonly Block[], unfinished: ReadonlySet<string>): Block | null {
    const { plan } = this.#run
    const waiting = blocks.map(
      (block): Waiting => ({
        block,
        durationMs: blockMs(plan, block, plan.rules.warmUp.minMs),
        afterFirst: isAfterFirst(plan, block),
        owner: this.#ownerOf(block),
      }),
    )
    const begun = new Map([...this.#begun].filter(([id]) => this.#fleet.has(id)))
    return pickBlock(bench, { waiting, begun, unfinished })
  }

  async #measureOn(run: Run, block: Block): Promise<void> {
    const { plan } = run
    const course = this.#course
    const { begun } = earlierOf(course.before)
    const isOpen = () => true // asked for the whole wave
    const wanted = entriesLeft(plan, block, { known: course, begun, elapsedMs: course.measured.ms, isOpen })
    if (wanted.length === 0) return
    tellStage(run, block, 'measuring')
    const entries = wanted.map((id) => entryOf(plan, id))
    await measureBlock(run, course, block, entries)
    tellStage(run, block, 'over')
  }

  /**
   * What these benches measured of a block becomes earlier tries: the block is measured whole on another one. An entry that cannot be measured
   * is not tried again there.
   */
  #takeBack({ id }: Block, isTaken: (bench: string | null) => boolean): void {
    const { records, before } = this.#course
    const taken = records.filter((each) => each.block === id && isTaken(each.bench ?? null) && !isHopeless([each]))
    for (const record of taken) {
      records.splice(records.indexOf(record), 1)
      // It has the tries before it, with those that were taken back from a bench that was lost earlier.
      const earlier = before.findIndex((each) => each.block === id && each.entry === record.entry)
      if (earlier >= 0) before.splice(earlier, 1)
      before.push(record)
    }
  }

  /** The bench of this run that measured the latest part of the block; null: none has. */
  #ownerOf({ id }: Block): string | null {
    const benches = this.#course.records.flatMap(({ block, bench }) => (block === id && bench ? [bench] : []))
    return benches.findLast((bench) => this.#fleet.has(bench)) ?? null
  }
}
