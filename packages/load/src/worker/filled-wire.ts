import { contentTypeOf, type Place, placeOfBody, templateOf } from '@bakeoff/core'
import type { RequestLine } from '@bakeoff/model'

/**
 * The bytes of a request with places for values, as a text in which every character is a byte. A text is joined, and copied by
 * the kernel call that sends it, in less time than a buffer is made for; and no connection shares it with another.
 */
export class FilledWire {
  /** up to the number of its Content-Length, or up to the body where the body has always the same length */
  readonly #head: Pieces
  /** from there to the body; null: the length stays */
  readonly #rest: Pieces | null
  readonly #body: Pieces

  /**
   * @param wire    the request with its placeholders, as it would be sent
   * @param placeOf of a key among all values
   * @param isPlain whether the values of a key are written as they are wherever they stand, as numbers are
   */
  constructor(wire: Buffer, request: RequestLine, placeOf: (key: string) => number, isPlain: (key: string) => boolean) {
    const text = wire.toString('latin1')
    const bodyAt = text.indexOf('\r\n\r\n') + 4
    const lineEnd = text.indexOf('\r\n')
    const pieces = (part: string, place: Place) => piecesOf(part, place, placeOf, isPlain)
    const body = text.slice(bodyAt)
    this.#body = pieces(body, placeOfBody(body, contentTypeOf(request)))
    const line = pieces(text.slice(0, lineEnd), 'path')
    const fields = text.slice(lineEnd, bodyAt)
    const length = /\r\ncontent-length: *(?=\d)/i.exec(fields)
    if (this.#body.slots.length === 0 || length === null) {
      this.#head = joined(line, pieces(fields, 'header'))
      this.#rest = null
    } else {
      const from = length.index + length[0].length
      this.#head = joined(line, pieces(fields.slice(0, from), 'header'))
      this.#rest = pieces(fields.slice(from).replace(/^\d+/, ''), 'header')
    }
  }

  /** whether anything is filled in */
  get hasSlots(): boolean {
    return this.#head.slots.length + (this.#rest?.slots.length ?? 0) + this.#body.slots.length > 0
  }

  /** @param values by their places */
  fill(values: readonly string[]): string {
    const body = fillPieces(this.#body, values)
    const head = fillPieces(this.#head, values)
    return this.#rest === null ? head + body : head + body.length + fillPieces(this.#rest, values) + body
  }
}

/** Fixed parts and slots in turn; one more part than slots. */
interface Pieces {
  readonly fixed: readonly string[]
  readonly slots: readonly {
    readonly place: number
    /** null: as it is */
    readonly write: ((value: string) => string) | null
  }[]
}

function piecesOf(
  text: string,
  place: Place,
  placeOf: (key: string) => number,
  isPlain: (key: string) => boolean,
): Pieces {
  const { fixed, slots } = templateOf(text, place)
  return {
    fixed,
    slots: slots.map(({ key, write }) => ({
      place: placeOf(key),
      write: isPlain(key) ? null : (value) => inBytes(write(value)),
    })),
  }
}

function joined(one: Pieces, other: Pieces): Pieces {
  const between = `${one.fixed.at(-1) as string}${other.fixed[0] as string}`
  return {
    fixed: [...one.fixed.slice(0, -1), between, ...other.fixed.slice(1)],
    slots: [...one.slots, ...other.slots],
  }
}

function fillPieces({ fixed, slots }: Pieces, values: readonly string[]): string {
  let text = fixed[0] as string
  for (let index = 0; index < slots.length; index++) {
    const { place, write } = slots[index] as Pieces['slots'][number]
    const value = values[place] as string
    text += (write === null ? value : write(value)) + (fixed[index + 1] as string)
  }
  return text
}

/** The UTF-8 of a text, a character for each byte. */
function inBytes(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: all of ASCII
  return /^[\u0000-\u007f]*$/.test(text) ? text : Buffer.from(text).toString('latin1')
}
