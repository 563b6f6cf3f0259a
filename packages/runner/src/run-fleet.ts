import {
  blockMs,
  earlierOf,
  entriesLeft,
  mainConnections,
  nextWave,
  oddBenches,
  pickBlock,
  thresholds,
  type Waiting,
} from '@bakeoff/core'
import {
  BakeoffError,
  type Block,
  benchesOf,
  type ErrorCode,
  formatShare,
  type PlannedBench,
  toErrorRecord,
} from '@bakeoff/model'
import { tryBoundary } from './boundary.js'
import { requestsOf } from './build-images.js'
import { entryOf } from './materials.js'
import type { Run } from './run.js'
import { addCanary, type Course, measureBlock, tellStage } from './run-block.js'
import type { ImageSource } from './stage-images.js'

/**
 * Runs a plan on several benches that measure side by side, wave after wave: first all that is promised, then what is open, which is asked between waves.
 * The images of a wave are there on every host before it begins, since nothing is built while something is measured. A bench that is lost leaves the run, and its block is
 * measured whole on another one; the run ends when none is left.
 *
 * @throws the error that ended the run: what stops it, a bug, or the loss of the last bench
 */
export async function runFleet(run: Run, course: Course, source: ImageSource): Promise<void> {
  const { plan, materials, signal, isOpen } = run
  const { begun } = earlierOf(course.before)
  const fleet = new Fleet(run, course)
  let isCompared = false
  for (;;) {
    const open = { known: course, begun, elapsedMs: course.measured.ms, isOpen }
    const wave = nextWave(plan, open, fleet.benches.length)
    if (wave.length === 0) return
    signal.throwIfAborted()
    const left = wave.flatMap((block) => entriesLeft(plan, block, { ...open, isOpen: () => true }))
    const entries = [...new Set(left)].map((id) => entryOf(plan, id))
    const missing = run.images.missing(requestsOf(plan, materials, entries))
    tellStage(run, wave[0] as Block, 'building', missing.length)
    if (missing.length > 0) run.images.add(await source(missing))
    course.measured.start()
    if (!isCompared) await fleet.compare()
    isCompared = true
    await fleet.measure(wave)
    course.measured.stop()
  }
}

/** The name under which the canaries stand that compare the benches before anything is measured. */
const COMPARED = 'benches'

/** The benches of a run that are still in it. */
class Fleet {
  readonly #run: Run
  readonly #course: Course
  readonly #benches: Map<string, PlannedBench>
  /** blocks that each of them has begun in this run */
  readonly #begun: Map<string, Block[]>
  /** stops the others where one bench meets what ends the run */
  readonly #stop = new AbortController()
  readonly #signal: AbortSignal
  /** the loss of the last bench that left */
  #lost: unknown = null

  constructor(run: Run, course: Course) {
    const benches = benchesOf(run.plan)
    this.#run = run
    this.#signal = AbortSignal.any([run.signal, this.#stop.signal])
    this.#course = course
    this.#benches = new Map(benches.map((bench) => [bench.id, bench]))
    this.#begun = new Map(benches.map(({ id }) => [id, this.#begunBefore(id)]))
  }

