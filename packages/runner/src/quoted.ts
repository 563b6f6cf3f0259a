import { boundedText } from '@bakeoff/model'

/** The beginning of a body in quotes, on one line, as an error shows it. */
export function quoted(body: string): string {
  return JSON.stringify(boundedText(body, 120))
}
