import {
  type Capture,
  type Captured,
  captureFrom,
  capturesOf,
  chainsOf,
  fillGolden,
  fillRequest,
  keysOf,
  keysOfGolden,
  linksOf,
  valueMakers,
} from '@bakeoff/core'
import type { Fetched, GoldenLine, RequestLine } from '@bakeoff/model'
import type { FetchRequest, Work } from '@bakeoff/runner/ports'

/** Values of keys. */
export type Values = ReadonlyMap<string, string>

/** A request that is filled in, with its golden answer; or the captured value that it lacks. */
export type Filled =
  | { readonly kind: 'filled'; readonly request: RequestLine; readonly golden: GoldenLine }
  | { readonly kind: 'lacking'; readonly key: string }

/**
 * The state of a work as the agent itself asks: outside of loads, one value after the other. Without state in the work
 * requests are as they stand, and each is a chain of its own.
 */
export class AskedState {
  readonly #work: Work
  readonly #makers: ReadonlyMap<string, () => string>
  readonly #captures: readonly (readonly Capture[])[]
  /** what the answers to `before` gave, a record for each answer */
  #given: Record<string, string>[] = []

  constructor(work: Work) {
    const { state, requests, seed } = work
    this.#work = work
    this.#captures = requests.map(capturesOf)
    this.#makers = state
      ? valueMakers(state.values, { seed, secrets: state.secrets, numbers: { first: state.countFrom, step: 1 } })
      : new Map()
  }

  /** values from `before`, which every load may use */
  get given(): readonly Readonly<Record<string, string>>[] {
    return this.#given
  }

  /** The values that are there before any request of the work was answered. */
  givenValues(): Map<string, string> {
    return new Map(this.#given.flatMap((record) => Object.entries(record)))
  }

  forget(): void {
    this.#given = []
  }

  give(values: Values): void {
    if (values.size > 0) this.#given.push(Object.fromEntries(values))
  }

  /** Requests by their places: chains can be asked side by side, and each in its order. */
  chains(): readonly (readonly number[])[] {
    const { state, requests, golden } = this.#work
    if (!state) return requests.map((_, index) => [index])
    return chainsOf(linksOf(state, requests, golden), [...this.givenValues().keys()])
  }

  /** @param captured values from earlier answers */
  fill(index: number, captured: Values): Filled {
    const request = this.#work.requests[index] as RequestLine
    const golden = this.#work.golden[index] as GoldenLine
    if (!this.#work.state) return { kind: 'filled', request, golden }
    const values = this.#valuesFor([...keysOf(request), ...keysOfGolden(golden)], captured)
    if (typeof values === 'string') return { kind: 'lacking', key: values }
    const valueFor = (key: string) => values.get(key) ?? ''
    return { kind: 'filled', request: fillRequest(request, valueFor), golden: fillGolden(golden, valueFor) }
  }

  /** A request outside of the corpus, filled in; or the captured value that it lacks, as a text. */
  fillOther(request: RequestLine, captured: Values): RequestLine | string {
    const values = this.#valuesFor(keysOf(request), captured)
    return typeof values === 'string' ? values : fillRequest(request, (key) => values.get(key) ?? '')
  }

  /** A request of the contract, whose captured values can only come from `before`. A placeholder without a value stays. */
  fillFetch(request: FetchRequest): FetchRequest {
    if (!this.#work.state || request.isFilled !== true) return request
    const { method, path, headers, body, encoding } = request
    const filled = this.fillOther(
      { method, path, headers, body: encoding === 'utf8' ? body : null },
      this.givenValues(),
    )
    if (typeof filled === 'string') return request
    return { ...request, path: filled.path, headers: filled.headers, body: encoding === 'utf8' ? filled.body : body }
  }

  capturesOf(index: number): readonly Capture[] {
    return this.#captures[index] ?? []
  }

  /** The key that lacks, or all values: each is made once, however often it is asked for. */
  #valuesFor(keys: readonly string[], captured: Values): Map<string, string> | string {
    const values = new Map<string, string>()
    for (const key of new Set(keys)) {
      const value = this.#makers.get(key)?.() ?? captured.get(key)
      if (value === undefined) return key
      values.set(key, value)
    }
    return values
  }
}

/** What values are taken from, of an answer to the agent itself. */
export function capturedOf({ body, headers }: Pick<Fetched, 'body' | 'headers'>): Captured {
  return { body, header: (name) => headers[name] }
}

/** The values that an answer gives. */
export function valuesFrom(captures: readonly Capture[], answer: Captured): Map<string, string> {
  return new Map(
    captures.flatMap((capture) => {
      const value = captureFrom(capture, answer)
      return value === null ? [] : [[capture.key, value] as const]
    }),
  )
}
