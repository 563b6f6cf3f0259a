import { BakeoffError } from '@bakeoff/model'
import type Docker from 'dockerode'
import { hideInAddresses } from '../redact.js'
import { engineLost, isConnectionLost, progressEvents } from './progress.js'

/** A registry that is not there takes 20 to 40 s to say so. A slow one that sends something is waited for. */
const silenceMs = 25_000

/**
 * Pulls an image; gives up after 25 s without a sign of progress.
 *
 * @param reference `debian:trixie-slim`; without a tag it is `latest`
 * @throws PullFailed with the reason; BakeoffError ABORTED or ENGINE_LOST
 */
export async function pullImage(docker: Docker, reference: string, signal?: AbortSignal): Promise<void> {
  const silence = new AbortController()
  let timer = setTimeout(() => silence.abort(), silenceMs)
  try {
    const abortSignal = signal ? AbortSignal.any([signal, silence.signal]) : silence.signal
    const stream = await docker.createImage({ fromImage: withTag(reference), abortSignal })
    for await (const _event of progressEvents(stream as AsyncIterable<Buffer>)) {
      clearTimeout(timer)
      timer = setTimeout(() => silence.abort(), silenceMs)
    }
  } catch (cause) {
    if (signal?.aborted) throw new BakeoffError('ABORTED', `Stopped while pulling ${reference}`, { cause })
    if (silence.signal.aborted)
      throw new PullFailed(reference, `no answer from its registry within ${silenceMs / 1000} s`)
    if (isConnectionLost(cause)) throw engineLost(`pulling ${reference}`, cause)
    throw new PullFailed(reference, reasonOf(cause))
  } finally {
    clearTimeout(timer)
  }
}

/** The image could not be pulled. Whoever asked knows whether there is another way. */
export class PullFailed extends Error {
  override readonly name = 'PullFailed'
  readonly reason: string
  constructor(reference: string, reason: string) {
    super(`${reference} could not be pulled: ${reason}`)
    this.reason = reason
  }
}

/** Without a tag the engine would pull every tag there is. */
export function withTag(reference: string): string {
  return reference.includes('@') || /:[^/]+$/.test(reference) ? reference : `${reference}:latest`
}

/** The engine's words without dockerode's `(HTTP code 500) server error - `. */
function reasonOf(cause: unknown): string {
  return hideInAddresses(cause instanceof Error ? cause.message : String(cause))
    .replace(/^\(HTTP code \d+\) [^-]* - /, '')
    .trim()
}
