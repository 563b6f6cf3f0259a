/**
 * JSON by columns: a list of records with the same keys becomes `{"#": {key: [values]}}`. Similar values then stand next
 * to each other, and compress to about half.
 */
type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/** The key that marks a list of records as written by columns; no key of results.json has this name. */
const COLUMNS = '#'

export function toColumns(value: Json): Json {
  if (value === null || typeof value !== 'object') return value
  if (!isList(value)) return mapped(value, toColumns)
  const [first] = value
  if (value.length < 2 || !isRecord(first)) return value.map(toColumns)
  const keys = Object.keys(first)
  const alike = (item: Json | undefined) => isRecord(item) && Object.keys(item).join('\n') === keys.join('\n')
  if (keys.length === 0 || !value.every(alike)) return value.map(toColumns)
  const records = value as readonly Readonly<Record<string, Json>>[]
  return {
    [COLUMNS]: Object.fromEntries(keys.map((key) => [key, toColumns(records.map((record) => record[key] ?? null))])),
  }
}

export function fromColumns(value: Json): Json {
  if (value === null || typeof value !== 'object') return value
  if (isList(value)) return value.map(fromColumns)
  const columns = value[COLUMNS]
  if (!isRecord(columns)) return mapped(value, fromColumns)
  const lists = Object.entries(columns).map(([key, list]) => [key, fromColumns(list) as readonly Json[]] as const)
  const length = lists[0]?.[1].length ?? 0
  return Array.from({ length }, (_, index) =>
    Object.fromEntries(lists.map(([key, list]) => [key, list[index] ?? null])),
  )
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value)
}

function isRecord(value: Json | undefined): value is Readonly<Record<string, Json>> {
  return typeof value === 'object' && value !== null && !isList(value)
}

function mapped(record: Readonly<Record<string, Json>>, change: (value: Json) => Json): Json {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]))
}
