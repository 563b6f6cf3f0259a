import { mediaTypeOf } from './head.js'
import { jsonDifference, parseJson } from './json.js'
import { snippetAt } from './snippet.js'

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
