import type { Respell } from '@bakeoff/model'

/** The places where a JSON body can be spelled differently without a change of meaning: offsets in its UTF-8 bytes. */
export interface Spellable {
  /** the place for white space, just after the first bracket; null when none is wanted */
  readonly spaceAt: number | null
  /** ASCII letters whose case may be changed */
  readonly letters: readonly number[]
}

const QUOTE = 0x22
const COMMA = 0x2c
const LOWER_U = 0x75
const BACKSLASH = 0x5c
const OPENING: readonly number[] = [0x7b, 0x5b]
const CLOSING: readonly number[] = [0x7d, 0x5d]
const SQUARE_OPEN = 0x5b
const SQUARE_CLOSE = 0x5d

/**
 * Finds the places where a body can be spelled differently. Letters within square brackets keep their case: to tokenizers `[SEP]` is a token of
 * its own and `[sep]` is not.
 *
 * @returns a sentence when the body cannot be spelled as the scenario asks
 */
export function spellableOf(body: string | null, { spaces, caseOf }: Respell): Spellable | string {
  let value: unknown
  try {
    value = JSON.parse(body ?? '')
  } catch {
    return body === null ? 'there is no body to spell anew' : 'the body is not JSON, and can be spelled in one way only'
  }
  if (typeof value !== 'object' || value === null) return 'the body is neither an object nor an array'
  const bytes = new TextEncoder().encode(body as string)
  const spaceAt = spaces ? bytes.findIndex((byte) => OPENING.includes(byte)) + 1 : null
  if (caseOf === null) return { spaceAt, letters: [] }
  const text = Array.isArray(value) ? undefined : (value as Record<string, unknown>)[caseOf]
  if (typeof text !== 'string') return `the body has no member "${caseOf}" that is a text`
  return { spaceAt, letters: lettersOf(bytes, memberOf(bytes, caseOf)) }
}

/** The text between the quotes of the last member with a name: of two members with one name, parsers take the last. */
function memberOf(bytes: Uint8Array, name: string): readonly [from: number, to: number] {
  const decoder = new TextDecoder()
  let found: readonly [number, number] = [0, 0]
  let depth = 0
  /** the member name of the outermost object whose value comes next */
  let key: string | null = null
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] as number
    if (OPENING.includes(byte)) depth++
    else if (CLOSING.includes(byte)) depth--
    else if (byte === QUOTE) {
      const from = at + 1
      for (at = from; bytes[at] !== QUOTE; at++) if (bytes[at] === BACKSLASH) at++
      if (depth === 1 && key === null) key = JSON.parse(`"${decoder.decode(bytes.subarray(from, at))}"`)
      else if (depth === 1 && key === name) found = [from, at]
    } else if (byte === COMMA && depth === 1) key = null
  }
  return found
}

function lettersOf(bytes: Uint8Array, [from, to]: readonly [number, number]): number[] {
  const letters: number[] = []
  let bracketed = false
  for (let at = from; at < to; at++) {
    const byte = bytes[at] as number
    if (byte === BACKSLASH) at += bytes[at + 1] === LOWER_U ? 5 : 1
    else if (byte === SQUARE_OPEN) bracketed = true
    else if (byte === SQUARE_CLOSE) bracketed = false
    else if (!bracketed && isLetter(byte)) letters.push(at)
  }
  return letters
}

function isLetter(byte: number): boolean {
  const lower = byte | 0x20
  return lower >= 0x61 && lower <= 0x7a
}
