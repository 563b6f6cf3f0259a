import type { GoldenLine, Matcher } from '@bakeoff/model'
import { parsePointer, pointerText } from '../state/pointer.js'
import { type Exceptions, isObject, type Path } from './json.js'
import { snippet } from './snippet.js'

/** Stands in a pointer for any member and any index. */
const ANY = '*'

/**
 * What a golden answer says of places that are not compared by value; null when it says nothing. Differences have these
 * places as JSON Pointers, which is how they are written.
 */
export function exceptionsOf({ ignore = [], match = {} }: GoldenLine): Exceptions | null {
  const ignored = ignore.map((pointer) => parsePointer(pointer) ?? [])
  const matched = Object.entries(match).map(([pointer, matcher]) => ({ at: parsePointer(pointer) ?? [], matcher }))
  if (ignored.length === 0 && matched.length === 0) return null
  const matcherAt = (path: Path) => matched.find(({ at }) => covers(at, path))?.matcher
  const place = (path: Path) => pointerText(path) || 'the top'
  return {
    ignores: (path) => ignored.some((pattern) => covers(pattern, path)),
    matches: (path) => matcherAt(path) !== undefined,
    difference: (path, actual) => {
      const matcher = matcherAt(path)
      if (matcher === undefined || isMatched(matcher, actual)) return null
      return `at ${place(path)}: expected ${matcherWords(matcher)}, got ${actual === undefined ? 'nothing' : snippet(actual)}`
    },
    membersAt: (path) =>
      matched.flatMap(({ at }) => {
        const next = at[path.length]
        return next !== undefined && next !== ANY && covers(at.slice(0, path.length), path) ? [next] : []
      }),
    place,
  }
}

function covers(pattern: readonly string[], path: Path): boolean {
  return pattern.length === path.length && pattern.every((part, index) => part === ANY || part === String(path[index]))
}

function isMatched(matcher: Matcher, actual: unknown): boolean {
  if (actual === undefined) return false
  if (matcher === 'any') return true
  if ('type' in matcher) return isOfType(matcher.type, actual)
  if ('regex' in matcher) return typeof actual === 'string' && new RegExp(matcher.regex).test(actual)
  const [least, most] = matcher.range
  return typeof actual === 'number' && actual >= least && actual <= most
}

function isOfType(type: Extract<Matcher, { type: unknown }>['type'], actual: unknown): boolean {
  switch (type) {
    case 'integer':
      return Number.isInteger(actual)
    case 'array':
      return Array.isArray(actual)
    case 'object':
      return isObject(actual)
    case 'null':
      return actual === null
    case 'string':
    case 'number':
    case 'boolean':
      return typeof actual === type
  }
}

/** `a text that matches ^[A-Z]+$`, as it stands after "expected". */
function matcherWords(matcher: Matcher): string {
  if (matcher === 'any') return 'any value'
  if ('type' in matcher) return TYPE_WORDS[matcher.type]
  if ('regex' in matcher) return `a text that matches ${matcher.regex}`
  return `a number from ${matcher.range[0]} to ${matcher.range[1]}`
}

const TYPE_WORDS = {
  string: 'a text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  object: 'an object',
  array: 'an array',
  null: 'null',
} as const
