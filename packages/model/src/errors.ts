import { z } from 'zod'
import { boundedLog, boundedText, MOST_MESSAGE_CHARACTERS } from './bounded-text.js'

/** The kinds of errors; the command line turns them into exit codes (see `exitCodeOf`). */
export const errorCodes = [
  'BAD_SPEC', // a YAML, NDJSON or command line that cannot be used
  'BAD_RESULTS', // a results folder that cannot be read
  'NO_ENGINE', // no container engine, or none that answers
  'SETUP_FAILED', // setting up the engine or the base image failed
  'ENGINE_LOST', // the engine went away in the middle
  'ENGINE_FAILED', // the engine could not do what it was asked, for a reason of its own
  'ENGINE_HELD', // another run holds this engine
  'BUILD_FAILED', // an image did not build
  'DOWNLOAD_FAILED', // an image did not build because what it downloads could not be reached
  'START_FAILED', // a container did not start
  'NOT_READY', // a container did not answer in time, or ended before it did
  'WRONG_ANSWERS', // verification found an answer that differs
  'TARGET_DIED', // the target ended while it was under load
  'SERVICE_DIED', // a service ended or was paused while a target was measured: the target is not to blame
  'AGENT_FAILED', // the load agent, or the second instrument, broke its protocol or ended
  'OUT_OF_RESOURCES', // disk, memory or cores that the machine does not have
  'ABORTED', // the user asked to stop
] as const
export type ErrorCode = (typeof errorCodes)[number]

/** An error as it is stored in a run file: plain JSON, everything a reader needs to act on it. */
export const errorRecord = z.object({
  code: z.enum([...errorCodes, 'BUG']),
  message: z.string(),
  hint: z.string().nullable(),
  logTail: z.array(z.string()),
})
export type ErrorRecord = z.infer<typeof errorRecord>

/**
 * An error for the user: what happened and to whom (message), and what to do (hint). Anything that is thrown and is
 * not a BakeoffError is a bug in Bakeoff and is shown with its stack. All three may quote a target, so their lengths are
 * bounded here.
 */
export class BakeoffError extends Error {
  override readonly name = 'BakeoffError'
  readonly code: ErrorCode
  readonly hint: string | null
  readonly logTail: readonly string[]

  constructor(
    code: ErrorCode,
    message: string,
    details: { hint?: string; logTail?: readonly string[]; cause?: unknown } = {},
  ) {
    super(
      boundedText(message, MOST_MESSAGE_CHARACTERS),
      details.cause === undefined ? undefined : { cause: details.cause },
    )
    this.code = code
    this.hint = details.hint === undefined ? null : boundedText(details.hint, MOST_MESSAGE_CHARACTERS)
    this.logTail = boundedLog(details.logTail ?? [])
  }
}

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

/** Any thrown value as a record. A value that is not a BakeoffError is a bug and keeps its stack in the log tail. */
export function toErrorRecord(error: unknown): ErrorRecord {
  if (error instanceof BakeoffError) {
    return { code: error.code, message: error.message, hint: error.hint, logTail: [...error.logTail] }
  }
  const known = error instanceof Error ? error : new Error(String(error))
  return {
    code: 'BUG',
    message: boundedText(known.message, MOST_MESSAGE_CHARACTERS),
    hint: null,
    logTail: boundedLog(
      (known.stack ?? '')
        .split('\n')
        .slice(1, 9)
        .map((line) => line.trim()),
    ),
  }
}
