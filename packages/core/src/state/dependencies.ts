/** Which requests must go before which, because a value of one comes from the answer to another. */
import type { GoldenLine, RequestLine, StateSpec } from '@bakeoff/model'
import { keysIn, keysOf } from './template.js'

/** A request as far as its values matter. */
export interface Linked {
  /** captured keys that it or its golden answer needs */
  readonly needs: readonly string[]
  /** keys that its answer gives */
  readonly gives: readonly string[]
}

/** The texts of a golden answer that may have placeholders: its body and its pointers. */
export function goldenTexts({ body, ignore, match }: GoldenLine): string[] {
  return [body, ...(ignore ?? []), ...Object.keys(match ?? {})]
}

/** The keys that a golden answer has placeholders for. */
export function keysOfGolden(golden: GoldenLine): string[] {
  return keysIn(goldenTexts(golden))
}

/** The links of requests and golden answers, line by line. */
export function linksOf(
  { values }: Pick<StateSpec, 'values'>,
  requests: readonly RequestLine[],
  golden: readonly (GoldenLine | undefined)[],
): Linked[] {
  return requests.map((request, index) => {
    const answer = golden[index]
    const keys = new Set([...keysOf(request), ...(answer ? keysOfGolden(answer) : [])])
    return {
      needs: [...keys].filter((key) => values[key]?.kind === 'captured'),
      gives: Object.keys(request.capture ?? {}),
    }
  })
}

/** In which order requests can be sent for the first time. */
export interface Ranks {
  /** by request: 0 needs no other one, 1 needs those of rank 0, …; null: it can never be sent, since it needs itself */
  readonly ranks: readonly (number | null)[]
  /** by captured key: the requests of the lowest rank that give it */
  readonly providers: ReadonlyMap<string, readonly number[]>
}

/** @param given keys that are there before the first request, from `before` */
export function ranksOf(links: readonly Linked[], given: readonly string[] = []): Ranks {
  const known = new Set(given)
  const providers = new Map<string, number[]>()
  const ranks: (number | null)[] = links.map(() => null)
  for (let rank = 0; ; rank++) {
    const ready = links.flatMap(({ needs }, index) =>
      ranks[index] === null && needs.every((key) => known.has(key)) ? [index] : [],
    )
    if (ready.length === 0) return { ranks, providers }
    const found = new Map<string, number[]>()
    for (const index of ready) {
      ranks[index] = rank
      for (const key of (links[index] as Linked).gives)
        if (!providers.has(key)) found.set(key, [...(found.get(key) ?? []), index])
    }
    for (const [key, indices] of found) {
      providers.set(key, indices)
      known.add(key)
    }
  }
}

/**
 * The requests in chains: what depends on one another is in one chain, after what it needs and else in the order of its lines.
 * Chains can be asked side by side. Each request needs the nearest earlier line that gives its value, or else the first one that can.
 *
 * @returns indices, each exactly once; chains by their first lines
 */
export function chainsOf(links: readonly Linked[], given: readonly string[] = []): number[][] {
  const { ranks, providers } = ranksOf(links, given)
  const before = links.map(({ needs }, index) => [
    ...new Set(needs.flatMap((key) => providerFor(key, index, links, ranks) ?? providers.get(key)?.[0] ?? [])),
  ])
  const chainOf = links.map((_, index) => index)
  const rootOf = (index: number): number => {
    let root = index
    while (chainOf[root] !== root) root = chainOf[root] as number
    chainOf[index] = root
    return root
  }
  for (const [index, needed] of before.entries())
    for (const other of needed) {
      const [a, b] = [rootOf(index), rootOf(other)]
      chainOf[Math.max(a, b)] = Math.min(a, b)
    }
  const members = new Map<number, number[]>()
  for (const index of links.keys()) members.set(rootOf(index), [...(members.get(rootOf(index)) ?? []), index])
  return [...members.values()].map((chain) => inOrder(chain, before))
}

/** The nearest earlier line that gives a key and can be sent before this request. */
function providerFor(key: string, index: number, links: readonly Linked[], ranks: Ranks['ranks']): number | null {
  const rank = ranks[index] ?? null
  for (let other = index - 1; other >= 0; other--) {
    const itsRank = ranks[other] ?? null
    if (rank !== null && itsRank !== null && itsRank < rank && (links[other] as Linked).gives.includes(key))
      return other
  }
  return null
}

/** Each after what it needs, else as they stand. */
function inOrder(chain: readonly number[], before: readonly (readonly number[])[]): number[] {
  const ordered = new Set<number>()
  const add = (index: number): void => {
    if (ordered.has(index)) return
    for (const other of before[index] ?? []) add(other)
    ordered.add(index)
  }
  for (const index of chain) add(index)
  return [...ordered]
}
