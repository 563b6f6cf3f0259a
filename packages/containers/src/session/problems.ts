/** Explains a refused create or start to the user. */
import { BakeoffError, type ErrorCode } from '@bakeoff/model'
import { sentenceOf, statusOf } from '../client/errors.js'

/** Whether the wanted limit on open files is above the engine's own. */
export function isAboveFileLimit(error: unknown): boolean {
  return /rlimit/i.test(sentenceOf(error))
}

/** A failed create or start of `what` as an error for the user. */
export function startProblem(what: string, error: unknown, logTail: readonly string[] = []): BakeoffError {
  if (error instanceof BakeoffError) return error
  const sentence = sentenceOf(error)
  const { code, hint } = KINDS.find(({ sign }) => sign.test(sentence)) ?? otherWith(statusOf(error))
  return new BakeoffError(code, `${what} did not start: ${sentence}`, { hint, logTail, cause: error })
}

const KINDS: readonly { sign: RegExp; code: ErrorCode; hint: string }[] = [
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
    hint: 'The engine does not have enough memory for this cap. End other programs, or lower mem_limit.',
  },
  {
    sign: /non-overlapping|address pools? have been|IPv4 address pool/i,
    code: 'OUT_OF_RESOURCES',
    hint: 'The engine has no address range left for another network: `docker network ls`, then remove what is not used.',
  },
  {
    sign: /no such image/i,
    code: 'ENGINE_FAILED',
    hint: 'The image was removed after it was built. Start again, and it is built again.',
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

/** Whether the request is at fault: a refusal (4xx) is; any other failure is the engine's. */
function otherWith(status: number | null): { readonly code: ErrorCode; readonly hint: string } {
  return {
    code: status !== null && status < 500 ? 'START_FAILED' : 'ENGINE_FAILED',
    hint: 'This is what the engine said. `npm run doctor` shows whether the engine itself is fine.',
  }
}
