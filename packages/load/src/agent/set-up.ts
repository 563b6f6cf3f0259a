import { captureDifference, capturesOf } from '@bakeoff/core'
import type { SetupLine } from '@bakeoff/model'
import type { Trust } from '@bakeoff/runner/ports'
import { type AskedState, capturedOf, type Values, valuesFrom } from './asked-state.js'
import { fetchOnce } from './fetch.js'
import { shorten } from './text.js'

/** What went wrong with a request of `before` or `after`. */
export interface SetUpProblem {
  /** `before, line 2: POST /users` */
  readonly request: string
  readonly difference: string
  /** what came */
  readonly actual: string
}

/** Where and how long requests are asked. */
export interface Asking {
  readonly origin: string
  readonly timeoutMs: number
  readonly signal: AbortSignal
  /** whom to trust where the origin is https; absent: nobody */
  readonly trust?: Trust | undefined
}

/**
 * Sends the requests of `before` or `after`, one after the other, until one is not answered as it should be. What their answers give
 * later ones can use.
 *
 * @param captured values that are there by now
 * @param give     gets the values of each answer
 * @returns null when all went well
 * @throws the signal's reason
 */
export async function setUp(
  what: 'before' | 'after',
  lines: readonly SetupLine[],
  {
    state,
    captured,
    give,
  }: { readonly state: AskedState; readonly captured: Map<string, string>; give(values: Values): void },
  { origin, timeoutMs, signal, trust }: Asking,
): Promise<SetUpProblem | null> {
  for (const [index, line] of lines.entries()) {
    const { status, ...request } = line
    const place = `${what}, line ${index + 1}: ${request.method} ${request.path}`
    const filled = state.fillOther(request, captured)
    if (typeof filled === 'string') {
      if (what === 'after') continue // there is nothing to clean up
      return { request: place, difference: `there is no value for {{${filled}}} yet`, actual: '' }
    }
    const { method, path, headers, body } = filled
    const answer = await fetchOnce(
      { origin, method, path, headers, body, encoding: 'utf8', timeoutMs, abandonAfterMs: null },
      signal,
      trust,
    )
    const captures = capturesOf(request)
    const difference =
      answer.error !== null
        ? `no answer: ${answer.error}`
        : (statusProblem(status, answer.status) ?? captureDifference(captures, capturedOf(answer)))
    if (difference !== null) return { request: place, difference, actual: answer.error ?? shorten(answer.body) }
    const found = valuesFrom(captures, capturedOf(answer))
    for (const [key, value] of found) captured.set(key, value)
    give(found)
  }
  return null
}

function statusProblem(expected: SetupLine['status'], actual: number | null): string | null {
  if (expected === undefined)
    return actual !== null && actual >= 200 && actual <= 299
      ? null
      : `status: expected 200 to 299, got ${actual ?? 'none'}`
  const statuses = typeof expected === 'number' ? [expected] : expected
  return actual !== null && statuses.includes(actual)
    ? null
    : `status: expected ${statuses.join(' or ')}, got ${actual ?? 'none'}`
}
