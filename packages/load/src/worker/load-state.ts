import { type Capture, captureFrom, capturesOf, createRandom, keysOf, valueMakers } from '@bakeoff/core'
import type { RequestLine } from '@bakeoff/model'
import { CapturedValues, type Captures, poolsOf, type Wanted } from './captured-values.js'
import { FilledWire } from './filled-wire.js'
import type { KeptAnswer } from './kept-answer.js'
import type { GivenValues, Prepared, PreparedState, Seat } from './prepared-work.js'
import { headerOf } from './raw-headers.js'

/** So many numbers of every counter are the agent's own, for verification; those of loads come after them. */
const NUMBERS_OF_VERIFICATION = 1_000_000
/** How often a request that lacks a value may be replaced by one that gives it; the last one then needs none. */
const MOST_STEPS = 100

/** What one request needs, and what it gives. */
interface Needs {
  /** values that are made anew at every send: their places, and their makers */
  readonly made: readonly { readonly place: number; readonly make: () => string }[]
  readonly wanted: Wanted
  readonly captures: readonly Capture[]
  /** the pool that its captures go to; -1: it has none */
  readonly pool: number
  readonly inGolden: readonly string[]
}

/** A connection with its last answer. */
interface Answered {
  readonly requestIndex: number
  /** of the connection */
  readonly number: number
  /** null: nothing of it was kept */
  readonly captured: KeptAnswer | null
}

/**
 * The state of one load process: it fills values into requests and keeps those of answers. It goes on from load to load, so that no counter gives
 * a number twice, and what was captured in one load can be asked for in the next.
 */
export class LoadState {
  readonly #keys: readonly string[]
  readonly #needs: readonly Needs[]
  readonly #captured: CapturedValues
  readonly #pools: ReadonlyMap<string, number>
  readonly #state: PreparedState
  /** by key: whose turn it is to give it, where it lacks */
  readonly #turns = new Map<string, number>()
  /** values of the request that was filled in last, by the places of their keys */
  readonly #values: string[] = []
  #wires: readonly (FilledWire | null)[] = []

