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
  const bytes = new Uint8Array(Math.ceil((text.length * 14) / 16))
  let [bits, count, length] = [0, 0, 0]
  const push = () => {
    bytes[length] = bits & 255
    length += 1
    bits >>>= 8
    count -= 8
  }
  for (let index = 0; index + 1 < text.length; index += 2) {
    const value = valueAt(text, index) + valueAt(text, index + 1) * BASE
    bits |= value << count
    count += (value & MOST_13) > SPARE ? 13 : 14
    while (count > 7) push()
  }
  if (text.length % 2 === 1) {
    bits |= valueAt(text, text.length - 1) << count
    push()
  }
  return bytes.slice(0, length)
}

const MOST_13 = (1 << 13) - 1
/** Two characters tell this many more values than 13 bits do: so many values take 14 bits. */
const SPARE = BASE * BASE - (1 << 13) - 1

function pair(value: number): string {
  return `${CHARACTERS[value % BASE]}${CHARACTERS[Math.floor(value / BASE)]}`
}

function valueAt(text: string, index: number): number {
  return VALUES[text.charCodeAt(index)] ?? 0
}

const VALUES = new Uint8Array(128)
for (const [value, character] of CHARACTERS.entries()) VALUES[character.charCodeAt(0)] = value
