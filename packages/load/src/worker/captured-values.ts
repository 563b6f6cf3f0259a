import type { Random } from '@bakeoff/core'

/** How many answers a pool remembers; the oldest is forgotten first. */
const NEWEST = 1000
/** How often a pool is asked for an answer that gave all that is wanted: nearly all do. */
const MOST_DRAWS = 8

/** Values of one answer, by the places of their keys. */
export type Captures = readonly (string | undefined)[]

/** What a request needs of captured values, by the places of the keys. */
export interface Wanted {
  /** by pool: keys whose values come from the same answer */
  readonly pools: readonly { readonly pool: number; readonly keys: readonly number[] }[]
  readonly ofConnection: readonly number[]
}

/**
 * Values from earlier answers: the last one of each connection, and pools for all connections. Keys that one answer gives are in one pool, and
 * a request that wants several of them gets those of one answer where one gave all: the customer of this order, not of any.
 */
export class CapturedValues {
  readonly #pools: Pool[]
  readonly #random: Random
  /** values that hold for every connection until it has its own */
  #given: (string | undefined)[] = []
  #last: (string | undefined)[][] = []

  constructor(pools: number, random: Random) {
    this.#pools = Array.from({ length: pools }, () => new Pool())
    this.#random = random
  }

  /** Begins a load: its connections are new, and what is in the pools stays. */
  begin(): void {
    this.#last = []
  }

  /** Adds what came before all loads, and holds for every connection. */
  give(captures: Captures, pool: number): void {
    ;(this.#pools[pool] as Pool).add(captures)
    for (const [key, value] of captures.entries()) if (value !== undefined) this.#given[key] = value
  }

  add(connection: number, captures: Captures, pool: number): void {
    ;(this.#pools[pool] as Pool).add(captures)
    const last = this.#last[connection] ?? []
    this.#last[connection] = last
    for (let key = 0; key < captures.length; key++) if (captures[key] !== undefined) last[key] = captures[key]
  }

  /**
   * Writes the wanted values to their places.
   *
   * @returns the place of a key without a value; -1 when all are there
   */
  take(connection: number, { pools, ofConnection }: Wanted, values: string[]): number {
    for (const key of ofConnection) {
      const value = this.#last[connection]?.[key] ?? this.#given[key]
      if (value === undefined) return key
      values[key] = value
    }
    for (const { pool, keys } of pools) {
      const { all } = this.#pools[pool] as Pool
      const found = this.#draw(all, keys)
      if (found !== null) for (const key of keys) values[key] = found[key] as string
      else {
        const lacking = this.#takeApart(all, keys, values)
        if (lacking >= 0) return lacking
      }
    }
    return -1
  }

  /**
   * Takes each value from an answer of its own, where no answer gave all of them. What came before all loads is not forgotten, however many answers
   * have come into its pool since.
   */
  #takeApart(all: readonly Captures[], keys: readonly number[], values: string[]): number {
    for (const key of keys) {
      const found = this.#draw(all, [key]) ?? all.find((captures) => captures[key] !== undefined)
      const value = found?.[key] ?? this.#given[key]
      if (value === undefined) return key
      values[key] = value
    }
    return -1
  }

  #draw(all: readonly Captures[], keys: readonly number[]): Captures | null {
    for (let tries = 0; tries < MOST_DRAWS && all.length > 0; tries++) {
      const drawn = all[this.#random.int(all.length)] as Captures
      if (keys.every((key) => drawn[key] !== undefined)) return drawn
    }
    return null
  }
}

/** The newest answers; once it is full each new one takes the place of the oldest. */
class Pool {
  readonly all: Captures[] = []
  #next = 0

  add(captures: Captures): void {
    this.all[this.#next] = captures
    this.#next = (this.#next + 1) % NEWEST
  }
}

/**
 * Puts keys into pools: those that one answer gives are in one pool, and so are those of answers that share a key.
 *
 * @param groups keys that are given together
 * @returns the pool of each key, from 0
 */
export function poolsOf(groups: readonly (readonly string[])[]): ReadonlyMap<string, number> {
  const parts: Set<string>[] = []
  for (const group of groups) {
    const touched = parts.filter((part) => group.some((key) => part.has(key)))
    const merged = new Set([...touched.flatMap((part) => [...part]), ...group])
    for (const part of touched) parts.splice(parts.indexOf(part), 1)
    if (merged.size > 0) parts.push(merged)
  }
  return new Map(parts.flatMap((part, pool) => [...part].map((key) => [key, pool] as const)))
}
