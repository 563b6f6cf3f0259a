import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import ort from 'onnxruntime-node'
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

  /** @returns `values`, 384 floats, null when the text has no tokens; `truncatedTo` tokens, null when all were read */
  async embed(text) {
    const { ids, truncatedTo } = this.#tokens.encode(text)
    if (!ids) return { values: null, truncatedTo }
    const shape = [1, ids.length]
    const { embedding } = await this.#session.run({
      input_ids: new ort.Tensor('int64', BigInt64Array.from(ids, BigInt), shape),
      attention_mask: new ort.Tensor('int64', new BigInt64Array(ids.length).fill(1n), shape),
    })
    return { values: embedding.data, truncatedTo }
  }
}
