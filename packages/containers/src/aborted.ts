import { BakeoffError } from '@bakeoff/model'

/**
 * The error of work that the caller asked to stop.
 *
 * @param when completes "stopped …": `while pulling redis:7`, `before bakeoff/x was built`
 */
export function aborted(when: string, cause?: unknown): BakeoffError {
  return new BakeoffError('ABORTED', `stopped ${when}`, { cause })
}

export function isAborted(error: unknown): boolean {
  return error instanceof BakeoffError && error.code === 'ABORTED'
}
