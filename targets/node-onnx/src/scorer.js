import ort from 'onnxruntime-node'

const USER_FEATURES = 16
const ITEM_FEATURES = 24
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
    items.forEach(([, features], i) => {
      input.set(user, i * FEATURES)
      input.set(features, i * FEATURES + USER_FEATURES)
    })
    const features = new ort.Tensor('float32', input, [items.length, FEATURES])
    const { score } = await this.#session.run({ features })
    return score.data
  }
}
