/** What the engine's errors mean. dockerode's `reason` misleads: status code and message decide. */
import { BakeoffError, type ErrorCode } from '@bakeoff/model'
import { isEngineGone } from '../engine/lost.js'

export { isEngineGone }

export function statusOf(error: unknown): number | null {
  const status = (error as { statusCode?: unknown } | null)?.statusCode
  return typeof status === 'number' ? status : null
}

/** The engine's own sentence, without dockerode's `(HTTP code 500) server error - ` before it. */
export function sentenceOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  return message.replace(/^\(HTTP code \d+\)[^-]*- /, '').trim()
}

/** The limit on open files that was asked for is above the engine's own. */
export function isAboveFileLimit(error: unknown): boolean {
  return /rlimit/i.test(sentenceOf(error))
}

/** A failed create or start of `what` as an error for the user. */
export function startProblem(what: string, error: unknown, logTail: readonly string[] = []): BakeoffError {
  if (error instanceof BakeoffError) return error
  if (isEngineGone(error)) return engineLost(error)
  const sentence = sentenceOf(error)
  const { code, hint } = kinds.find(({ sign }) => sign.test(sentence)) ?? otherWith(statusOf(error))
  return new BakeoffError(code, `${what} did not start: ${sentence}`, { hint, logTail, cause: error })
}

export function engineLost(cause: unknown): BakeoffError {
  if (cause instanceof BakeoffError && cause.code === 'ENGINE_LOST') return cause
  return new BakeoffError('ENGINE_LOST', `the container engine stopped answering: ${sentenceOf(cause)}`, {
    hint: 'See whether it still runs with `npm run doctor`. What was measured so far is kept: go on with --resume.',
    cause,
  })
}

const kinds: readonly { sign: RegExp; code: ErrorCode; hint: string }[] = [
  {
    sign: /no space left|disk quota/i,
    code: 'OUT_OF_RESOURCES',
    hint: "The engine's disk is full. `npm run clean` removes what Bakeoff left; `docker system df` shows the rest.",
  },
  {
    sign: /requested CPUs are not available/i,
    code: 'OUT_OF_RESOURCES',
    hint: 'The engine has fewer cores than this machine. Compare both with `npm run doctor`.',
  },
  {
    sign: /cannot allocate memory|memory.*(exceed|too large)/i,
    code: 'OUT_OF_RESOURCES',
    hint: 'The engine has not enough memory for this cap. End other programs, or lower mem_limit.',
  },
  {
    sign: /non-overlapping|address pools? have been|IPv4 address pool/i,
    code: 'OUT_OF_RESOURCES',
    hint: 'The engine has no address range left for another network: `docker network ls`, then remove what is not used.',
  },
  {
    sign: /no such image/i,
    code: 'ENGINE_FAILED',
    hint: 'The image was removed after it was built. Start again: it is built anew.',
  },
  {
    sign: /container-init binary not found/i,
    code: 'ENGINE_FAILED',
    hint: 'Podman takes its init process from another package: sudo apt-get install catatonit',
  },
  {
    sign: /executable file not found|no such file or directory|permission denied|exec format error/i,
    code: 'START_FAILED',
    hint: 'Look at the CMD of the Dockerfile: the file must be there, executable, and made for this architecture.',
  },
  {
    sign: /unable to find (user|group)|no matching entries in/i,
    code: 'START_FAILED',
    hint: 'Look at the USER of the Dockerfile: it must be in the /etc/passwd of the image, or a number.',
  },
]

/** A refusal (4xx) is about what was asked; anything else is the engine's own trouble. */
function otherWith(status: number | null): { readonly code: ErrorCode; readonly hint: string } {
  return {
    code: status !== null && status < 500 ? 'START_FAILED' : 'ENGINE_FAILED',
    hint: 'This is what the engine said. `npm run doctor` shows whether the engine itself is fine.',
  }
}
