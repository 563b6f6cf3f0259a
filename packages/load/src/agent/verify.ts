import { captureDifference, compareAnswer, type Hide, hideIn, hiderOf } from '@bakeoff/core'
import type { GoldenLine, RequestLine } from '@bakeoff/model'
import type { LoadAgent, Work } from '@bakeoff/runner/ports'
import { AskedState, capturedOf, type Values, valuesFrom } from './asked-state.js'
import { fetchOnce } from './fetch.js'
import { type Asking, type SetUpProblem, setUp } from './set-up.js'
import { shorten } from './text.js'

export type Verified = Awaited<ReturnType<LoadAgent['verify']>>
type Difference = Verified['differences'][number]

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
  work: Work,
  where: Omit<Asking, 'trust'>,
  state = new AskedState(work),
): Promise<Verified> {
  const asking = { ...where, trust: work.trust }
  const verification = new Verification(work, state, asking)
  state.forget()
  const known = { state, captured: new Map<string, string>(), give: (values: Values) => state.give(values) }
  const problem = await setUp('before', work.state?.before ?? [], known, asking)
  return problem === null ? await verification.askAll() : verification.notBegun(problem)
}

/** The course of one verification. */
class Verification {
  readonly #work: Work
  readonly #state: AskedState
  readonly #asking: Asking
  readonly #hide: Hide
  readonly #found: { readonly index: number; readonly difference: Difference }[] = []
  #right = 0
  #unanswered = 0
  /** how long wrong answers took together */
  #wrongMs = 0

  constructor(work: Work, state: AskedState, asking: Asking) {
    this.#work = work
    this.#state = state
    this.#asking = asking
    this.#hide = hiderOf(work.state?.secrets ?? {})
  }

  async askAll(): Promise<Verified> {
    const chains = this.#state.chains()
    let next = 0
    const askOn = async () => {
      while (next < chains.length && !this.#isHopeless) await this.#askChain(chains[next++] as readonly number[])
    }
    await Promise.all(Array.from({ length: AT_ONCE }, askOn))
    const differences = this.#found
      .sort((a, b) => a.index - b.index)
      .slice(0, MOST_SHOWN)
      .map(({ difference }) => difference)
    return { total: this.#work.requests.length, right: this.#right, differences }
  }

  /** What is said when a request of `before` was not answered as it should be: nothing is verified then. */
  notBegun({ request, actual, difference }: SetUpProblem): Verified {
    const expected = 'the answer that it should have, before anything is verified'
    return {
      total: this.#work.requests.length,
      right: 0,
      differences: [this.#shown({ request, expected, actual, difference })],
    }
  }

  get #isHopeless(): boolean {
    return this.#unanswered >= MOST_UNANSWERED || this.#wrongMs >= MOST_WRONG_TIMEOUTS * this.#asking.timeoutMs
  }

  async #askChain(chain: readonly number[]): Promise<void> {
    const captured = this.#state.givenValues()
    for (const index of chain) {
      if (this.#isHopeless) return
      await this.#ask(index, captured)
    }
  }

  async #ask(index: number, captured: Map<string, string>): Promise<void> {
    const { compare, tolerance, trust } = this.#work
    const { origin, timeoutMs, signal } = this.#asking
    const filled = this.#state.fill(index, captured)
    if (filled.kind === 'lacking') {
      this.#tellUnasked(index, filled.key)
      return
    }
    const { golden, request } = filled
    const { method, path, headers, body } = request
    const fetched = await fetchOnce(
      { origin, method, path, headers, body, encoding: 'utf8', timeoutMs, abandonAfterMs: null },
      signal,
      trust,
    )
    const captures = this.#state.capturesOf(index)
    const difference =
      compareAnswer(golden, fetched, compare, tolerance) ?? captureDifference(captures, capturedOf(fetched))
    // An answer that is wrong elsewhere still gives its values: what follows is then compared as well.
    if (fetched.status === golden.status)
      for (const [key, value] of valuesFrom(captures, capturedOf(fetched))) captured.set(key, value)
    if (fetched.error !== null) this.#unanswered++
    if (difference === null) this.#right++
    else {
      this.#wrongMs += fetched.durationMs
      const actual = fetched.error ?? shorten(fetched.body)
      this.#tell(index, { request: labelOf(request, index), expected: shorten(golden.body), actual, difference })
    }
  }

  #tellUnasked(index: number, key: string): void {
    const { requests, golden } = this.#work
    this.#tell(index, {
      request: labelOf(requests[index] as RequestLine, index),
      expected: shorten((golden[index] as GoldenLine).body),
      actual: 'nothing',
      difference: `not asked: no answer before it gave a value for {{${key}}}`,
    })
  }

  #tell(index: number, difference: Difference): void {
    this.#found.push({ index, difference: this.#shown(difference) })
  }

  /** Without secrets. */
  #shown(difference: Difference): Difference {
    return hideIn(difference, this.#hide)
  }
}

/** `create: POST /orders (request 0)` */
function labelOf({ name, method, path }: RequestLine, index: number): string {
  return `${name === undefined ? '' : `${name}: `}${method} ${path} (request ${index})`
}
