/** Texts with `{{key}}` in them, and how they are filled in. */
import type { RequestLine } from '@bakeoff/model'
import { pointerPart } from './pointer.js'

/** `{{id}}`, with blanks at will. What stands between the braces need not be the name of a value; the parser of scenarios says so. */
const PLACEHOLDER = /\{\{\s*([\w.-]+)\s*\}\}/g

/** Where a text stands, which decides how a value is written there. */
export type Place = 'path' | 'header' | 'json' | 'form' | 'text' | 'pointer'

/** A place in a text for a value. */
export interface Slot {
  readonly key: string
  /** writes any value so that it stays one: within a text of JSON, say, or in a path */
  readonly write: (value: string) => string
}

/** A text in parts: the first fixed one, a slot, the second fixed one, … There is one more fixed part than slots. */
export interface Template {
  readonly fixed: readonly string[]
  readonly slots: readonly Slot[]
}

/** Where a placeholder stands in a text; `at` counts characters from 0. */
export interface Placeholder {
  readonly key: string
  readonly at: number
}

export function placeholdersOf(text: string): Placeholder[] {
  return Array.from(text.matchAll(PLACEHOLDER), ({ 1: key, index }) => ({ key: key as string, at: index }))
}

export function templateOf(text: string, place: Place): Template {
  const fixed: string[] = []
  const slots: Slot[] = []
  let from = 0
  let inText = false
  for (const { 0: whole, 1: key, index } of text.matchAll(PLACEHOLDER)) {
    const before = text.slice(from, index)
    if (place === 'json') inText = endsInText(before, inText)
    fixed.push(before)
    slots.push({ key: key as string, write: writerOf(place, inText) })
    from = index + whole.length
  }
  fixed.push(text.slice(from))
  return { fixed, slots }
}

/** @param valueFor the value of a key, as it was made or captured */
export function fillTemplate({ fixed, slots }: Template, valueFor: (key: string) => string): string {
  let filled = fixed[0] as string
  for (const [index, { key, write }] of slots.entries()) filled += write(valueFor(key)) + fixed[index + 1]
  return filled
}

/** How values are written into a body. */
export function placeOfBody(body: string, contentType: string | null): Place {
  if (contentType !== null && /x-www-form-urlencoded/i.test(contentType)) return 'form'
  if (contentType !== null && /[/+]json\b/i.test(contentType)) return 'json'
  return /^\s*[[{"]/.test(body) && !/^\s*\{\{/.test(body) ? 'json' : 'text'
}

/** The content type that a request says its body has. */
export function contentTypeOf({ headers }: Pick<RequestLine, 'headers'>): string | null {
  return Object.entries(headers).find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? null
}

/** The parts of a request that may have placeholders. */
export type RequestTexts = Pick<RequestLine, 'path' | 'headers' | 'body'>

export function requestTexts({ path, headers, body }: RequestTexts): string[] {
  return [path, ...Object.values(headers), body ?? '']
}

/** The keys that a request has placeholders for, each once. */
export function keysOf(request: RequestTexts): string[] {
  return keysIn(requestTexts(request))
}

/** The keys that texts have placeholders for, each once. */
export function keysIn(texts: readonly string[]): string[] {
  return [...new Set(texts.flatMap((text) => placeholdersOf(text).map(({ key }) => key)))]
}

/** A request as it is sent, with a value for every placeholder. */
export function fillRequest(request: RequestLine, valueFor: (key: string) => string): RequestLine {
  const { path, headers, body } = request
  const fill = (text: string, place: Place) => fillTemplate(templateOf(text, place), valueFor)
  return {
    ...request,
    path: fill(path, 'path'),
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, fill(value, 'header')])),
    body: body === null ? null : fill(body, placeOfBody(body, contentTypeOf(request))),
  }
}

/** Half of a surrogate pair is no character, and cannot be sent as UTF-8. */
const whole = (value: string) => value.replaceAll(/\p{Surrogate}/gu, '\ufffd')

function writerOf(place: Place, inText: boolean): Slot['write'] {
  switch (place) {
    case 'path':
    case 'form':
      return (value) => encodeURIComponent(whole(value))
    case 'header':
      // A line break would begin another header, and a header has no other characters than these.
      return (value) => whole(value).replaceAll(/[^\t\u0020-\u007e]/gu, encodeURIComponent)
    case 'json':
      return inText ? (value) => JSON.stringify(whole(value)).slice(1, -1) : whole
    case 'pointer':
      return pointerPart
    case 'text':
      return whole
  }
}

const QUOTE = 0x22
const BACKSLASH = 0x5c

/** Whether a piece of JSON ends within a text, given whether it begins in one. */
function endsInText(piece: string, beginsInText: boolean): boolean {
  let inText = beginsInText
  for (let at = 0; at < piece.length; at++) {
    const code = piece.charCodeAt(at)
    if (code === QUOTE) inText = !inText
    else if (code === BACKSLASH && inText) at++
  }
  return inText
}
