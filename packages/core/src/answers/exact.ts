import type { GoldenLine } from '@bakeoff/model'
import { exceptionsOf } from './exceptions.js'
import { mediaTypeOf } from './head.js'
import { jsonDifference, parseJson } from './json.js'
import { snippet, snippetAt } from './snippet.js'

/** Compares exactly, but for the places that the golden answer does not compare or holds against a matcher: then as JSON. */
export function goldenDifference(golden: GoldenLine, actual: string): string | null {
  const exceptions = exceptionsOf(golden)
  if (exceptions === null) return exactDifference(golden.body, actual, golden.contentType)
  const expected = parseJson(golden.body)
  const answer = parseJson(actual)
  if (!expected.ok) return `golden answer is not JSON: ${snippet(golden.body)}`
  if (!answer.ok) return `body: is not JSON: ${snippet(actual)}`
  return jsonDifference(expected.value, answer.value, 'forbidden', exceptions)
}

/**
 * Compares exactly. Text must be the same character for character. JSON must have the same value: white space and the order of members
 * depend on the serialiser and do not count.
 */
export function exactDifference(expected: string, actual: string, contentType: string | null): string | null {
  if (expected === actual) return null
  if (contentType !== null && mediaTypeOf(contentType) === 'application/json') {
    const golden = parseJson(expected)
    const answer = parseJson(actual)
    if (golden.ok && answer.ok) return jsonDifference(golden.value, answer.value, 'forbidden')
  }
  return textDifference(expected, actual)
}

function textDifference(expected: string, actual: string): string {
  let position = 0
  while (position < expected.length && expected[position] === actual[position]) position++
  const lengths = expected.length === actual.length ? '' : ` (${expected.length} characters, got ${actual.length})`
  return `at character ${position}${lengths}: expected ${snippetAt(expected, position)}, got ${snippetAt(actual, position)}`
}
