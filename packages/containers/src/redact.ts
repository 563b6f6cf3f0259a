/** Keeps the credentials of proxies and registries out of everything that is stored or shown. */

export type Redact = (text: string) => string

const HIDDEN = '***'
const PROXIES = /^(?:https?|ftp|all)_proxy$/i
/** The shortest secret that is hidden anywhere: a shorter one would hide half of every text. In an address any secret is hidden. */
const SHORTEST = 4

/**
 * A function that hides the credentials of an environment's proxies, however a program prints them: as they stand, decoded,
 * encoded, or as the header that they are sent in. Credentials in any address are hidden besides, known or not.
 */
export function redactorOf(env: Readonly<Record<string, string | undefined>>): Redact {
  const secrets = [
    ...new Set(Object.entries(env).flatMap(([name, value]) => (PROXIES.test(name) && value ? spellingsOf(value) : []))),
  ]
    .filter((secret) => secret.length >= SHORTEST)
    .sort((a, b) => b.length - a.length) // or the password would be cut out of the middle of a pair
  return (text) => hideInAddresses(secrets.reduce((rest, secret) => rest.replaceAll(secret, HIDDEN), text))
}

/** Hides credentials in addresses, `https://user:password@host` → `https://***@host`, and in headers of basic authentication. */
export function hideInAddresses(text: string): string {
  return text
    .replace(/(:\/\/)[^\s/?#'"<>|]*@/g, `$1${HIDDEN}@`)
    .replace(/(authorization:?\s*basic\s+)[\w+/=-]+/gi, `$1${HIDDEN}`)
}

/** Every spelling of the credentials of a proxy's address; none when it has none. */
function spellingsOf(address: string): string[] {
  const given = /^(?:[a-z][\w+.-]*:\/\/)?([^/?#]*)@/i.exec(address)?.[1]
  if (!given) return []
  const colon = given.indexOf(':')
  const user = colon < 0 ? given : given.slice(0, colon)
  // A token may stand in place of a user, without a password.
  const secret = colon < 0 || colon === given.length - 1 ? user : given.slice(colon + 1)
  const pairs = [given, `${decoded(user)}:${decoded(given.slice(user.length + 1))}`, decoded(given)]
  return [
    ...[secret, decoded(secret)].flatMap(encodings),
    ...pairs,
    ...[...pairs, secret, decoded(secret)].flatMap((text) => {
      const bytes = Buffer.from(text)
      return [bytes.toString('base64'), bytes.toString('base64').replace(/=+$/, ''), bytes.toString('base64url')]
    }),
  ].filter((spelling) => spelling !== '' && spelling !== ':')
}

function encodings(text: string): string[] {
  return [text, encoded(text), JSON.stringify(text).slice(1, -1)]
}

function encoded(text: string): string {
  try {
    return encodeURIComponent(text)
  } catch {
    return text // half of a surrogate pair
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text // a percent sign that stands for itself
  }
}
