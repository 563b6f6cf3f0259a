/** The meaning of errors of an engine's calls, in one place for every caller. dockerode's `reason` misleads, so status code and message decide. */
import { aborted, BakeoffError } from '@bakeoff/model'
import { hideInAddresses } from '../redact.js'

/** Codes and messages which say that the engine itself is gone, and not that it refused. */
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

/** The engine did not answer at all: it is gone or frozen, or the connection to it is. */
export class EngineLost extends BakeoffError {
  /** the engine took the connection and answered nothing; it may also be busy, and waiting briefly does not help */
  readonly isFrozen: boolean
  /** the name of its machine in hosts.yaml; null: there is one machine */
  readonly host: string | null

  private constructor({ what, hint, isFrozen, host, cause }: Loss) {
    super('ENGINE_LOST', `the container engine${host === null ? '' : ` of ${host}`} stopped answering${what}`, {
      hint: `${hint} What was measured so far is kept: go on with --resume.`,
      cause,
    })
    this.isFrozen = isFrozen
    this.host = host
  }

  /** @param what went without an answer: `no answer to GET /info within 30 s` */
  static frozen(what: string, host: string | null = null): EngineLost {
    const hint = `It may be frozen: see \`${lookAt(host)}\`, and restart it.`
    return new EngineLost({ what: `: ${what}`, hint, isFrozen: true, host })
  }

  /** @param doing what the engine was asked to do: `pulling redis:7` */
  static gone(doing: string, cause: unknown, host = hostOf(cause)): EngineLost {
    const what = ` while ${doing}: ${sentenceOf(cause)}`
    const hint = `Check whether it still runs with \`${lookAt(host)}\`.`
    return new EngineLost({ what, hint, isFrozen: false, host, cause })
  }
}

interface Loss {
  readonly what: string
  readonly hint: string
  readonly isFrozen: boolean
  readonly host: string | null
  readonly cause?: unknown
}

/** The command that shows what is wrong with an engine. */
function lookAt(host: string | null): string {
  return host === null ? 'npm run doctor' : 'npm run hosts -- check'
}

/** The member in which an error of a call carries the machine whose engine was called, until it is translated. */
const HOST = Symbol('host')

/** The error of a call, marked with the machine whose engine was called. */
export function onHost(error: unknown, host: string | undefined): unknown {
  if (host !== undefined && error instanceof Error) Object.assign(error, { [HOST]: host })
  return error
}

function hostOf(error: unknown): string | null {
  return (error as { readonly [HOST]?: string } | null | undefined)?.[HOST] ?? null
}

/** The engine answered that it refuses, or, in the middle of long work, that it failed. */
export class EngineRefusal extends Error {
  override readonly name = 'EngineRefusal'
  /** status of the answer; null where the answer had begun well */
  readonly status: number | null

  /** @param sentence the engine's own words */
  constructor(status: number | null, sentence: string, cause?: unknown) {
    super(sentence, cause === undefined ? undefined : { cause })
    this.status = status
  }
}

/**
 * The error of a call, as every caller gets it: ABORTED when the caller's own signal ended it, an `EngineLost`, an `EngineRefusal`, or
 * the error itself, when it is not the engine's (the file system's, or a bug).
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

/** The engine's own sentence, without dockerode's `(HTTP code 500) server error - ` before it, and without passwords. */
export function sentenceOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  return hideInAddresses(message)
    .replace(/^\(HTTP code \d+\)[^-]*- /, '')
    .trim()
}

/** An OUT_OF_RESOURCES error when the engine said that its disk is full; else null. */
export function diskFull(what: string, cause: unknown, logTail: readonly string[] = []): BakeoffError | null {
  if (![sentenceOf(cause), ...logTail].some((line) => /no space left on device|disk quota/i.test(line))) return null
  return new BakeoffError('OUT_OF_RESOURCES', `${what}: the disk of the engine is full`, {
    hint: 'Make room: `npm run clean` removes what Bakeoff left, and `docker system df` shows the rest.',
    logTail,
    cause,
  })
}
