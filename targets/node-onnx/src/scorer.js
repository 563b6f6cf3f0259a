import ort from 'onnxruntime-node'
import { ITEM_FEATURES, USER_FEATURES } from './features.js'
import { readReals } from './reals.js'

const FEATURES = USER_FEATURES + ITEM_FEATURES

/** The RankNet. A run blocks the event loop for 20 µs, which is less than any way around that would cost. */
export class Scorer {
  #session

  constructor(session) {
    this.#session = session
  }

  static async load(model) {
    // One thread: processes use the cores.
    return new Scorer(await ort.InferenceSession.create(model, { intraOpNumThreads: 1, interOpNumThreads: 1 }))
  }

  /** @returns one score an item (`[id, 24 features]`), between 0 and 1, in their order */
  async score(user, items) {
    const input = new Float32Array(items.length * FEATURES)
    readReals(user, input, 0, USER_FEATURES)
    items.forEach(([, features], i) => {
      if (i > 0) input.copyWithin(i * FEATURES, 0, USER_FEATURES)
      readReals(features, input, i * FEATURES + USER_FEATURES, ITEM_FEATURES)
    })
    const features = new ort.Tensor('float32', input, [items.length, FEATURES])
    const { score } = await this.#session.run({ features })
    return score.data
  }
}
