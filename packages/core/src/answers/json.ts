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

/**
 * The first difference of two JSON values, in the order of the expected one.
 *
 * @param extra whether the actual value's objects may have members that the expected one lacks. Arrays always have the
 *              same length
 * @param path  the place of both values, `$` for the document
 */
export function jsonDifference(
  expected: unknown,
  actual: unknown,
  extra: 'allowed' | 'forbidden',
  path = '$',
): string | null {
  if (Array.isArray(expected) && Array.isArray(actual)) {
    if (expected.length !== actual.length)
      return `at ${path}: expected ${expected.length} elements, got ${actual.length}`
    return firstOf(expected, (element, index) => jsonDifference(element, actual[index], extra, `${path}[${index}]`))
  }
  if (isObject(expected) && isObject(actual)) {
    const missing = firstOf(Object.entries(expected), ([key, value]) =>
      Object.hasOwn(actual, key)
        ? jsonDifference(value, actual[key], extra, `${path}.${key}`)
        : `at ${path}.${key}: expected ${snippet(value)}, got nothing`,
    )
    if (missing !== null || extra === 'allowed') return missing
    const surplus = Object.keys(actual).find((key) => !Object.hasOwn(expected, key))
    return surplus === undefined ? null : `at ${path}.${surplus}: expected nothing, got ${snippet(actual[surplus])}`
  }
  return expected === actual ? null : `at ${path}: expected ${snippet(expected)}, got ${snippet(actual)}`
}

function firstOf<T>(items: readonly T[], difference: (item: T, index: number) => string | null): string | null {
  for (const [index, item] of items.entries()) {
    const found = difference(item, index)
    if (found !== null) return found
  }
  return null
}
