import { boundedText, type ContractCase, type Fetched } from '@bakeoff/model'
import { exactDifference } from './exact.js'
import { contentTypeDifference, statusDifference } from './head.js'
import { jsonDifference, parseJson } from './json.js'
import { snippet } from './snippet.js'

/**
 * The ways in which an answer breaks a case of the contract, one line each; empty when it keeps the case. A case without
 * `expect` (the client goes away) cannot be broken.
 */
export function checkContract(contract: ContractCase, fetched: Fetched): string[] {
  const { expect, withinMs } = contract
  if (expect === null) return []
  if (fetched.error !== null) return [boundedText(`no answer: ${fetched.error}`)]
  const statuses = typeof expect.status === 'number' ? [expect.status] : expect.status
  const differences = [
    statusDifference(statuses, fetched.status),
    expect.contentType === null ? null : contentTypeDifference(expect.contentType, fetched.headers['content-type']),
    ...expect.mentions.map((text) =>
      fetched.body.includes(text) ? null : `body: does not mention ${snippet(text)}: ${snippet(fetched.body)}`,
    ),
    expect.json === null ? null : jsonBodyDifference(expect.json, fetched.body),
    ...Object.entries(expect.headers).map(([name, value]) => headerDifference(name, value, fetched.headers)),
    expect.body === null ? null : exactDifference(expect.body, fetched.body, expect.contentType),
    fetched.durationMs > withinMs
      ? `time: expected within ${withinMs} ms, took ${Math.round(fetched.durationMs)} ms`
      : null,
  ]
  return differences.filter((difference) => difference !== null).map((difference) => boundedText(difference))
}

function jsonBodyDifference(expected: unknown, body: string): string | null {
  const parsed = parseJson(body)
  return parsed.ok ? jsonDifference(expected, parsed.value, 'allowed') : `body: is not JSON: ${snippet(body)}`
}

/** @param expected the value, or `*` for any */
function headerDifference(name: string, expected: string, headers: Fetched['headers']): string | null {
  const actual = headers[name.toLowerCase()]
  if (actual === undefined)
    return `header ${name}: expected ${expected === '*' ? 'any value' : snippet(expected)}, got none`
  return expected === '*' || actual === expected
    ? null
    : `header ${name}: expected ${snippet(expected)}, got ${snippet(actual)}`
}
