/** What the value of an option may be. Each takes the text that was typed, and what the option had before when it may be repeated. */
import { InvalidArgumentError } from 'commander'

/** Names, one or several with commas between them; may be repeated. */
export function names(value: string, before: readonly string[] = []): string[] {
  return [...before, ...value.split(',').map((name) => name.trim())]
}

/** Requests a second; may be repeated. */
export function rates(value: string, before: readonly number[] = []): number[] {
  const number = Number(value)
  if (!(number > 0)) throw new InvalidArgumentError('Write requests a second, above 0.')
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

/** Names that were given; null when none was, which means all. */
export function orAll(given: readonly string[] | undefined): readonly string[] | null {
  return given && given.length > 0 ? given : null
}
