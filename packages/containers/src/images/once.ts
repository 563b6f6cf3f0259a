/** Asks once; an answer that failed is asked for again. */
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

/** What is being made: whoever asks for it meanwhile waits for the same. */
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
