import { mediaTypeOf } from '../answers/head.js'

/** Which requests of a recording are taken; null: those that look like an API's. */
export interface ApiFilter {
  /** `https://api.example.com`; null: the one with the most requests to an API */
  readonly origins: readonly string[] | null
  /** media types of answers */
  readonly mimes: readonly string[] | null
  readonly methods: readonly string[] | null
}

export const ANY_API: ApiFilter = { origins: null, mimes: null, methods: null }

/** A preflight, a tunnel and an echo are of the client and the way, not of the service. */
const NEVER: ReadonlySet<string> = new Set(['OPTIONS', 'CONNECT', 'TRACE'])
/** Answers of an API. Pages, scripts, styles, pictures and fonts are what a browser asks for beside it. */
const OF_API = /^(application\/(json|xml|x-ndjson|problem\+json|[\w.+-]+\+json|[\w.+-]+\+xml)|text\/(plain|xml|csv))$/
/** What a browser shows, though its type ends like that of data. */
const SHOWN: ReadonlySet<string> = new Set(['application/xhtml+xml', 'image/svg+xml', 'application/manifest+json'])

export interface Asked {
  readonly method: string
  /** of the answer; null when it has none */
  readonly status: number | null
  readonly contentType: string | null
  /** whether the answer has a body */
  readonly isEmpty: boolean
}

/** Why a request is not taken, as it stands after "left out: "; null when it is. Its origin is another question. */
export function whyLeftOut({ method, status, contentType, isEmpty }: Asked, filter: ApiFilter): string | null {
  const upper = method.toUpperCase()
  if (filter.methods ? !filter.methods.some((one) => one.toUpperCase() === upper) : NEVER.has(upper))
    return `not by a method that is taken (${upper})`
  if (status === null || status === 0) return 'without an answer'
  if (status === 101) return 'no request but the beginning of a WebSocket'
  if (status === 304) return 'answered from the cache of the client (304)'
  if (status >= 300 && status < 400) return 'sent elsewhere (a redirect)'
  const type = contentType === null ? null : mediaTypeOf(contentType)
  if (filter.mimes) {
    return type !== null && filter.mimes.some((one) => mediaTypeOf(one) === type)
      ? null
      : `not of a media type that is taken (${type ?? 'none'})`
  }
  if (type === 'text/event-stream') return 'answered by a stream of events, which has no end to compare'
  if (type === null || type === '' || isEmpty) return isEmpty ? null : 'answered without a media type'
  return OF_API.test(type) && !SHOWN.has(type) ? null : `not of an API (${type})`
}
