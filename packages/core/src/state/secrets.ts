/** Keeps the values of secrets out of everything that is written or shown. */

const HIDDEN = '***'

/** The shortest secret: to hide a shorter one would hide half of every text. */
export const SHORTEST_SECRET = 6

export type Hide = (text: string) => string

/** A function that hides these values in a text, as they stand and as they stand in JSON or in an address. */
export function hiderOf(secrets: Readonly<Record<string, string>>): Hide {
  const spellings = [...new Set(Object.values(secrets).flatMap(spellingsOf))]
    .filter((spelling) => spelling.length >= SHORTEST_SECRET)
    .sort((a, b) => b.length - a.length) // one may be a part of another
  if (spellings.length === 0) return (text) => text
  return (text) => spellings.reduce((rest, spelling) => rest.replaceAll(spelling, HIDDEN), text)
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
  return [
    secret,
    encodeURIComponent(secret.replaceAll(/\p{Surrogate}/gu, '\ufffd')),
    JSON.stringify(secret).slice(1, -1),
    // As headers of basic authentication have it, and services that print them.
    base64,
    base64.replace(/=+$/, ''),
  ]
}
