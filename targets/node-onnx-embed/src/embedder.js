import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import ort from 'onnxruntime-node'
import { runsOf } from './runs.js'
import { Tokens } from './tokens.js'

/** all-MiniLM-L6-v2. Pooling and normalisation are in the graph. */
export class Embedder {
  #tokens
  #session

  constructor(tokens, session) {
    this.#tokens = tokens
    this.#session = session
  }

  static async load(folder) {
    const json = (file) => JSON.parse(readFileSync(join(folder, file), 'utf8'))
    const tokens = new Tokens(json('tokenizer.json'), json('tokenizer_config.json'))
    // One thread: there is an embedder for every core.
    const options = { intraOpNumThreads: 1, interOpNumThreads: 1 }
    return new Embedder(tokens, await ort.InferenceSession.create(join(folder, 'model.onnx'), options))
  }

  /**
   * @returns for each text, in order, `values`: 384 floats, null when it has no tokens; `truncatedTo` tokens, null when all
   *          were read
   */
  async embed(texts) {
    const encoded = texts.map((text) => this.#tokens.encode(text))
    const embeddings = encoded.map(({ truncatedTo }) => ({ values: null, truncatedTo }))
    for (const run of runsOf(encoded.map(({ ids }) => ids?.length ?? 0))) {
      const rows = await this.#run(run.map((index) => encoded[index].ids))
      for (const [row, index] of run.entries()) embeddings[index].values = rows[row]
    }
    return embeddings
  }

  async #run(texts) {
    const longest = texts.at(-1).length // by length, as runsOf gives them
    const shape = [texts.length, longest]
    const ids = new BigInt64Array(texts.length * longest)
    const mask = new BigInt64Array(texts.length * longest)
    // A BigInt for each token would be made only to be taken apart: the low halves are written, the high ones stay zero.
    const idsLow = new Int32Array(ids.buffer)
    const maskLow = new Int32Array(mask.buffer)
    for (const [row, text] of texts.entries()) {
      for (let column = 0; column < text.length; column++) {
        const at = 2 * (row * longest + column)
        idsLow[at] = text[column]
        maskLow[at] = 1
      }
    }
    const { embedding } = await this.#session.run({
      input_ids: new ort.Tensor('int64', ids, shape),
      attention_mask: new ort.Tensor('int64', mask, shape),
    })
    const width = embedding.data.length / texts.length
    return texts.map((_, row) => embedding.data.subarray(row * width, (row + 1) * width))
  }
}
