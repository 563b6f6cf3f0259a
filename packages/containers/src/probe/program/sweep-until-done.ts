import { setTimeout as sleep } from 'node:timers/promises'
import type { EngineClient } from '../../client/client.js'
import { removeSession } from '../../session/sweep.js'
import type { ProbeOrder } from '../protocol.js'

/** How long an engine may be away, or refuse. Later, `npm run clean` or the next run removes what is left. */
const TRIED_MS = 15 * 60_000
const PAUSE_MS = 1_000

/**
 * Removes everything of a session but the probe's own container, and goes on trying for minutes.
 *
 * @returns whether nothing is left
 */
export async function sweepUntilDone(
  client: EngineClient,
  { session, self }: Pick<ProbeOrder, 'session' | 'self'>,
  { triedMs = TRIED_MS, pauseMs = PAUSE_MS, quietMs = 3_000 } = {},
): Promise<boolean> {
  for (const deadline = performance.now() + triedMs; performance.now() < deadline; await sleep(pauseMs)) {
    // The last creates of the dead process may still be in progress: wait until nothing new appears.
    const left = await removeSession(client, session, { quietMs, deadlineMs: 60_000, except: self }).catch(() => null)
    if (left?.length === 0) return true
  }
  return false
}
