import { createHash } from 'node:crypto'
import type { ScenarioSpec } from '@bakeoff/model'

/** What of a scenario a smaller corpus changes. */
type Work = Pick<ScenarioSpec, 'requests' | 'golden' | 'workDigest'>

/**
 * A scenario with at most so many of its requests and their golden answers, for a smoke run: verified and sent are these, and no
 * others. Requests differ in cost, mostly by their length, so they are taken from all lengths alike: the one in the middle of each of
 * `most` spans of the requests by length. They stay in their order. Same input, same requests.
 *
 * @param most null: all
 * @returns the same scenario where it has no more. The digest of fewer is another: runs with other requests did other work
 */
export function takeRequests<Scenario extends Work>(scenario: Scenario, most: number | null): Scenario {
  const { requests, golden, workDigest } = scenario
  if (most === null || requests.length <= most) return scenario
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
