import { createRandom, type Spellable, spellableOf } from '@bakeoff/core'
import type { RequestLine, Respell } from '@bakeoff/model'

/** The number of digits of white space, each of two bits, so that a body has 2^32 spellings. */
const DIGITS = 16
/** Space, tab, line feed and carriage return: what may stand between the parts of JSON. */
const SPACES = Buffer.from(' \t\n\r')
const FIRST_SPACE = SPACES[0] as number
const NEXT_SPACE = Buffer.alloc(256)
for (const [digit, space] of SPACES.entries()) NEXT_SPACE[space] = SPACES[(digit + 1) % SPACES.length] as number
/** The bit in which an upper-case letter differs from its lower-case one. */
const CASE = 0x20

/**
 * Spells bodies anew at every send, in the bytes that go over the wire: white space and the case of letters count on like the
 * digits of an odometer. So a send changes one or two bytes on average, and no body is ever sent twice as it stands. Where
 * the counting begins differs from load to load. All connections share the bytes: if one is still sending when the next
 * spelling is written, both mean the same.
 */
export class Speller {
  readonly #requests: readonly RequestLine[]
  readonly #places: readonly Spellable[]
  readonly #start: number
  readonly #seed: number
  #spellings: readonly Spelling[] = []

  /**
   * @param seed of the work
   * @param load another number for every load and process
   * @throws Error when a body cannot be spelled so; the parser of scenarios refuses those
   */
  constructor(requests: readonly RequestLine[], respell: Respell, seed: number, load: number) {
    this.#requests = requests
    this.#places = requests.map(({ body }) => {
      const places = spellableOf(body, respell)
      if (typeof places === 'string') throw new Error(places)
      return places
    })
    // Multiples of the golden ratio: however many loads there are, they begin far from each other.
    this.#start = (Math.imul(seed, 0x85ebca6b) + Math.imul(load, 0x9e3779b1)) >>> 0
    this.#seed = seed * 10007 + load
  }

  /** The requests with room for white space in their bodies, from which the wire bytes are built. */
  widened(): RequestLine[] {
    return this.#requests.map((request, index) => {
      const { spaceAt } = this.#places[index] as Spellable
      if (spaceAt === null) return request
      const body = Buffer.from(request.body as string)
      const room = Buffer.alloc(DIGITS, FIRST_SPACE)
      return { ...request, body: Buffer.concat([body.subarray(0, spaceAt), room, body.subarray(spaceAt)]).toString() }
    })
  }

  /**
   * Spells each request for the first time.
   *
   * @param wire the widened requests as bytes, which end with their bodies
   * @returns copies, which `next` changes
   */
  take(wire: readonly Buffer[]): Buffer[] {
    const random = createRandom(this.#seed)
    this.#spellings = wire.map((whole, index): Spelling => {
      const bytes = Buffer.from(whole)
      const { spaceAt, letters } = this.#places[index] as Spellable
      const width = spaceAt === null ? 0 : DIGITS
      const bodyAt = bytes.length - Buffer.byteLength((this.#requests[index] as RequestLine).body as string) - width
      const spacesAt = bodyAt + (spaceAt ?? 0)
      for (let digit = 0; digit < width; digit++)
        bytes[spacesAt + digit] = SPACES[(this.#start >>> (2 * digit)) & 3] as number
      // Letters stand behind the first bracket, and so behind the white space.
      const lettersAt = Int32Array.from(letters, (at) => bodyAt + width + at)
      for (const at of lettersAt) if (random.next() < 0.5) bytes[at] = (bytes[at] as number) ^ CASE
      return { bytes, spacesAt, width, lettersAt }
    })
    return this.#spellings.map(({ bytes }) => bytes)
  }

  /** Spells the body of a request in the next way. */
  next(index: number): void {
    const { bytes, spacesAt, width, lettersAt } = this.#spellings[index] as Spelling
    for (let at = spacesAt; at < spacesAt + width; at++) {
      const next = NEXT_SPACE[bytes[at] as number] as number
      bytes[at] = next
      if (next !== FIRST_SPACE) break
    }
    for (let index = 0; index < lettersAt.length; index++) {
      const at = lettersAt[index] as number
      const next = (bytes[at] as number) ^ CASE
      bytes[at] = next
      if ((next & CASE) === 0) break
    }
  }
}

/** The bytes of a request, and the places of its digits, the lowest first. */
interface Spelling {
  readonly bytes: Buffer
  readonly spacesAt: number
  readonly width: number
  readonly lettersAt: Int32Array
}
