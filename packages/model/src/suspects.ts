import type { Verdict } from './results.js'
import { sentenceCase } from './sentence-case.js'

/** Something with a name in a sentence, and the verdict on its figures. */
export interface Named {
  readonly name: string
  readonly verdict: Pick<Verdict, 'causes'> | null
}

/** More names than these are given as a number. */
const MOST_NAMES = 3

/**
 * The suspects among those that a sentence is about, with the causes that the verdict column of a table has:
 * `suspect (go-a: agent-bound; node-b, python-c: noisy-host)`. Null when all of them are valid. A sentence begins with it.
 */
export function suspectWords(all: readonly Named[]): string | null {
  const byCauses = new Map<string, string[]>()
  for (const { name, verdict } of all) {
    const doubts = (verdict?.causes ?? []).filter(({ effect }) => effect === 'doubts').map(({ cause }) => cause)
    const causes = [...new Set(doubts)].join(', ')
    if (causes !== '') byCauses.set(causes, [...(byCauses.get(causes) ?? []), name])
  }
  if (byCauses.size === 0) return null
  const who = (names: readonly string[]) => {
    if (names.length > 1 && names.length === all.length) return names.length === 2 ? 'both' : 'all'
    return names.length > MOST_NAMES ? `${names.length} of them` : names.join(', ')
  }
  return `suspect (${[...byCauses].map(([causes, names]) => `${who(names)}: ${causes}`).join('; ')})`
}

/** A sentence with reservations before it: `Suspect (both: not-steady), provisional (2 repetitions): with 64 connections, …`. */
export function withReservations(reservations: readonly (string | null)[], sentence: string): string {
  const before = reservations.filter((each) => each !== null).join(', ')
  if (before === '') return sentence
  return `${sentenceCase(before)}: ${sentence.charAt(0).toLowerCase()}${sentence.slice(1)}`
}

/** A sentence without the reservations that `withReservations` put before it; as it is where it does not begin with them. */
export function withoutReservations(reservations: readonly (string | null)[], text: string): string {
  const before = withReservations(reservations, '')
  if (before === '' || !text.startsWith(before)) return text
  return sentenceCase(text.slice(before.length))
}
