import { captureDifference, compareAnswer, hiderOf } from '@bakeoff/core'
import type { GoldenLine, RequestLine } from '@bakeoff/model'
import type { LoadAgent, Work } from '@bakeoff/runner/ports'
import { AskedState, capturedOf, valuesFrom } from './asked-state.js'
import { fetchOnce } from './fetch.js'
import { setUp } from './set-up.js'
import { shorten } from './text.js'

export type Verified = Awaited<ReturnType<LoadAgent['verify']>>

const AT_ONCE = 4
const MOST_SHOWN = 5
/** After this many requests without any answer the others are not asked: a dead target would take minutes to verify. */
const MOST_UNANSWERED = 8
/** Verification also stops after wrong answers that together took this many timeouts, as with a target that waits in vain for a service. */
const MOST_WRONG_TIMEOUTS = 8

/**
 * Sends the requests of `before`, then every request of the work once, and compares every answer. A few are asked at a time, but those that
 * depend on one another in their order. Requests that were not asked, because the target stopped answering, took long to answer wrongly, or
 * did not give a value that they need, are not right.
 *
 * @param state what is filled in; it goes on from one verification to the next
 * @throws the signal's reason
 */
export async function verify(
  origin: string,
  work: Work,
  timeoutMs: number,
  signal: AbortSignal,
  state = new AskedState(work),
): Promise<Verified> {
  const hide = hiderOf(work.state?.secrets ?? {})
  const found: { index: number; difference: Verified['differences'][number] }[] = []
  let right = 0
  let unanswered = 0
  let wrongMs = 0
  let next = 0
  const isHopeless = () => unanswered >= MOST_UNANSWERED || wrongMs >= MOST_WRONG_TIMEOUTS * timeoutMs
  const tell = (index: number, asked: RequestLine, golden: GoldenLine, difference: string, actual: string) =>
    found.push({
      index,
      difference: {
        request: hide(labelOf(asked, index)),
        expected: hide(shorten(golden.body)),
        actual: hide(actual),
        difference: hide(difference),
      },
    })

  const ask = async (index: number, captured: Map<string, string>) => {
    const filled = state.fill(index, captured)
    if (filled.kind === 'lacking') {
      const why = `not asked: no answer before it gave a value for {{${filled.key}}}`
      tell(index, work.requests[index] as RequestLine, work.golden[index] as GoldenLine, why, 'nothing')
      return
    }
    const { golden, request } = filled
    const { method, path, headers, body } = request
    const fetched = await fetchOnce(
      { origin, method, path, headers, body, encoding: 'utf8', timeoutMs, abandonAfterMs: null },
      signal,
      work.trust,
    )
    const captures = state.capturesOf(index)
    const difference =
      compareAnswer(golden, fetched, work.compare, work.tolerance) ?? captureDifference(captures, capturedOf(fetched))
    // An answer that is wrong elsewhere still gives its values: what follows is then compared as well.
    if (fetched.status === golden.status)
      for (const [key, value] of valuesFrom(captures, capturedOf(fetched))) captured.set(key, value)
    if (difference === null) right++
    else tell(index, request, golden, difference, fetched.error ?? shorten(fetched.body))
    if (fetched.error !== null) unanswered++
    if (difference !== null) wrongMs += fetched.durationMs
  }

  state.forget()
  const problem = await setUp(
    'before',
    work.state?.before ?? [],
    { state, captured: new Map(), give: (values) => state.give(values) },
    { origin, timeoutMs, signal, trust: work.trust },
  )
  if (problem !== null)
    return {
      total: work.requests.length,
      right: 0,
      differences: [
        {
          request: hide(problem.request),
          expected: 'the answer that it should have, before anything is verified',
          actual: hide(problem.actual),
          difference: hide(problem.difference),
        },
      ],
    }

  const chains = state.chains()
  const askOn = async () => {
    while (next < chains.length && !isHopeless()) {
      const captured = state.givenValues()
      for (const index of chains[next++] as readonly number[]) {
        if (isHopeless()) return
        await ask(index, captured)
      }
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, askOn))
  const differences = found
    .sort((a, b) => a.index - b.index)
    .slice(0, MOST_SHOWN)
    .map(({ difference }) => difference)
  return { total: work.requests.length, right, differences }
}

/** `create: POST /orders (request 0)` */
function labelOf({ name, method, path }: RequestLine, index: number): string {
  return `${name === undefined ? '' : `${name}: `}${method} ${path} (request ${index})`
}
