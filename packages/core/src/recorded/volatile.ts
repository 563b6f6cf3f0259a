import { mediaTypeOf } from '../answers/head.js'
import { isObject, parseJson } from '../answers/json.js'
import { parsePointer, pointerPart } from '../state/pointer.js'

/** A place where two answers to one request differ, as a JSON Pointer in which `*` is any index of a list or any member. */
export interface Difference {
  readonly pointer: string
  readonly first: unknown
  readonly second: unknown
}

/** Every place where two JSON values differ; the pointer of the whole is empty. */
export function differencesOf(first: unknown, second: unknown, pointer = ''): Difference[] {
  if (Array.isArray(first) && Array.isArray(second) && first.length === second.length)
    return distinct(first.flatMap((one, index) => differencesOf(one, second[index], `${pointer}/*`)))
  if (isObject(first) && isObject(second)) {
    const gone = Object.keys(first).filter((key) => !Object.hasOwn(second, key))
    const come = Object.keys(second).filter((key) => !Object.hasOwn(first, key))
    // Names that are made at run time, such as ids: the next answer has others.
    if (gone.length > 0 && come.length > 0) return [{ pointer: `${pointer}/*`, first: gone[0], second: come[0] }]
    return distinct(
      [...Object.keys(first), ...come].flatMap((key) => {
        const at = `${pointer}/${pointerPart(key)}`
        const [a, b] = [valueAt(first, key), valueAt(second, key)]
        return a === undefined || b === undefined ? [{ pointer: at, first: a, second: b }] : differencesOf(a, b, at)
      }),
    )
  }
  return first === second ? [] : [{ pointer, first, second }]
}

function valueAt(of: Readonly<Record<string, unknown>>, key: string): unknown {
  return Object.hasOwn(of, key) ? of[key] : undefined
}

function distinct(found: readonly Difference[]): Difference[] {
  const first = new Map<string, Difference>()
  for (const one of found) if (!first.has(one.pointer)) first.set(one.pointer, one)
  return [...first.values()]
}

/** Whether a value has something at a pointer. */
export function hasPointer(value: unknown, pointer: string): boolean {
  const has = (of: unknown, [part, ...rest]: readonly string[]): boolean => {
    if (part === undefined) return true
    if (Array.isArray(of))
      return part === '*' ? of.some((one) => has(one, rest)) : Object.hasOwn(of, part) && has(of[Number(part)], rest)
    if (!isObject(of)) return false
    if (part === '*') return Object.values(of).some((one) => has(one, rest))
    return Object.hasOwn(of, part) && has(of[part], rest)
  }
  return has(value, parsePointer(pointer) ?? [])
}

/** The JSON value of an answer, in which places can be ignored; null for every other answer. */
export function jsonOf({ contentType, body }: { contentType: string | null; body: string }): { value: unknown } | null {
  if (contentType === null || !/[/+]json$/.test(mediaTypeOf(contentType))) return null
  const parsed = parseJson(body)
  return parsed.ok ? { value: parsed.value } : null
}
