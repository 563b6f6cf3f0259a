/**
 * Computes together what waits together. An embedder works on one batch at a time, and what arrives meanwhile is the next one: no text
 * waits for a batch to fill, a single one goes at once, and batches grow with the load.
 */
export class Batcher {
  /** embedders without work */
  #idle
  /** texts without an embedder, the oldest first */
  #waiting = []
  #batchSize

  /** @param embedders each with `embed(texts)`, which resolves to one embedding a text */
  constructor(embedders, batchSize) {
    this.#idle = [...embedders]
    this.#batchSize = batchSize
  }

  /** @returns what Embedder.embed has for the text */
  embed(text) {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ text, resolve, reject })
      const embedder = this.#idle.pop()
      if (embedder) this.#work(embedder)
    })
  }

  async #work(embedder) {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, this.#batchSize)
      try {
        const embeddings = await embedder.embed(batch.map(({ text }) => text))
        for (const [index, { resolve }] of batch.entries()) resolve(embeddings[index])
      } catch (error) {
        // Whatever it is belongs to those who wait, not to the next batch.
        for (const { reject } of batch) reject(error)
      }
    }
    this.#idle.push(embedder)
  }
}
