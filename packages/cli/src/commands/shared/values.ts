/** Parsers for the values of options. Each takes the typed text, and the earlier values where the option may be repeated. */
import { parseDurationMs } from '@bakeoff/model'
import { InvalidArgumentError } from 'commander'

/** Names, one or several with commas between them; may be repeated. */
export function names(value: string, before: readonly string[] = []): string[] {
  return [...before, ...value.split(',').map((name) => name.trim())]
}

/** Texts as they were typed; may be repeated. */
export function texts(value: string, before: readonly string[] = []): string[] {
  return [...before, value]
}

/** Requests a second; may be repeated. */
export function rates(value: string, before: readonly number[] = []): number[] {
  const number = Number(value)
  if (!(number > 0)) throw new InvalidArgumentError('Write a number of requests per second, above 0.')
  return [...before, number]
}

export function positiveInteger(value: string): number {
  const number = Number(value)
  if (!Number.isInteger(number) || number < 1) throw new InvalidArgumentError('Write a whole number, 1 or more.')
  return number
}

export function integer(value: string): number {
  const number = Number(value)
  if (!Number.isInteger(number)) throw new InvalidArgumentError('Write a whole number.')
  return number
}

export function milliseconds(value: string): number {
  const ms = parseDurationMs(value)
  if (ms === null || ms <= 0) throw new InvalidArgumentError('Write a duration with its unit, for example 45m or 3h.')
  return ms
}

/** The address of a page on the web. That of a folder ends with a slash, which a browser adds too. */
export function pageAddress(value: string): string {
  const address = URL.canParse(value) ? new URL(value) : null
  if (address === null || !/^https?:$/.test(address.protocol))
    throw new InvalidArgumentError('Write a whole address, for example https://example.org/reports/20261129-190432/')
  if (!/(\/|\.html?)$/.test(address.pathname)) address.pathname += '/'
  return address.href
}

/** Names that were given; null when none was, which means all. */
export function orAll(given: readonly string[] | undefined): readonly string[] | null {
  return given && given.length > 0 ? given : null
}
