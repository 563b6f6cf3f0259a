import { many } from '../words/quantities.js'
import type { Secret, SecretsAs } from './recorded.js'
import { textOfBase64 } from './text-of-base64.js'

/** Headers that a client or a connection makes anew for every request: they say nothing of the service. */
const OF_CLIENT: ReadonlySet<string> = new Set([
  ...['host', 'connection', 'content-length', 'transfer-encoding', 'te', 'trailer', 'upgrade', 'keep-alive', 'expect'],
  ...['user-agent', 'accept-encoding', 'accept-language', 'origin', 'referer', 'dnt', 'priority', 'via', 'forwarded'],
  ...['cache-control', 'pragma', 'upgrade-insecure-requests', 'x-requested-with', 'x-request-id', 'traceparent'],
  ...['tracestate', 'if-none-match', 'if-modified-since', 'if-match', 'if-unmodified-since', 'if-range', 'range'],
  ...['proxy-connection', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-real-ip', 'save-data'],
])
const OF_BROWSER = /^(:|sec-|x-client-data$|x-devtools)/

/** Headers that let their reader act as the user. */
const SECRET =
  /^(authorization|proxy-authorization|cookie)$|(^|[-_])(api[-_]?key|token|secret|password|auth|session|credential)s?($|[-_])/

/** A header as a recording has it. */
export interface WrittenHeader {
  readonly name: string
  readonly value: string
}

export function isSecretHeader(name: string): boolean {
  return SECRET.test(name.toLowerCase())
}

/**
 * Sorts headers of recorded requests into those that a scenario keeps, those of the client, and secrets. A secret is never copied: it is left
 * out, or its place is taken by a value of the environment.
 */
export class HeaderSorter {
  readonly #secretsAs: SecretsAs
  /** how many requests had each header that has a secret */
  readonly #secret = new Map<string, number>()
  readonly #values = new Set<string>()

  constructor(secretsAs: SecretsAs) {
    this.#secretsAs = secretsAs
  }

  /** The headers that go into a scenario, by their names in lower case. */
  kept(headers: readonly WrittenHeader[]): Record<string, string> {
    const kept = new Map<string, string>()
    const secret = new Set<string>()
    for (const { name: written, value } of headers) {
      const name = written.trim().toLowerCase()
      if (name === '' || OF_CLIENT.has(name) || OF_BROWSER.test(name)) continue
      if (!isSecretHeader(name)) {
        const before = kept.get(name)
        kept.set(name, before === undefined ? value : `${before}, ${value}`)
        continue
      }
      secret.add(name)
      for (const one of valuesOf(name, value)) this.#values.add(one)
      if (this.#secretsAs === 'values') kept.set(name, `${schemeOf(name, value)}{{${secretOf(name).name}}}`)
    }
    for (const name of secret) this.#secret.set(name, (this.#secret.get(name) ?? 0) + 1)
    return Object.fromEntries(kept)
  }

  get secrets(): Secret[] {
    return this.#secretsAs === 'dropped' ? [] : [...this.#secret.keys()].map(secretOf)
  }

  /** The values of secrets, which are written nowhere. */
  get values(): string[] {
    return [...this.#values]
  }

  get notes(): string[] {
    return [...this.#secret].map(([name, count]) => {
      const where = `${name} of ${many(count, 'request')}`
      return this.#secretsAs === 'dropped'
        ? `${where} is left out: it has a secret. With --secrets values it becomes a value that is read from the environment.`
        : `${where} is read from ${secretOf(name).variable} of the environment when it is sent: what was recorded is not written.`
    })
  }
}

/** `Bearer ` of `Bearer eyJ…`: the scheme is no secret, and a reader of the scenario wants to know it. */
function schemeOf(name: string, value: string): string {
  if (name !== 'authorization') return ''
  return /^(?:Basic|Bearer|Digest|Token|ApiKey) (?=\S)/i.exec(value)?.[0] ?? ''
}

/** A shorter value of a cookie is a setting, such as a language, and no session. */
const LEAST_OF_COOKIE = 16

/** What in a header is a secret: all but its scheme, and of cookies each value. */
function valuesOf(name: string, value: string): string[] {
  const scheme = schemeOf(name, value)
  if (scheme.toLowerCase() === 'basic ') return ofBasic(value.slice(scheme.length))
  if (name !== 'cookie') return [value.slice(scheme.length)]
  return value
    .split(';')
    .map((cookie) => cookie.slice(cookie.indexOf('=') + 1).trim())
    .filter((one) => one.length >= LEAST_OF_COOKIE)
}

/** A shorter password stands in too many texts by chance. */
const LEAST_OF_PASSWORD = 4

/** What a name and a password are sent as, both as they are written, and the password alone, which an answer may repeat. */
function ofBasic(sent: string): string[] {
  // curl has them as they are written, a browser encoded.
  const pair = sent.includes(':') ? sent : (textOfBase64(sent) ?? '')
  const password = pair.slice(pair.indexOf(':') + 1)
  return [sent, ...[pair, password].filter((one) => one.length >= LEAST_OF_PASSWORD)]
}

function secretOf(header: string): Secret {
  const name = header.replaceAll(/[^a-z0-9]+/g, '_').replaceAll(/^_+|_+$/g, '')
  return { name, variable: name.toUpperCase() }
}

/** Names in an address or a body whose value is likely to be a secret. */
const SECRET_NAME =
  /^(access_?token|refresh_?token|id_?token|token|api_?key|apikey|key|secret|client_?secret|password|passwd|pwd|session(_?id)?|sig|signature)$/i

/** The address without parameters that look like a secret, and the names of those. */
export function withoutSecrets(path: string): { readonly path: string; readonly left: readonly string[] } {
  const [before, query] = cut(path)
  if (query === null) return { path, left: [] }
  const parts = query.split('&')
  const isSecret = (part: string) => SECRET_NAME.test(decoded(part.split('=', 1)[0] as string))
  const kept = parts.filter((part) => !isSecret(part))
  const left = parts.filter(isSecret).map((part) => decoded(part.split('=', 1)[0] as string))
  return { path: kept.length === 0 ? before : `${before}?${kept.join('&')}`, left }
}

/** Names of a body's members, on any level, that look like a secret. A body is what a request is about, so it is kept and told. */
export function secretsInBody(body: string | null): readonly string[] {
  if (body === null) return []
  const names = [...body.matchAll(/"([A-Za-z_]{3,20})"\s*:\s*"|(?:^|&)([A-Za-z_]{3,20})=/g)].map(
    ([, member, field]) => (member ?? field) as string,
  )
  return [...new Set(names.filter((name) => SECRET_NAME.test(name)))]
}

function cut(path: string): readonly [string, string | null] {
  const at = path.indexOf('?')
  return at < 0 ? [path, null] : [path.slice(0, at), path.slice(at + 1)]
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return text
  }
}
