/** Whether an engine answers, and if not, why. */
import { isAborted } from '@bakeoff/model'
import { connect } from '../client/connect.js'
import { USUAL_PATIENCE } from '../client/deadlines.js'
import type { FoundEngine } from '../client/endpoint.js'
import { EngineLost } from '../client/errors.js'

/** The patience with an engine. A frozen daemon accepts the connection, and a call without a deadline would hang for ever. */
const PING_MS = 2000

export interface PingOptions {
  /** how long each of six pings may take; default 2 s */
  readonly pingMs?: number
  readonly signal?: AbortSignal | undefined
}

/** The reason why an engine did not answer a ping. `absent`: no program listens there. */
export type PingFailure =
  | { readonly kind: 'absent' | 'forbidden' }
  | { readonly kind: 'frozen'; readonly afterMs: number }
  /** `code`: of the system or of TLS; null where there is none */
  | { readonly kind: 'other'; readonly message: string; readonly code: string | null }

/** Pings an engine; null when it answered. On a busy machine a ping may take seconds, for the engine or for this process. */
export async function pingFailure(found: FoundEngine, options: PingOptions): Promise<PingFailure | null> {
  for (let sent = 1; ; sent++) {
    const failure = await onePing(found, options)
    if (failure?.kind !== 'frozen' || sent === USUAL_PATIENCE.pings) return failure
  }
}

async function onePing(found: FoundEngine, { signal, pingMs = PING_MS }: PingOptions): Promise<PingFailure | null> {
  try {
    await connect(found).ping({ signal, withinMs: pingMs })
    return null
  } catch (error) {
    if (isAborted(error)) throw error
    if (error instanceof EngineLost && error.isFrozen) return { kind: 'frozen', afterMs: pingMs }
    return failureOf(error)
  }
}

/** Whether an error says that no program listens. A socket file that a killed daemon left behind refuses the connection. */
function failureOf(error: unknown): PingFailure {
  const cause = error instanceof EngineLost ? error.cause : error
  const { code, message } = cause as NodeJS.ErrnoException
  if (code === 'ECONNREFUSED' || code === 'ENOENT') return { kind: 'absent' }
  if (code === 'EACCES' || code === 'EPERM') return { kind: 'forbidden' }
  return { kind: 'other', message: message || String(code ?? error), code: code ?? null }
}
