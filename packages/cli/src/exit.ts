import { BakeoffError, type ErrorCode } from '@bakeoff/model'
import type { Terminal } from './terminal.js'

/**
 * 0 fine, 1 some cell failed or had no right answer, or a bug, 2 configuration, 3 environment, 75 another run holds the
 * engine, 130 interrupted, 141 its output has no reader any more (the code of a program that SIGPIPE ends).
 */
export const exitCodes = {
  fine: 0,
  failed: 1,
  configuration: 2,
  environment: 3,
  held: 75,
  interrupted: 130,
  unread: 141,
} as const

const CODES: Record<ErrorCode, number> = {
  BAD_SPEC: exitCodes.configuration,
  BAD_RESULTS: exitCodes.configuration,
  NO_ENGINE: exitCodes.environment,
  SETUP_FAILED: exitCodes.environment,
  ENGINE_LOST: exitCodes.environment,
  ENGINE_FAILED: exitCodes.environment,
  DOWNLOAD_FAILED: exitCodes.environment,
  OUT_OF_RESOURCES: exitCodes.environment,
  SERVICE_DIED: exitCodes.environment,
  AGENT_FAILED: exitCodes.environment,
  ENGINE_HELD: exitCodes.held,
  ABORTED: exitCodes.interrupted,
  BUILD_FAILED: exitCodes.failed,
  START_FAILED: exitCodes.failed,
  NOT_READY: exitCodes.failed,
  WRONG_ANSWERS: exitCodes.failed,
  TARGET_DIED: exitCodes.failed,
}

export function exitCodeOf(error: unknown): number {
  return error instanceof BakeoffError ? CODES[error.code] : exitCodes.failed
}

/** Prints what happened, the log it left, and what to do next. Only a bug shows a stack. */
export function showError(error: unknown, terminal: Terminal): void {
  const { red, dim, bold } = terminal.colours
  if (!(error instanceof BakeoffError)) {
    terminal.say(red('This is a bug in Bakeoff, not in what you did:'))
    terminal.say(error instanceof Error ? (error.stack ?? error.message) : String(error))
    return
  }
  for (const line of error.logTail) terminal.say(dim(`  | ${line}`))
  terminal.say(red(bold(error.message)))
  if (error.hint) terminal.say(error.hint)
}
