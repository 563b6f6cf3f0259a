import { BakeoffError } from '@bakeoff/model'
import type Docker from 'dockerode'
import { hideInAddresses } from '../redact.js'
import { engineLost, isConnectionLost, progressEvents } from './progress.js'
import type { RegistryAuth } from './registry-auth.js'

/** A registry that is not there takes 20 to 40 s to say so. A slow one that sends something is waited for. */
const silenceMs = 25_000

export interface PullOptions {
  /** how long the registry may take until it says anything; default 25 s */
  readonly answerMs?: number
  readonly auth?: RegistryAuth | null
  /** called when the registry has answered that there is such an image */
  readonly onAnswer?: () => void
}

/**
 * Pulls an image; gives up after 25 s without a sign of progress.
 *
 * @param reference `debian:trixie-slim`; without a tag it is `latest`
 * @throws PullFailed with the reason; BakeoffError ABORTED, OUT_OF_RESOURCES or ENGINE_LOST
 */
export async function pullImage(
  docker: Docker,
  reference: string,
  signal?: AbortSignal,
  { answerMs = silenceMs, auth = null, onAnswer = () => undefined }: PullOptions = {},
): Promise<void> {
  const silence = new AbortController()
  let limitMs = answerMs
  let timer = setTimeout(() => silence.abort(), limitMs)
  try {
    const abortSignal = signal ? AbortSignal.any([signal, silence.signal]) : silence.signal
    const options = { fromImage: withTag(reference), abortSignal }
    const stream = await (auth === null ? docker.createImage(options) : docker.createImage(auth, options))
    for await (const _event of progressEvents(stream as AsyncIterable<Buffer>)) {
      clearTimeout(timer)
      limitMs = silenceMs
      timer = setTimeout(() => silence.abort(), limitMs)
      onAnswer()
    }
  } catch (cause) {
    if (signal?.aborted) throw new BakeoffError('ABORTED', `Stopped while pulling ${reference}`, { cause })
    if (silence.signal.aborted)
      throw new PullFailed(reference, `no answer from its registry within ${limitMs / 1000} s`)
    if (isConnectionLost(cause)) throw engineLost(`pulling ${reference}`, cause)
    const reason = reasonOf(cause)
    if (/no space left on device/i.test(reason)) {
      throw new BakeoffError('OUT_OF_RESOURCES', `The disk of the engine is full: ${reference} could not be pulled`, {
        hint: 'Make room, for example with `npm run clean` or `docker system prune`',
        cause,
      })
    }
    throw new PullFailed(reference, reason)
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
export function reasonOf(cause: unknown): string {
  return hideInAddresses(cause instanceof Error ? cause.message : String(cause))
    .replace(/^\(HTTP code \d+\) [^-]* - /, '')
    .trim()
}