  constructor({ requests, seed }: Prepared, state: PreparedState, given: GivenValues, seat: Seat) {
    this.#state = state
    this.#keys = Object.keys(state.values)
    const own = seed * 31 + seat.index + 1
    const makers = valueMakers(state.values, {
      seed: own,
      secrets: state.secrets,
      numbers: { first: state.countFrom + NUMBERS_OF_VERIFICATION + seat.index, step: seat.of },
    })
    const captured = this.#keys.filter((key) => state.values[key]?.kind === 'captured')
    const groups = [
      ...requests.map(({ request }) => Object.keys(request.capture ?? {})),
      ...given.map((record) => Object.keys(record)),
      ...captured.map((key) => [key]),
    ]
    this.#pools = poolsOf(groups)
    this.#captured = new CapturedValues(new Set(this.#pools.values()).size, createRandom(own * 7907))
    for (const record of given) {
      const [first] = Object.keys(record)
      if (first !== undefined)
        this.#captured.give(
          this.#captures((key) => record[key]),
          this.#pools.get(first) ?? 0,
        )
    }
    this.#needs = requests.map(({ request }, index) => this.#needsOf(request, state.goldenKeys[index] ?? [], makers))
  }

  /** Begins a load, whose connections are new. */
  begin(): void {
    this.#captured.begin()
  }

  /** @param wires the requests with their placeholders, as they would be sent */
  compile(wires: readonly Buffer[], requests: readonly RequestLine[]): void {
    const placeOf = (key: string) => this.#keys.indexOf(key)
    const isPlain = (key: string) => ['counter', 'between'].includes(this.#state.values[key]?.kind ?? '')
    this.#wires = wires.map((wire, index) => {
      const filled = new FilledWire(wire, requests[index] as RequestLine, placeOf, isPlain)
      return filled.hasSlots ? filled : null
    })
  }

  /**
   * Makes or takes the values of a request. Where a captured one is not there yet, a request that gives it is sent in its place, and the
   * request itself when it is its turn again.
   *
   * @returns the request to be sent, whose text `text` gives
   */
  ready(request: number, connection: number): number {
    let index = request
    for (let steps = 0; steps < MOST_STEPS; steps++) {
      const { made, wanted } = this.#needs[index] as Needs
      const lacking = this.#captured.take(connection, wanted, this.#values)
      if (lacking < 0) {
        for (const { place, make } of made) this.#values[place] = make()
        return index
      }
      index = this.#providerOf(this.#keys[lacking] as string)
    }
    throw new Error(`request ${request} needs a value that no request gives`)
  }

  /** The request that `ready` returned last, as a text of bytes; null: it is sent as it stands. */
  text(index: number): string | null {
    return this.#wires[index]?.fill(this.#values) ?? null
  }

  /** What was filled into the request that `ready` returned last, as far as its golden answer has it; null: nothing. */
  valuesInGolden(index: number): Readonly<Record<string, string>> | null {
    const { inGolden } = this.#needs[index] as Needs
    return inGolden.length === 0
      ? null
      : Object.fromEntries(inGolden.map((key) => [key, this.#values[this.#keys.indexOf(key)] ?? '']))
  }

  /** Whether values are taken from the answer to a request. */
  captures(index: number): boolean {
    return (this.#needs[index] as Needs).pool >= 0
  }

  /** Takes the values from a right answer, whose body was kept. */
  capture({ requestIndex, number, captured }: Answered): void {
    if (captured === null || captured.isTooLong) return
    const { captures, pool } = this.#needs[requestIndex] as Needs
    const [piece] = captured.body
    const body = captured.body.length === 1 && piece ? piece.toString() : Buffer.concat(captured.body).toString()
    const answer = { body, header: (name: string) => headerOf(captured.headers ?? [], name) }
    const found: (string | undefined)[] = []
    for (const capture of captures) {
      const value = captureFrom(capture, answer)
      if (value !== null) found[this.#keys.indexOf(capture.key)] = value
    }
    if (found.length > 0) this.#captured.add(number, found, pool)
  }

  #needsOf(request: RequestLine, goldenKeys: readonly string[], makers: ReadonlyMap<string, () => string>): Needs {
    const keys = [...new Set([...keysOf(request), ...goldenKeys])]
    const captured = (from: 'connection' | 'pool') =>
      keys.filter((key) => {
        const value = this.#state.values[key]
        return value?.kind === 'captured' && value.from === from
      })
    const place = (key: string) => this.#keys.indexOf(key)
    const byPool = new Map<number, number[]>()
    for (const key of captured('pool')) {
      const pool = this.#pools.get(key) ?? 0
      byPool.set(pool, [...(byPool.get(pool) ?? []), place(key)])
    }
    const captures = capturesOf(request)
    const [first] = captures
    return {
      made: keys.flatMap((key) => {
        const make = makers.get(key)
        return make === undefined ? [] : [{ place: place(key), make }]
      }),
      wanted: {
        pools: [...byPool].map(([pool, places]) => ({ pool, keys: places })),
        ofConnection: captured('connection').map(place),
      },
      captures,
      pool: first === undefined ? -1 : (this.#pools.get(first.key) ?? 0),
      inGolden: goldenKeys,
    }
  }

  #captures(valueFor: (key: string) => string | undefined): Captures {
    return this.#keys.map(valueFor)
  }

  /** A request that gives a key: several take turns. */
  #providerOf(key: string): number {
    const providers = this.#state.providers[key] ?? []
    const turn = this.#turns.get(key) ?? 0
    this.#turns.set(key, turn + 1)
    const provider = providers[turn % providers.length]
    if (provider === undefined) throw new Error(`no request gives {{${key}}}`)
    return provider
  }
}
