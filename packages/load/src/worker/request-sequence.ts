import { createRandom } from '@bakeoff/core'

/**
 * The order in which a share of the corpus is asked for: one seeded permutation after another. It goes on from load to
 * load, so that every target meets the same mean cost of a request even if it answers few, and none is asked
 * for the same texts at the beginning of every window.
 */
export class RequestSequence {
  readonly #requests: readonly number[]
  readonly #seed: number
  #pass = 0
  #shuffled: readonly number[]
  #next = 0

  /** @param requests indices into the corpus, at least one */
  constructor(requests: readonly number[], seed: number) {
    this.#requests = requests
    this.#seed = seed
    this.#shuffled = this.#permutation()
  }

  next(): number {
    if (this.#next === this.#shuffled.length) {
      this.#shuffled = this.#permutation()
      this.#next = 0
    }
    return this.#shuffled[this.#next++] as number
  }

  #permutation(): readonly number[] {
    if (this.#requests.length === 1) return this.#requests
    return createRandom(this.#seed * 7919 + this.#pass++).shuffle(this.#requests)
  }
}

/** Every `count`-th request of a corpus from `index` on, the part that one of several processes asks for. The whole corpus where it has fewer requests. */
export function shareOf(requests: number, index: number, count: number): number[] {
  const own = Array.from({ length: requests }, (_, request) => request).filter((request) => request % count === index)
  return own.length > 0 ? own : Array.from({ length: requests }, (_, request) => request)
}
