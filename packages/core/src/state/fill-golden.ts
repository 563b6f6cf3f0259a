import type { GoldenLine } from '@bakeoff/model'
import { fillTemplate, type Place, placeOfBody, templateOf } from './template.js'

/** A golden answer with the values of its request in its body and pointers. */
export function fillGolden(golden: GoldenLine, valueFor: (key: string) => string): GoldenLine {
  const { body, contentType, ignore, match } = golden
  const fill = (text: string, place: Place) => fillTemplate(templateOf(text, place), valueFor)
  const pointer = (text: string) => fill(text, 'pointer')
  return {
    ...golden,
    body: fill(body, placeOfBody(body, contentType)),
    ...(ignore ? { ignore: ignore.map(pointer) } : {}),
    ...(match
      ? { match: Object.fromEntries(Object.entries(match).map(([at, matcher]) => [pointer(at), matcher])) }
      : {}),
  }
}
