/** Texts and numbers of a JSON document, with their places. */
import { isObject } from '../answers/json.js'
import { pointerPart } from '../state/pointer.js'

/** How deep a document is looked into. */
const MOST_DEPTH = 32

export interface Scalar {
  readonly pointer: string
  readonly value: string | number
}

export function scalarsIn(value: unknown, pointer = '', depth = 0): Scalar[] {
  if (depth > MOST_DEPTH) return []
  const inside = (key: string | number, one: unknown) => scalarsIn(one, `${pointer}/${pointerPart(key)}`, depth + 1)
  if (Array.isArray(value)) return value.flatMap((one, index) => inside(index, one))
  if (isObject(value)) return Object.entries(value).flatMap(([key, one]) => inside(key, one))
  return typeof value === 'string' || typeof value === 'number' ? [{ pointer, value }] : []
}

/** The name of the member that a pointer leads to, or the number of an element. */
export function nameAt(pointer: string): string {
  return pointer.slice(pointer.lastIndexOf('/') + 1)
}
