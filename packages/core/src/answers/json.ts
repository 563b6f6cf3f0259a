import { snippet } from './snippet.js'

export type Parsed = { readonly ok: true; readonly value: unknown } | { readonly ok: false }

export function parseJson(text: string): Parsed {
  try {
    return { ok: true, value: JSON.parse(text) }
  } catch {
    return { ok: false }
  }
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The place of a value in a document, from the outside in. */
export type Path = readonly (string | number)[]

/** What is held against something else than its golden value, or against nothing. */
export interface Exceptions {
  /** whether nothing at a place is compared, be it there or not */
  ignores(path: Path): boolean
  /** whether a place has a matcher, which is asked in place of the golden value */
  matches(path: Path): boolean
  /** what the matcher of a place says of a value; undefined when the answer has none there */
  difference(path: Path, actual: unknown): string | null
  /** members of this object that have a matcher each, whether an answer has them or not */
  membersAt(path: Path): readonly string[]
  /** how a place is written in differences */
  place(path: Path): string
}

const NO_EXCEPTIONS: Exceptions = {
  ignores: () => false,
  matches: () => false,
  difference: () => null,
  membersAt: () => [],
  place: (path) => `$${path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`)).join('')}`,
}

/**
 * The first difference of two JSON values, in the order of the expected one.
 *
 * @param extra whether the actual value's objects may have members that the expected one lacks. Arrays always have the
 *              same length
 */
export function jsonDifference(
  expected: unknown,
  actual: unknown,
  extra: Rules['extra'],
  exceptions = NO_EXCEPTIONS,
): string | null {
  return differenceAt([], expected, actual, { extra, exceptions })
}

interface Rules {
  readonly extra: 'allowed' | 'forbidden'
  readonly exceptions: Exceptions
}

/** @param path the place of both values */
function differenceAt(path: Path, expected: unknown, actual: unknown, rules: Rules): string | null {
  const { extra, exceptions } = rules
  if (exceptions.ignores(path)) return null
  if (exceptions.matches(path)) return exceptions.difference(path, actual)
  const at = `at ${exceptions.place(path)}`
  if (expected === undefined) return `${at}: expected nothing, got ${snippet(actual)}`
  if (actual === undefined) return `${at}: expected ${snippet(expected)}, got nothing`
  const inside = (key: string | number, a: unknown, b: unknown) => differenceAt([...path, key], a, b, rules)
  if (Array.isArray(expected) && Array.isArray(actual)) {
    const most = Math.max(expected.length, actual.length)
    const least = Math.min(expected.length, actual.length)
    // Elements that are too many or too few count as a difference of the length, unless they are ignored.
    for (let index = least; index < most; index++)
      if (!exceptions.ignores([...path, index]))
        return `${at}: expected ${expected.length} elements, got ${actual.length}`
    return firstOf(expected.slice(0, least), (element, index) => inside(index, element, actual[index]))
  }
  if (isObject(expected) && isObject(actual)) {
    const own = (of: Record<string, unknown>, key: string) => (Object.hasOwn(of, key) ? of[key] : undefined)
    const keys = new Set([
      ...Object.keys(expected),
      ...exceptions.membersAt(path),
      ...(extra === 'allowed' ? [] : Object.keys(actual)),
    ])
    return firstOf([...keys], (key) => inside(key, own(expected, key), own(actual, key)))
  }
  return expected === actual ? null : `${at}: expected ${snippet(expected)}, got ${snippet(actual)}`
}

function firstOf<T>(items: readonly T[], difference: (item: T, index: number) => string | null): string | null {
  for (const [index, item] of items.entries()) {
    const found = difference(item, index)
    if (found !== null) return found
  }
  return null
}
