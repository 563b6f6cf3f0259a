/** What the errors of an engine's calls mean, told once for every caller. dockerode's `reason` misleads: status code and message decide. */
import { BakeoffError } from '@bakeoff/model'
import { aborted } from '../aborted.js'
import { hideInAddresses } from '../redact.js'

/** What tells that the engine itself is gone, and not that it refused. */
const CODES_OF_A_LOST_CONNECTION = new Set([
  'ECONNABORTED',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENOENT',
  'ENOTFOUND',
  'EPIPE',
  'ERR_STREAM_PREMATURE_CLOSE',
  'ETIMEDOUT',
])

/** The engine did not answer at all: it is gone or frozen, or the way to it is. */
export class EngineLost extends BakeoffError {
  /** it took the connection and answered nothing: it may be busy as well, and is not about to be there again */
  readonly isFrozen: boolean

  private constructor(what: string, hint: string, isFrozen: boolean, cause?: unknown) {
    super('ENGINE_LOST', `the container engine stopped answering${what}`, {
      hint: `${hint} What was measured so far is kept: go on with --resume.`,
      cause,
    })
    this.isFrozen = isFrozen
  }

  /** @param what went without an answer: `no answer to GET /info within 30 s` */
  static frozen(what: string): EngineLost {
    return new EngineLost(`: ${what}`, 'It may be frozen: see `npm run doctor`, and restart it.', true)
  }

  /** @param doing what it was asked for: `pulling redis:7` */
  static gone(doing: string, cause: unknown): EngineLost {
    const what = ` while ${doing}: ${sentenceOf(cause)}`
    return new EngineLost(what, 'See whether it still runs with `npm run doctor`.', false, cause)
  }
}

/** The engine answered that it does not do it, or, in the middle of long work, that it failed. */
export class EngineRefusal extends Error {
  override readonly name = 'EngineRefusal'
  /** of the answer; null where the answer had begun well */
  readonly status: number | null

  /** @param sentence the engine's own words */
  constructor(status: number | null, sentence: string, cause?: unknown) {
    super(sentence, cause === undefined ? undefined : { cause })
    this.status = status
  }
}

/**
 * What a call met, as every caller is told it: ABORTED when the caller's own signal ended it, an `EngineLost`, an `EngineRefusal`, or
 * as it is, when it is none of the engine's (the file system's, or a bug).
 *
 * @param doing completes "while …": `pulling redis:7`
 */
export function translated(error: unknown, doing: string, signal?: AbortSignal): unknown {
  if (signal?.aborted) return aborted(`while ${doing}`, error)
  if (error instanceof BakeoffError || error instanceof EngineRefusal) return error
  const { code, statusCode } = (error ?? {}) as { code?: unknown; statusCode?: unknown }
  if (typeof code === 'string' && CODES_OF_A_LOST_CONNECTION.has(code)) return EngineLost.gone(doing, error)
  return typeof statusCode === 'number' ? new EngineRefusal(statusCode, sentenceOf(error), error) : error
}

export function isEngineGone(error: unknown): boolean {
  return error instanceof BakeoffError && error.code === 'ENGINE_LOST'
}

/** The status that the engine refused with; null for any other error. */
export function statusOf(error: unknown): number | null {
  return error instanceof EngineRefusal ? error.status : null
}

/** The engine's own sentence, without dockerode's `(HTTP code 500) server error - ` before it, and without anybody's password. */
export function sentenceOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  return hideInAddresses(message)
    .replace(/^\(HTTP code \d+\)[^-]*- /, '')
    .trim()
}

/** OUT_OF_RESOURCES, when that is what the engine said. Null: its disk has room. */
export function diskFull(what: string, cause: unknown, logTail: readonly string[] = []): BakeoffError | null {
  if (![sentenceOf(cause), ...logTail].some((line) => /no space left on device|disk quota/i.test(line))) return null
  return new BakeoffError('OUT_OF_RESOURCES', `${what}: the disk of the engine is full`, {
    hint: 'Make room: `npm run clean` removes what Bakeoff left, and `docker system df` shows the rest.',
    logTail,
    cause,
  })
}
