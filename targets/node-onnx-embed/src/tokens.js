import { Tokenizer } from '@huggingface/tokenizers'

/** Ideographs beyond the first plane. */
const FAR_IDEOGRAPH = /[\u{20000}-\u{2a6df}\u{2a700}-\u{2b81f}\u{2b920}-\u{2ceaf}\u{2f800}-\u{2fa1f}]/gu

/** The model's tokenizer. */
export class Tokens {
  #tokenizer
  #longest

  /** @param definition what tokenizer.json says; its truncation is done here, which the library does not do */
  constructor(definition, config) {
    this.#longest = definition.truncation.max_length
    this.#tokenizer = new Tokenizer(definition, config)
  }

  /**
   * @returns `ids` with [CLS] and [SEP]: null when nothing is between them; `truncatedTo` how many were kept, null when all
   */
  encode(text) {
    const { ids } = this.#tokenizer.encode(asTheReferenceReadsIt(text))
    if (ids.length === 2) return { ids: null, truncatedTo: null }
    if (ids.length <= this.#longest) return { ids, truncatedTo: null }
    return { ids: [...ids.slice(0, this.#longest - 1), ids.at(-1)], truncatedTo: this.#longest }
  }
}

/**
 * Two things in which the library differs from the one it is a port of. It reads UTF-16 units, so an ideograph beyond the first plane is no
 * word of its own; and `toLowerCase` looks at a sigma's neighbours, where the original lowers each letter by itself.
 */
function asTheReferenceReadsIt(text) {
  return text.replaceAll('Σ', 'σ').replace(FAR_IDEOGRAPH, ' $& ')
}
