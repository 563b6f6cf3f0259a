import { compareAnswer } from '@bakeoff/core'
import type { GoldenLine, RequestLine } from '@bakeoff/model'
import type { LoadAgent, Work } from '@bakeoff/runner/ports'
import { fetchOnce } from './fetch.js'
import { shorten } from './text.js'

export type Verified = Awaited<ReturnType<LoadAgent['verify']>>

const AT_ONCE = 4
const MOST_SHOWN = 5
/** After this many requests without any answer the others are not asked: a dead target would take minutes to verify. */
const MOST_UNANSWERED = 8
/** Verification also stops after wrong answers that together took this many timeouts, as with a target that waits in vain for a service. */
const MOST_WRONG_TIMEOUTS = 8

/**
 * Sends every request of the work once, a few at a time, and compares every answer. Requests that were not asked, because the target
 * stopped answering or took long to answer wrongly, are not right.
 *
 * @throws the signal's reason
 */
export async function verify(origin: string, work: Work, timeoutMs: number, signal: AbortSignal): Promise<Verified> {
  const found: { index: number; difference: Verified['differences'][number] }[] = []
  let right = 0
  let unanswered = 0
  let wrongMs = 0
  let next = 0
  const isHopeless = () => unanswered >= MOST_UNANSWERED || wrongMs >= MOST_WRONG_TIMEOUTS * timeoutMs
  const askOn = async () => {
    while (next < work.requests.length && !isHopeless()) {
      const index = next++
      const request = work.requests[index] as RequestLine
      const golden = work.golden[index] as GoldenLine
      const fetched = await fetchOnce({ origin, ...request, encoding: 'utf8', timeoutMs, abandonAfterMs: null }, signal)
      const difference = compareAnswer(golden, fetched, work.compare, work.tolerance)
      if (difference === null) right++
      else
        found.push({
          index,
          difference: {
            request: `${request.method} ${request.path} (request ${index})`,
            expected: shorten(golden.body),
            actual: fetched.error ?? shorten(fetched.body),
            difference,
          },
        })
      if (fetched.error !== null) unanswered++
      if (difference !== null) wrongMs += fetched.durationMs
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, askOn))
  const differences = found
    .sort((a, b) => a.index - b.index)
    .slice(0, MOST_SHOWN)
    .map(({ difference }) => difference)
  return { total: work.requests.length, right, differences }
}
