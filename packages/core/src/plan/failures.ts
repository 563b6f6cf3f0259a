import type { ErrorRecord, Outcome, RepetitionRecord } from '@bakeoff/model'

/**
 * Whose failure an error is, which decides how the repetition goes on:
 * - `target`: the target's own. It is a result, and final
 * - `surroundings`: of something that a repetition needs beside the target. It says nothing about the target: the repetition is tried
 *   once more at once, and measured again when the run goes on
 * - `run`: nothing can be measured now. The run ends, and can go on later
 */
export type Blame = 'target' | 'surroundings' | 'run'

const BLAME: Readonly<Record<ErrorRecord['code'], Blame>> = {
  BAD_SPEC: 'target', // within a run only the target's files are read: a missing Dockerfile, a link out of its folder
  BUILD_FAILED: 'target',
  START_FAILED: 'target',
  NOT_READY: 'target',
  WRONG_ANSWERS: 'target',
  TARGET_DIED: 'target',
  AGENT_FAILED: 'surroundings',
  SERVICE_DIED: 'surroundings',
  ENGINE_FAILED: 'surroundings',
  DOWNLOAD_FAILED: 'surroundings',
  SETUP_FAILED: 'surroundings',
  ENGINE_LOST: 'run',
  OUT_OF_RESOURCES: 'run', // all that are left would fail within seconds
  NO_ENGINE: 'run',
  ENGINE_HELD: 'run',
  BAD_RESULTS: 'run',
  ABORTED: 'run',
  BUG: 'run',
}

export function blameOf(code: ErrorRecord['code']): Blame {
  return BLAME[code]
}

/** Whether the repetition failed for a reason outside of the target, so that another try may succeed. */
export function isOfSurroundings(outcome: Outcome): boolean {
  return outcome.kind === 'failed' && blameOf(outcome.error.code) !== 'target'
}

/** Whether a run that goes on measures this repetition again: nothing was found out about its target. */
export function isToRunAgain({ outcome }: Pick<RepetitionRecord, 'outcome'>): boolean {
  return outcome.kind === 'aborted' || isOfSurroundings(outcome)
}
