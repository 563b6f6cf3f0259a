/**
 * Invisible characters that change what is seen: controls (Cc), marks of direction, blanks without width and tags (Cf),
 * halves of a surrogate pair (Cs), and line ends that are not a line feed (Zl, Zp).
 */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu
const DELETE = 0x7f

/**
 * Text from outside (a target's log, an answer, a build's output, a file) as it may be shown: every character of it can
 * be seen, and none acts on the terminal. The controls of ASCII become pictures (␛), other invisible characters are spelled as in JSON
 * (`\u202e`), so that the text of a JSON document is still a document with the same value. Tab and line feed stay.
 */
export function visibleText(text: string): string {
  return text.replace(UNSEEN, (character) => {
    if (character === '\n' || character === '\t') return character
    const code = character.charCodeAt(0)
    if (code < 0x20) return String.fromCharCode(0x2400 + code)
    return code === DELETE ? '␡' : spelled(character)
  })
}

/** The UTF-16 code units of a character, as in JSON. */
function spelled(character: string): string {
  return Array.from(
    { length: character.length },
    (_, index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`,
  ).join('')
}
