import { performance } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { BakeoffError, type Reach } from '@bakeoff/model'
import type { Trust } from '@bakeoff/runner/ports'
import { monotonicMs } from '../clock.js'
import { fetchOnce } from './fetch.js'

const EVERY_MS = 5
const TRY_MS = 500

/**
 * Asks a path every few milliseconds until it answers the status.
 *
 * @returns when that answer was complete, on the agent's clock
 * @throws BakeoffError NOT_READY with the last answer, and the signal's reason
 */
export async function awaitReady(
  {
    origin,
    health,
    timeoutMs,
  }: { readonly origin: string; readonly health: Reach['health']; readonly timeoutMs: number },
  signal: AbortSignal,
  trust?: Trust,
): Promise<{ readyAtMs: number }> {
  const { path } = health
  const until = performance.now() + timeoutMs
  let last = 'not asked'
  while (performance.now() < until) {
    const { status, error } = await fetchOnce(
      {
        origin,
        method: 'GET',
        path,
        headers: {},
        body: null,
        encoding: 'utf8',
        timeoutMs: TRY_MS,
        abandonAfterMs: null,
      },
      signal,
      trust,
    )
    if (status === health.status && error === null) return { readyAtMs: monotonicMs() }
    last = error ?? `status ${status}`
    await sleep(EVERY_MS, undefined, { signal })
  }
  throw new BakeoffError(
    'NOT_READY',
    `${origin}${path} did not answer ${health.status} within ${timeoutMs / 1000} s; last: ${last}`,
    {
      hint: 'It answers so once it can serve. If it needs longer to start, raise readyTimeout in its target.yaml.',
    },
  )
}
