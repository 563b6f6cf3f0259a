/**
 * Bytes as text of 91 characters, 13 or 14 bits in two of them (basE91, Joachim Henke): an eighth shorter than base64. The characters are
 * those of ASCII that can be seen, and the space, without the four that a script element or a JSON string would have to escape.
 */
const CHARACTERS = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index)).filter(
  (character) => !'"&<\\'.includes(character),
)
const BASE = CHARACTERS.length

export function toBase91(bytes: Uint8Array): string {
  const parts: string[] = []
  let [bits, count] = [0, 0]
  for (const byte of bytes) {
    bits |= byte << count
    count += 8
    if (count <= 13) continue
    const size = (bits & MOST_13) > SPARE ? 13 : 14
    const value = bits & ((1 << size) - 1)
    parts.push(pair(value))
    bits >>>= size
    count -= size
  }
  if (count > 0) parts.push(count > 7 || bits >= BASE ? pair(bits) : (CHARACTERS[bits] as string))
  return parts.join('')
}

export function fromBase91(text: string): Uint8Array<ArrayBuffer> {
  const reader = new Base91Reader(text)
  reader.read(text.length)
  return reader.bytes()
}

/** Reads a text piece by piece, so that a page can do something else in between: a million characters take a slow processor half a second. */
export class Base91Reader {
  readonly #bytes: Uint8Array<ArrayBuffer>
  #index = 0
  #length = 0
  #bits = 0
  #count = 0

  constructor(readonly text: string) {
    this.#bytes = new Uint8Array(Math.ceil((text.length * 14) / 16))
  }

  /** Reads so many characters. The loop works on variables of its own, which is several times as fast as on members. @returns whether all are read */
  read(most: number): boolean {
    const { text } = this
    const bytes = this.#bytes
    const end = Math.min(text.length, this.#index + most + (most % 2))
    let [index, length, bits, count] = [this.#index, this.#length, this.#bits, this.#count]
    for (; index + 1 < end; index += 2) {
      const value = (VALUES[text.charCodeAt(index)] ?? 0) + (VALUES[text.charCodeAt(index + 1)] ?? 0) * BASE
      bits |= value << count
      count += (value & MOST_13) > SPARE ? 13 : 14
      while (count > 7) {
        bytes[length] = bits & 255
        length += 1
        bits >>>= 8
        count -= 8
      }
    }
    if (index === text.length - 1) {
      bits |= (VALUES[text.charCodeAt(index)] ?? 0) << count
      bytes[length] = bits & 255
      length += 1
      index += 1
    }
    this.#index = index
    this.#length = length
    this.#bits = bits
    this.#count = count
    return index >= text.length
  }

  /** The bytes that are read by now. */
  bytes(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.#length)
  }
}

const MOST_13 = (1 << 13) - 1
/** Two characters tell this many more values than 13 bits do: so many values take 14 bits. */
const SPARE = BASE * BASE - (1 << 13) - 1

function pair(value: number): string {
  return `${CHARACTERS[value % BASE]}${CHARACTERS[Math.floor(value / BASE)]}`
}

const VALUES = new Uint8Array(128)
for (const [value, character] of CHARACTERS.entries()) VALUES[character.charCodeAt(0)] = value