  get benches(): PlannedBench[] {
    return [...this.#benches.values()]
  }

  /**
   * Tries each bench: whether a target can reach its machine, and what the null server reaches there. A bench that is not like the others is left out and
   * named. One that looks odd is asked once more, since chance comes in moments and a slow machine stays slow.
   */
  async compare(): Promise<void> {
    const ask = async (benches: readonly PlannedBench[], asked: number) => {
      const scenario = this.#run.plan.scenarios[0]!.id
      const block = { id: `${COMPARED}#${asked}`, scenario, repetition: asked, order: [] }
      await this.#each(benches, async (run) => {
        if (asked === 1) await tryBoundary(run)
        await addCanary(run, this.#course, block)
      })
    }
    await ask(this.benches, 1)
    const most = this.#run.plan.site?.tolerance ?? thresholds.oddBench
    const suspects = oddBenches(this.#rates(), most).map(({ bench }) => this.#benches.get(bench)!)
    if (suspects.length === 0) return
    await ask(
      suspects.filter(({ id }) => this.#benches.has(id)),
      2,
    )
    for (const { bench, off } of oddBenches(this.#rates(), most)) {
      this.#leave(bench)
      this.#warn(
        `bench ${bench} is left out: its null server reached ${formatShare(Math.abs(off))} ${off < 0 ? 'less' : 'more'} than the median of the others, and benches must be alike within ${formatShare(most)}`,
      )
    }
  }

  /** Measures the blocks of a wave, each whole on one bench. */
  async measure(wave: readonly Block[]): Promise<void> {
    const { plan } = this.#run
    const waiting: Waiting[] = wave.map((block) => ({
      block,
      durationMs: blockMs(plan, block, plan.rules.warmUp.minMs),
    }))
    const unfinished = new Set(wave.map(({ id }) => id))
    const woken = new Set<() => void>()
    const wake = () => {
      for (const each of woken) each()
      woken.clear()
    }
    await this.#each(
      this.benches,
      async (run) => {
        const bench = run.bench.id
        while (unfinished.size > 0 && this.#benches.has(bench)) {
          run.signal.throwIfAborted()
          const block = this.#pick(bench, waiting, unfinished)
          if (block === null) {
            await new Promise<void>((resolve) => woken.add(resolve))
            continue
          }
          waiting.splice(
            waiting.findIndex((each) => each.block === block),
            1,
          )
          this.#begun.get(bench)!.push(block)
          try {
            await this.#measureOn(run, block)
            unfinished.delete(block.id)
          } catch (error) {
            if (isOfBench(error, run)) {
              this.#takeBack(bench, block)
              waiting.push({ block, durationMs: blockMs(plan, block, plan.rules.warmUp.minMs) })
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

  /** A block that was begun on this bench before the run was resumed comes first: it stays whole there. */
  #pick(bench: string, waiting: readonly Waiting[], unfinished: ReadonlySet<string>): Block | null {
    const ownerOf = (block: Block) => this.#ownerOf(block)
    const own = waiting.find(({ block }) => ownerOf(block) === bench)
    if (own) return own.block
    const free = waiting.filter(({ block }) => ownerOf(block) === null)
    return pickBlock(bench, { waiting: free, begun: this.#begun, unfinished })
  }

  async #measureOn(run: Run, block: Block): Promise<void> {
    const { plan } = run
    const course = this.#course
    const { begun } = earlierOf(course.before)
    const isOpen = () => true // asked for the whole wave
    const wanted = entriesLeft(plan, block, { known: course, begun, elapsedMs: course.measured.ms, isOpen })
    if (wanted.length === 0) return
    tellStage(run, block, 'measuring')
    await measureBlock(
      run,
      course,
      block,
      wanted.map((id) => entryOf(plan, id)),
    )
    tellStage(run, block, 'over')
  }

  /**
   * Does the same on each bench at once. One that is lost leaves the run; everything else that ends a run stops the others, and is thrown when they have
   * ended.
   */
  async #each(benches: readonly PlannedBench[], work: (run: Run) => Promise<void>, onLeft = () => {}): Promise<void> {
    let end: { readonly error: unknown } | null = null
    await Promise.all(
      benches.map(async (bench) => {
        const run = this.#run.onBench(bench, this.#signal)
        try {
          await work(run)
        } catch (error) {
          if (!isOfBench(error, run)) {
            end ??= { error }
            this.#stop.abort(error)
            onLeft()
            return
          }
          this.#lost = error
          this.#leave(bench.id)
          onLeft()
          this.#warn(`bench ${bench.id} leaves the run: ${toErrorRecord(error).message}`)
        }
      }),
    )
    if (end !== null) throw (end as { readonly error: unknown }).error
    if (this.#benches.size === 0) throw this.#lost
  }

  /** What a lost bench measured of a block is kept as an earlier try: the block is run whole elsewhere. */
  #takeBack(bench: string, { id }: Block): void {
    const { records, before } = this.#course
    for (const record of records.filter((each) => each.block === id && each.bench === bench)) {
      records.splice(records.indexOf(record), 1)
      before.push(record)
    }
  }

  #leave(bench: string): void {
    this.#benches.delete(bench)
    this.#begun.delete(bench)
  }

  /** What each bench reached when it was asked last, under the connections by which the scenario is ranked. */
  #rates(): { bench: string; perSecond: number }[] {
    const connections = mainConnections(this.#run.plan.scenarios[0]!)
    return [...this.#benches.keys()].flatMap((bench) => {
      const last = this.#course.calibrations.findLast(
        (each) => each.bench === bench && each.block?.startsWith(COMPARED) && each.connections === connections,
      )
      return last ? [{ bench, perSecond: last.best ?? last.throughput }] : []
    })
  }

  #warn(message: string): void {
    this.#run.emit({ kind: 'note', level: 'warning', message })
  }

  /** The blocks of which this bench measured something before the run was resumed. */
  #begunBefore(bench: string): Block[] {
    return this.#run.plan.blocks.filter((block) => this.#ownerOf(block) === bench)
  }

  /** The bench of this run that has measured a part of the block; null: none has. */
  #ownerOf({ id }: Block): string | null {
    const record = this.#course.records.find(({ block }) => block === id)
    const owner = record?.bench ?? null
    return owner !== null && this.#benches.has(owner) ? owner : null
  }
}

/** The codes of errors that end a run of one bench, and say nothing about the others. A full disk may be that of the run's folder. */
const OF_BENCH: readonly ErrorCode[] = ['ENGINE_LOST', 'NO_ENGINE']

/** Whether an error says that this bench is lost, and not that the run ends. */
function isOfBench(error: unknown, { signal }: Run): boolean {
  return !signal.aborted && error instanceof BakeoffError && OF_BENCH.includes(error.code)
}
