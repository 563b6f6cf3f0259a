/** Keeps the values of secrets out of everything that is written or shown. */
import { fillTemplate, type Place, templateOf } from './template.js'

const HIDDEN = '***'
/** Stands where a text was cut, as `boundedText` and snippets of answers are. */
const CUT = '…'

/** The shortest secret: to hide a shorter one would hide half of every text. */
export const SHORTEST_SECRET = 6

export type Hide = (text: string) => string

/** The fewest characters of a secret that are hidden beside a cut: fewer are in many words, and tell nothing. */
const LEAST_OF_CUT = 4

/**
 * A function that hides these values in a text: as they stand, as requests have them in JSON, in an address or in a header, and in base64. What is left
 * of one that was cut is hidden too.
 */
export function hiderOf(secrets: Readonly<Record<string, string>>): Hide {
  const spellings = [...new Set(Object.values(secrets).flatMap(spellingsOf))]
    .filter((spelling) => spelling.length >= SHORTEST_SECRET)
    .sort((a, b) => b.length - a.length) // one may be a part of another
  if (spellings.length === 0) return (text) => text
  return (text) =>
    withoutCutOnes(
      spellings.reduce((rest, spelling) => rest.replaceAll(spelling, HIDDEN), text),
      spellings,
    )
}

/** Hides the beginning of a secret that stands before a cut, and the end of one that stands after it. A quote may stand between: snippets are quoted. */
function withoutCutOnes(text: string, spellings: readonly string[]): string {
  if (!text.includes(CUT)) return text
  return text
    .split(CUT)
    .map((piece, index, { length: pieces }) => {
      const begin = index > 0 && piece.startsWith('"') ? '"' : ''
      const end = index < pieces - 1 && piece.length > begin.length && piece.endsWith('"') ? '"' : ''
      const whole = piece.slice(begin.length, piece.length - end.length)
      const after = index > 0 ? lengthOfCut(whole, spellings, 'end') : 0
      const rest = whole.slice(after)
      const before = index < pieces - 1 ? lengthOfCut(rest, spellings, 'beginning') : 0
      const kept = rest.slice(0, rest.length - before)
      return [begin, after > 0 ? HIDDEN : '', kept, before > 0 ? HIDDEN : '', end].join('')
    })
    .join(CUT)
}

/** How many characters at the end of a text are the beginning of a secret, or at its beginning the end of one. */
function lengthOfCut(text: string, spellings: readonly string[], part: 'beginning' | 'end'): number {
  const isThere = (spelling: string, length: number) =>
    part === 'beginning' ? text.endsWith(spelling.slice(0, length)) : text.startsWith(spelling.slice(-length))
  const lengths = spellings.map((spelling) => {
    for (let length = Math.min(spelling.length - 1, text.length); length >= LEAST_OF_CUT; length--)
      if (isThere(spelling, length)) return length
    return 0
  })
  return Math.max(0, ...lengths)
}

/** A value of JSON with every text in it hidden where it has to be, names of members too. */
export function hideIn<T>(value: T, hide: Hide): T {
  if (typeof value === 'string') return hide(value) as T
  if (Array.isArray(value)) return value.map((each) => hideIn(each, hide)) as T
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [hide(key), hideIn(each, hide)])) as T
}

function spellingsOf(secret: string): string[] {
  const base64 = Buffer.from(secret).toString('base64')
  const written = (place: Place, before = '') =>
    fillTemplate(templateOf(`${before}{{secret}}`, place), () => secret).slice(before.length)
  return [
    secret,
    ...(['text', 'path', 'header'] as const).map((place) => written(place)),
    written('json', '"'),
    // As headers of basic authentication have it, and services that print them.
    base64,
    base64.replace(/=+$/, ''),
  ]
}
