import { createHash } from 'node:crypto'
import type { ScenarioSpec } from '@bakeoff/model'

/** The members of a scenario that a smaller corpus changes. */
type Work = Pick<ScenarioSpec, 'requests' | 'golden' | 'state' | 'workDigest'>

/**
 * A scenario with at most `most` of its requests and their golden answers, for a smoke run, which verifies and sends only these.
 * Requests differ in cost, mostly by their length, so they are taken evenly from all lengths: the one in the middle of each of
 * `most` spans of the requests by length. They stay in their order. Same input, same requests.
 *
 * @param most null: all
 * @returns the same scenario where it has no more requests, and where requests go together: without one of them the others have no meaning. Fewer requests have another digest, since runs with other requests did other work
 */
export function takeRequests<Scenario extends Work>(scenario: Scenario, most: number | null): Scenario {
  const { requests, golden, state, workDigest } = scenario
  if (most === null || requests.length <= most) return scenario
  if (state && (state.traffic !== null || requests.some(({ capture }) => capture !== undefined))) return scenario
  const taken = evenlyByLength(
    requests.map(({ body }) => body?.length ?? 0),
    most,
  )
  return {
    ...scenario,
    requests: taken.map((index) => requests[index]!),
    golden: taken.map((index) => golden[index]!),
    workDigest: createHash('sha256')
      .update(`${workDigest}\n${taken.join(' ')}`)
      .digest('hex'),
  }
}

/** The places of `count` of these lengths, ascending: the median of each of as many spans of equal size. */
export function evenlyByLength(lengths: readonly number[], count: number): number[] {
  const byLength = lengths.map((_, index) => index).sort((a, b) => lengths[a]! - lengths[b]! || a - b)
  const span = lengths.length / count
  return Array.from({ length: count }, (_, nth) => byLength[Math.floor((nth + 0.5) * span)]!).sort((a, b) => a - b)
}
