/** What tells that the engine itself is gone, and not that it refused. */
import { BakeoffError } from '@bakeoff/model'

const codesOfALostConnection = new Set([
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
export function isEngineGone(error: unknown): boolean {
  if (error instanceof BakeoffError) return error.code === 'ENGINE_LOST'
  const code = (error as { code?: unknown } | null)?.code
  return typeof code === 'string' && codesOfALostConnection.has(code)
}
