import type { ErrorRecord, Outcome, RepetitionRecord } from '@bakeoff/model'

/**
 * Whose failure an error is, and so what becomes of the repetition in which it came up:
 * - `target`: its own. It is a result, and final
 * - `surroundings`: of what a repetition needs beside the target. It says nothing about the target: the repetition is tried
 *   once more at once, and measured again when the run goes on
 * - `run`: nothing else can be measured now either. The run ends, and can go on later
 */
export type Blame = 'target' | 'surroundings' | 'run'

const BLAME: Readonly<Record<ErrorRecord['code'], Blame>> = {
  BAD_SPEC: 'target', // within a run only its files are read: a Dockerfile that is not there, a link out of its folder
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

/** Whether the repetition failed for a reason that is not the target's, so that another try may succeed. */
export function isOfSurroundings(outcome: Outcome): boolean {
  return outcome.kind === 'failed' && blameOf(outcome.error.code) !== 'target'
}

/** Whether a run that goes on measures this repetition again: nothing was found out about its target. */
export function isToRunAgain({ outcome }: Pick<RepetitionRecord, 'outcome'>): boolean {
  return outcome.kind === 'aborted' || isOfSurroundings(outcome)
}
