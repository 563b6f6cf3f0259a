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

/**
 * The value that `toColumns` was given. A page does this while it opens, with a million values: so it works with loops, and
 * in place, on what was parsed for it alone.
 */
export function fromColumns(value: Json): Json {
  if (value === null || typeof value !== 'object') return value
  const parts = value as Record<string, Json>
  for (const key in parts) {
    const part = parts[key] as Json
    if (typeof part === 'object' && part !== null) parts[key] = fromColumns(part)
  }
  const columns = isList(value) ? undefined : value[COLUMNS]
  return isRecord(columns) ? recordsOf(columns as Readonly<Record<string, readonly Json[]>>) : value
}

function recordsOf(columns: Readonly<Record<string, readonly Json[]>>): Json[] {
  const keys = Object.keys(columns)
  const length = columns[keys[0] ?? '']?.length ?? 0
  const records: Json[] = []
  for (let index = 0; index < length; index++) {
    const record: Record<string, Json> = {}
    for (const key of keys) record[key] = columns[key]?.[index] ?? null
    records.push(record)
  }
  return records
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
