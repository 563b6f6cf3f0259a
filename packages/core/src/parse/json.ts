import { placeIn } from './problem.js'

/** Parses a JSON text to a value, or to a problem with its place. */
export type ParsedJson =
  | { readonly ok: true; readonly value: unknown }
  | {
      readonly ok: false
      readonly message: string
      /** both from 1 */
      readonly line: number
      readonly column: number
      /** whether the text is right so far, but its end is missing, as in a file that was cut */
      readonly isCut: boolean
    }

export function parseJson(text: string): ParsedJson {
  let message: string
  try {
    return { ok: true, value: JSON.parse(text) }
  } catch (error) {
    message = (error as Error).message
  }
  const position = positionOf(message, text)
  return {
    ok: false,
    message: message.replace(/ in JSON at position.*$/s, '').replace(/, (\.{3})?".*$/s, ''),
    ...placeIn(text, position),
    isCut: position >= text.trimEnd().length,
  }
}

function complaintOf(text: string): string | null {
  try {
    JSON.parse(text)
    return null
  } catch (error) {
    return (error as Error).message
  }
}

/** The position of a mistake. V8 names it for some mistakes only; for the others it is the end of the shortest wrong beginning. */
function positionOf(message: string, text: string): number {
  const named = /at position (\d+)/.exec(message)?.[1]
  if (named !== undefined) return Number(named)
  if (endsTooEarly(message, text)) return text.length
  let right = 0
  let wrong = text.length
  while (wrong - right > 1) {
    const middle = Math.floor((right + wrong) / 2)
    const beginning = text.slice(0, middle)
    const complaint = complaintOf(beginning)
    if (complaint === null || endsTooEarly(complaint, beginning)) right = middle
    else wrong = middle
  }
  return right
}

/** Whether a text is wrong only because more must follow. */
function endsTooEarly(message: string, text: string): boolean {
  const named = /at position (\d+)/.exec(message)?.[1]
  return named === undefined ? message.startsWith('Unexpected end') : Number(named) >= text.length
}
