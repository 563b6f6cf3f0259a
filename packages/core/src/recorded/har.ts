import { BakeoffError, type GoldenLine, type HarEntry, type HarFile, harFile } from '@bakeoff/model'
import { parseJson } from '../parse/json.js'
import { badSpec } from '../parse/problem.js'
import { readYaml } from '../parse/yaml.js'
import { many } from '../words/quantities.js'
import { type ApiFilter, whyLeftOut } from './api-requests.js'
import { Collector } from './collector.js'
import type { Recording, SecretsAs } from './recorded.js'
import { textOfBase64 } from './text-of-base64.js'

export interface ReadOptions {
  readonly filter: ApiFilter
  readonly secretsAs: SecretsAs
  /** requests at most; the first ones are taken */
  readonly most: number
}

/** Above this a file is not read a second time to find the line of what is wrong in it. */
const MOST_LOCATED = 4 * 1024 ** 2

/**
 * The requests of an API in a HAR file, with the answers that it has.
 *
 * @throws BakeoffError BAD_SPEC when it is none, or nothing in it is of an API
 */
export function readHar(file: string, text: string, { filter, secretsAs, most }: ReadOptions): Recording {
  const entries = entriesOf(file, text.replace(/^\uFEFF/, ''))
  const collector = new Collector(secretsAs)
  const candidates = entries.flatMap((entry) => {
    const url = httpUrl(entry.request.url)
    const { method } = entry.request
    if (url === null) {
      collector.leave('not by HTTP', { method, path: entry.request.url.replace(/[?#].*/s, '') })
      return []
    }
    const why = whyLeftOut(askedOf(entry), filter)
    if (why === null) return [{ entry, url }]
    collector.leave(why, { method, path: url.pathname })
    return []
  })
  const origins = filter.origins?.map(originOf) ?? commonest(candidates.map(({ url }) => url.origin))
  for (const { entry, url } of candidates) {
    const asked = { method: entry.request.method, path: `${url.pathname}${url.search}` }
    if (!origins.includes(url.origin)) collector.leave(`of another origin, ${url.origin}`, asked)
    else if (collector.count === most) collector.leave(`more than ${most} (--most)`, asked)
    else {
      const body = bodyOf(entry)
      if (typeof body === 'object' && body !== null) collector.leave(body.why, asked)
      else collector.add({ ...asked, headers: entry.request.headers, body, answer: answerOf(entry) })
    }
  }
  const recording = collector.finish()
  if (recording.recorded.length === 0) throw nothingOfApi(file, entries, recording.notes)
  const others = new Set(candidates.map(({ url }) => url.origin))
  if (filter.origins !== null || others.size < 2) return recording
  const chosen = `Of ${many(others.size, 'origin')} ${origins[0]} is taken, which was asked most: --origin chooses another.`
  return { ...recording, notes: [...recording.notes, chosen] }
}

function entriesOf(file: string, text: string): readonly HarEntry[] {
  const parsed = parseJson(text)
  if (!parsed.ok) {
    const { line, column, message } = parsed
    throw badSpec(
      [{ file, line, column, message: `not JSON: ${message}`, hint: 'A HAR file is one JSON object.' }],
      text,
    )
  }
  const read = harFile.safeParse(parsed.value)
  if (read.success) return read.data.log.entries
  // JSON is YAML, whose parser knows the place of every member.
  if (text.length <= MOST_LOCATED) return (readYaml(file, text, harFile).value as HarFile).log.entries
  const [issue] = read.error.issues
  throw new BakeoffError('BAD_SPEC', `${file}: ${issue?.path.join('.')}: ${issue?.message}`, {
    hint: 'Save it once more: in the network panel of a browser, "Save all as HAR with content".',
  })
}

function nothingOfApi(file: string, entries: readonly HarEntry[], notes: readonly string[]): BakeoffError {
  const message = `${file}:1:1: of ${many(entries.length, 'request')} in it none is taken`
  return new BakeoffError('BAD_SPEC', [message, ...notes].join('\n'), {
    hint: '--origin, --mime and --method say which requests are those of the API.',
  })
}

function httpUrl(text: string): URL | null {
  try {
    const url = new URL(text)
    return url.protocol === 'http:' || url.protocol === 'https:' ? url : null
  } catch {
    return null
  }
}

/** @throws BakeoffError BAD_SPEC */
function originOf(text: string): string {
  const url = httpUrl(text)
  if (url) return url.origin
  throw new BakeoffError('BAD_SPEC', `--origin ${text} is no address`, {
    hint: 'Write it with its scheme: https://api.example.com or http://127.0.0.1:3000',
  })
}

function commonest(origins: readonly string[]): string[] {
  const counts = new Map<string, number>()
  for (const origin of origins) counts.set(origin, (counts.get(origin) ?? 0) + 1)
  const [first] = [...counts].sort(([, a], [, b]) => b - a)
  return first ? [first[0]] : []
}

function contentTypeOf({ response }: HarEntry): string | null {
  const header = response?.headers.find(({ name }) => name.toLowerCase() === 'content-type')?.value
  return header ?? (response?.content?.mimeType || null)
}

function askedOf(entry: HarEntry) {
  const { response, request } = entry
  const content = response?.content
  const isEmpty = (content?.text ?? '') === '' && (content?.size ?? 0) <= 0
  return { method: request.method, status: response?.status ?? null, contentType: contentTypeOf(entry), isEmpty }
}

/** The body of a request, or why it cannot be sent again. */
function bodyOf({ request: { postData } }: HarEntry): string | null | { readonly why: string } {
  if (!postData) return null
  if (/^multipart\//i.test(postData.mimeType)) return { why: 'with a form in several parts, which is not read' }
  if (postData.text !== undefined && postData.text !== '') {
    // A browser that could not read the body as text has written these in its place.
    return postData.text.includes('\uFFFD') ? { why: 'with a body that is no text' } : postData.text
  }
  if (!postData.params?.length) return null
  const fields = postData.params.map(({ name, value = '' }): [string, string] => [decode(name), decode(value)])
  return new URLSearchParams(fields).toString()
}

/** Some programs write parameters as they were sent, some as they are meant. */
function decode(text: string): string {
  if (!/%[0-9a-f]{2}/i.test(text)) return text
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return text
  }
}

function answerOf(entry: HarEntry): GoldenLine | null {
  const { response } = entry
  if (!response) return null
  const { text, encoding, size = 0 } = response.content ?? {}
  if (text === undefined && size > 0) return null
  const body = encoding === 'base64' ? textOfBase64(text ?? '') : (text ?? '')
  return body === null ? null : { status: response.status, contentType: contentTypeOf(entry), body }
}
