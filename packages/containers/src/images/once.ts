/** Calls a function once and keeps its answer; after a failure the next caller tries again. */
export function once<T>(ask: () => Promise<T>): () => Promise<T> {
  let answer: Promise<T> | null = null
  return () => {
    answer ??= ask().catch((error: unknown) => {
      answer = null
      throw error
    })
    return answer
  }
}

/** Things that are being made: every caller that asks meanwhile waits for the same one. */
export class UnderWay {
  readonly #made = new Map<string, Promise<unknown>>()

  /** @param name always stands for a thing of the same type */
  share<T>(name: string, make: () => Promise<T>): Promise<T> {
    const existing = this.#made.get(name) as Promise<T> | undefined
    if (existing) return existing
    const made = make().finally(() => this.#made.delete(name))
    this.#made.set(name, made)
    return made
  }
}
