/**
 * Finds one value in a JSON text without parsing the rest. It takes a fraction of the time where the text is long, and a number
 * keeps all its digits: an id of 19 digits is not one that JavaScript can count.
 */

const QUOTE = 0x22
const COMMA = 0x2c
const MINUS = 0x2d
const COLON = 0x3a
const OPEN_LIST = 0x5b
const BACKSLASH = 0x5c
const CLOSE_LIST = 0x5d
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d

/**
 * The text, number or boolean at a place of a JSON document, as a text. Null when nothing is there, or an object, an array or null.
 *
 * @param text JSON. Of a text that is not JSON anything may come: it is compared with its golden answer elsewhere
 * @param path members and indices from the outside in
 */
export function scalarAt(text: string, path: readonly string[]): string | null {
  let at = skipSpace(text, 0)
  for (const member of path) {
    at = memberAt(text, at, member)
    if (at < 0) return null
  }
  return scalarText(text, at)
}

/** Where the value of a member begins; -1: there is none. */
function memberAt(text: string, from: number, member: string): number {
  const code = text.charCodeAt(from)
  if (code === OPEN_LIST) return elementAt(text, from, member)
  if (code !== OPEN_OBJECT) return -1
  let at = skipSpace(text, from + 1)
  while (text.charCodeAt(at) === QUOTE) {
    const end = endOfText(text, at)
    if (end < 0) return -1
    const isIt = textBetween(text, at, end) === member
    at = skipSpace(text, end)
    if (text.charCodeAt(at) !== COLON) return -1
    at = skipSpace(text, at + 1)
    if (isIt) return at
    at = skipSpace(text, endOfValue(text, at))
    if (text.charCodeAt(at) !== COMMA) return -1
    at = skipSpace(text, at + 1)
  }
  return -1
}

function elementAt(text: string, from: number, index: string): number {
  if (!/^(0|[1-9]\d*)$/.test(index)) return -1
  let at = skipSpace(text, from + 1)
  if (text.charCodeAt(at) === CLOSE_LIST) return -1
  for (let left = Number(index); left > 0; left--) {
    at = skipSpace(text, endOfValue(text, at))
    if (text.charCodeAt(at) !== COMMA) return -1
    at = skipSpace(text, at + 1)
  }
  return at < text.length ? at : -1
}

function scalarText(text: string, at: number): string | null {
  const code = text.charCodeAt(at)
  if (code === QUOTE) {
    const end = endOfText(text, at)
    return end < 0 ? null : textBetween(text, at, end)
  }
  const isNumber = code === MINUS || (code >= 0x30 && code <= 0x39)
  const word = text.slice(at, endOfValue(text, at))
  return isNumber || word === 'true' || word === 'false' ? word : null
}

/** What a text with its quotes means; null when its escapes are wrong. */
function textBetween(text: string, from: number, end: number): string | null {
  const raw = text.slice(from + 1, end - 1)
  if (!raw.includes('\\')) return raw
  try {
    return JSON.parse(`"${raw}"`) as string
  } catch {
    return null
  }
}

/** The position after the closing quote; -1: there is none. */
function endOfText(text: string, from: number): number {
  for (let at = text.indexOf('"', from + 1); at >= 0; at = text.indexOf('"', at + 1)) {
    let backslashes = 0
    while (text.charCodeAt(at - 1 - backslashes) === BACKSLASH) backslashes++
    if (backslashes % 2 === 0) return at + 1
  }
  return -1
}

/** The position after a value: the end of the text when it does not end. */
function endOfValue(text: string, from: number): number {
  let depth = 0
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) {
      const end = endOfText(text, at)
      if (end < 0) return text.length
      if (depth === 0) return end
      at = end - 1
    } else if (code === OPEN_OBJECT || code === OPEN_LIST) depth++
    else if (code === CLOSE_OBJECT || code === CLOSE_LIST) {
      if (depth === 0) return at
      if (--depth === 0) return at + 1
    } else if (depth === 0 && (code === COMMA || isSpace(code))) return at
  }
  return text.length
}

function skipSpace(text: string, from: number): number {
  let at = from
  while (isSpace(text.charCodeAt(at))) at++
  return at
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09
}
