import type { ErrorRecord, Outcome, RunRecord } from '@bakeoff/model'

/** Failures of what surrounds a target: they say nothing about it. */
const SURROUNDINGS: readonly ErrorRecord['code'][] = ['SERVICE_DIED']

/** Whether the repetition failed for a reason that is not the target's, so that another try may succeed. */
export function isOfSurroundings(outcome: Outcome): boolean {
  return outcome.kind === 'failed' && SURROUNDINGS.includes(outcome.error.code)
}

/** Whether a run that goes on measures this repetition again: nothing was found out about its target. */
export function isToRunAgain({ outcome }: Pick<RunRecord, 'outcome'>): boolean {
  return outcome.kind === 'aborted' || isOfSurroundings(outcome)
}
