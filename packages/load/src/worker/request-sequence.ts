import { createRandom } from '@bakeoff/core'

/**
 * The order in which a share of the corpus is asked for: one seeded permutation after another. It goes on from load to
 * load, so that every target meets the same mean cost of a request even if it answers few, and none is asked
 * for the same texts at the beginning of every window.
 */
export class JobSequence {
  readonly #jobs: readonly number[]
  readonly #seed: number
  #pass = 0
  #order: readonly number[]
  #next = 0

  /** @param jobs indices into the corpus, at least one */
  constructor(jobs: readonly number[], seed: number) {
    this.#jobs = jobs
    this.#seed = seed
    this.#order = this.#permutation()
  }

  next(): number {
    if (this.#next === this.#order.length) {
      this.#order = this.#permutation()
      this.#next = 0
    }
    return this.#order[this.#next++] as number
  }

  #permutation(): readonly number[] {
    if (this.#jobs.length === 1) return this.#jobs
    return createRandom(this.#seed * 7919 + this.#pass++).shuffle(this.#jobs)
  }
}

/** Every `count`-th job of a corpus from `index` on, the part that one of several processes asks for. The whole corpus where it has fewer jobs. */
export function shareOf(jobs: number, index: number, count: number): number[] {
  const own = Array.from({ length: jobs }, (_, job) => job).filter((job) => job % count === index)
  return own.length > 0 ? own : Array.from({ length: jobs }, (_, job) => job)
}
