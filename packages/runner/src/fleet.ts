import { setMaxListeners } from 'node:events'
import { BakeoffError, type ErrorCode, type PlannedBench, toErrorRecord } from '@bakeoff/model'
import type { Run } from './run.js'

/** The benches of a run that are still in it. */
export class Fleet {
  readonly #run: Run
  readonly #benches: Map<string, PlannedBench>
  /** stops the others where one bench meets what ends the run */
  readonly #stop = new AbortController()
  readonly #signal: AbortSignal
  /** the loss of the last bench that left */
  #lost: unknown = null

  constructor(run: Run, benches: readonly PlannedBench[]) {
    this.#run = run
    this.#signal = AbortSignal.any([run.signal, this.#stop.signal])
    setMaxListeners(0, this.#signal) // what goes on on each bench listens; more than ten are no leak
    this.#benches = new Map(benches.map((bench) => [bench.id, bench]))
  }

  get benches(): PlannedBench[] {
    return [...this.#benches.values()]
  }

  has(bench: string): boolean {
    return this.#benches.has(bench)
  }

  /** Takes a bench that is not like the others out of the run. */
  leaveOut(bench: string, message: string): void {
    this.#leave(bench, 'odd', message)
  }

  /**
   * Does the same on each bench at once. One that is lost leaves the run; everything else that ends a run stops the others, and is thrown when they have
   * ended.
   *
   * @param onLeft called when a bench has left, or the others are to stop
   */
  async each(benches: readonly PlannedBench[], work: (run: Run) => Promise<void>, onLeft = () => {}): Promise<void> {
    let end: { readonly error: unknown } | null = null
    await Promise.all(
      benches.map(async (bench) => {
        const run = this.#run.onBench(bench, this.#signal)
        try {
          await work(run)
        } catch (error) {
          if (isOfBench(error, run)) {
            this.#lost = error
            this.#leave(bench.id, 'lost', `bench ${bench.id} leaves the run: ${toErrorRecord(error).message}`)
          } else {
            end ??= { error }
            this.#stop.abort(error)
          }
          onLeft()
        }
      }),
    )
    if (end !== null) throw (end as { readonly error: unknown }).error
    if (this.#benches.size === 0) throw this.#lost
  }

  #leave(bench: string, why: 'lost' | 'odd', message: string): void {
    this.#benches.delete(bench)
    this.#run.emit({ kind: 'bench-left', bench, why, message })
  }
}

/** The codes of errors that end a run of one bench, and say nothing about the others. A full disk may be that of the run's folder. */
const OF_BENCH: readonly ErrorCode[] = ['ENGINE_LOST', 'NO_ENGINE']

/** Whether an error says that a bench is lost, and not that the run ends. */
export function isOfBench(error: unknown, { signal }: Pick<Run, 'signal'>): boolean {
  return !signal.aborted && error instanceof BakeoffError && OF_BENCH.includes(error.code)
}
