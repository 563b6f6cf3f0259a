import { z } from 'zod'
import { boundedText } from './bounded-text.js'

/**
 * What a target's runtime believes about itself, the answer of `GET /info`. Lints read it. Every member may be null or
 * absent: a user's own target may know less.
 */
export const targetInfo = z.looseObject({
  language: z.string().nullish(),
  languageVersion: z.string().nullish(),
  architecture: z.string().nullish(),
  server: z.string().nullish(),
  framework: z.string().nullish(),
  versions: z.record(z.string(), z.union([z.string(), z.null()])).nullish(),
  /** processors the runtime believes it has */
  cpus: z.number().nullish(),
  /** serving processes */
  workers: z.number().nullish(),
  /** named thread counts, per process */
  threads: z.record(z.string(), z.union([z.number(), z.null()])).nullish(),
  pools: z.record(z.string(), z.union([z.number(), z.null()])).nullish(),
  developmentServer: z.boolean().nullish(),
  debugBuild: z.boolean().nullish(),
  heapLimitBytes: z.number().nullish(),
  flags: z.record(z.string(), z.unknown()).nullish(),
})
export type TargetInfo = z.infer<typeof targetInfo>

/** A longer answer to `GET /info` is not read. */
export const MOST_INFO_BYTES = 64 * 1024
/** Characters of all names and texts that are kept of it. */
export const MOST_INFO_CHARACTERS = 12 * 1024
const MOST_MEMBERS = 64
const MOST_DEPTH = 4
const MOST_NAME_CHARACTERS = 64
const MOST_VALUE_CHARACTERS = 256

/**
 * The answer of `GET /info` as a record keeps it: names and texts are cut, and members beyond a number, a depth or a
 * sum of characters are left out, unknown ones first. What a target says about itself must not fill a report.
 *
 * @returns `info` null when it is not JSON, or its known members are not what they must be; `isCut` when something is
 *          missing
 */
export function readTargetInfo(body: string): { readonly info: TargetInfo | null; readonly isCut: boolean } {
  let value: unknown
  try {
    value = JSON.parse(body)
  } catch {
    return { info: null, isCut: false }
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return { info: null, isCut: false }
  const given = value as Record<string, unknown>
  const known = Object.keys(targetInfo.shape).filter((name) => Object.hasOwn(given, name))
  const others = Object.keys(given).filter((name) => !known.includes(name))
  const budget: Budget = { characters: MOST_INFO_CHARACTERS, isCut: false }
  const bounded = boundedMembers(
    [...known, ...others].map((name) => [name, given[name]] as const),
    1,
    budget,
  )
  const parsed = targetInfo.safeParse(bounded)
  return { info: parsed.success ? parsed.data : null, isCut: budget.isCut }
}

interface Budget {
  characters: number
  isCut: boolean
}

function boundedValue(value: unknown, depth: number, budget: Budget): unknown {
  if (typeof value === 'string') return spend(value, MOST_VALUE_CHARACTERS, budget)
  if (typeof value !== 'object' || value === null) {
    budget.characters -= String(value).length
    return value
  }
  if (depth >= MOST_DEPTH) {
    budget.isCut = true
    return null
  }
  if (!Array.isArray(value)) return boundedMembers(Object.entries(value), depth + 1, budget)
  const kept = []
  for (const element of value.slice(0, MOST_MEMBERS)) {
    if (budget.characters <= 0) break
    kept.push(boundedValue(element, depth + 1, budget))
  }
  if (kept.length < value.length) budget.isCut = true
  return kept
}

function boundedMembers(
  members: readonly (readonly [string, unknown])[],
  depth: number,
  budget: Budget,
): Record<string, unknown> {
  const kept: [string, unknown][] = []
  for (const [name, value] of members) {
    // `__proto__` is a member in JSON, and sets a prototype in code that copies members one by one.
    if (name === '__proto__' || kept.length >= MOST_MEMBERS || budget.characters <= 0) {
      budget.isCut = true
      continue
    }
    kept.push([spend(name, MOST_NAME_CHARACTERS, budget), boundedValue(value, depth, budget)])
  }
  return Object.fromEntries(kept)
}

function spend(text: string, most: number, budget: Budget): string {
  if (text.length > most) budget.isCut = true
  const bounded = boundedText(text, most)
  budget.characters -= bounded.length + 4 // quotes, colon and comma
  return bounded
}
