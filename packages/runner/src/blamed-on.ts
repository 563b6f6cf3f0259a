import { blameOf } from '@bakeoff/core'
import { BakeoffError, type ErrorCode } from '@bakeoff/model'

/** The same error under the code of a target's surroundings, when its own code would blame the target. */
export function blamedOn(code: ErrorCode, error: unknown, hint: string): unknown {
  if (!(error instanceof BakeoffError) || blameOf(error.code) !== 'target') return error
  return new BakeoffError(code, error.message, { logTail: error.logTail, hint: error.hint ?? hint, cause: error })
}
