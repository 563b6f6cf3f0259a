import { blameOf } from '@bakeoff/core'
import { BakeoffError, type ErrorCode } from '@bakeoff/model'

/** The same error under the code of what surrounds a target, when by its own it would be the target's. */
export function blamedOn(code: ErrorCode, error: unknown, hint: string): unknown {
  if (!(error instanceof BakeoffError) || blameOf(error.code) !== 'target') return error
  return new BakeoffError(code, error.message, { logTail: error.logTail, hint: error.hint ?? hint, cause: error })
}
