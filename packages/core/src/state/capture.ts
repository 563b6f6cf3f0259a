/** Values that are taken from answers. */
import type { CaptureSource, RequestLine } from '@bakeoff/model'
import { scalarAt } from './json-scan.js'
import { parsePointer, pointerProblem, pointerText } from './pointer.js'

/** A capture, read: where the value stands, and which part of it is meant. */
export interface Capture {
  readonly key: string
  readonly from:
    | { readonly kind: 'json'; readonly path: readonly string[] }
    | { readonly kind: 'header'; readonly name: string }
    | { readonly kind: 'body' }
  /** its first group, or else what it matches; null: the whole */
  readonly regex: RegExp | null
}

/** The parts of an answer that values are taken from. */
export interface Captured {
  readonly body: string
  header(name: string): string | undefined
}

const HEADER = /^header:\s*([!#$%&'*+.^`|~\w-]+)$/i

/** The captures of a request; the parser of scenarios has refused those that cannot be read. */
export function capturesOf({ capture }: Pick<RequestLine, 'capture'>): Capture[] {
  return Object.entries(capture ?? {}).map(([key, source]) => {
    const { from, regex } = partsOf(source)
    const header = HEADER.exec(from)?.[1]
    return {
      key,
      from:
        header !== undefined
          ? { kind: 'header', name: header.toLowerCase() }
          : from === 'body'
            ? { kind: 'body' }
            : { kind: 'json', path: parsePointer(from) ?? [] },
      regex: regex === null ? null : new RegExp(regex),
    }
  })
}

/** What is wrong with a source of a capture; null: nothing. */
export function captureProblem(source: CaptureSource): { readonly message: string; readonly hint: string } | null {
  const { from, regex } = partsOf(source)
  if (regex !== null) {
    const wrong = regexProblem(regex)
    if (wrong !== null) return wrong
  }
  if (from === 'body')
    return regex === null
      ? { message: 'a whole body is no value', hint: 'Write {"from":"body","regex":"id=(\\\\w+)"}.' }
      : null
  if (from.startsWith('header:'))
    return HEADER.test(from)
      ? null
      : { message: `"${from}" names no header`, hint: 'Write the name of one, such as "header:location".' }
  return pointerProblem(from)
}

/** What is wrong with a regular expression; null: nothing. */
export function regexProblem(regex: string): { readonly message: string; readonly hint: string } | null {
  try {
    new RegExp(regex)
    return null
  } catch (error) {
    return {
      message: (error as Error).message,
      hint: 'Write a regular expression of JavaScript; in JSON a backslash is written twice.',
    }
  }
}

/** The value that a capture finds in an answer; null: there is none. */
export function captureFrom({ from, regex }: Capture, { body, header }: Captured): string | null {
  const found =
    from.kind === 'json' ? scalarAt(body, from.path) : from.kind === 'header' ? (header(from.name) ?? null) : body
  if (found === null || regex === null) return found
  const match = regex.exec(found)
  return match === null ? null : (match[1] ?? match[0])
}

/** What an answer lacks of what is to be captured from it; null: nothing. */
export function captureDifference(captures: readonly Capture[], answer: Captured): string | null {
  for (const capture of captures)
    if (captureFrom(capture, answer) === null)
      return `expected a value for {{${capture.key}}} ${whereOf(capture)}, got none`
  return null
}

/** `at /id`, `in the header location that matches /\d+/` */
function whereOf({ from, regex }: Capture): string {
  const where =
    from.kind === 'json'
      ? `at ${pointerText(from.path) || 'the top'}`
      : from.kind === 'header'
        ? `in the header ${from.name}`
        : 'in the body'
  return regex === null ? where : `${where} that matches ${regex}`
}

function partsOf(source: CaptureSource): { readonly from: string; readonly regex: string | null } {
  return typeof source === 'string' ? { from: source, regex: null } : source
}
