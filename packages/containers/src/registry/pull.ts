import { aborted, BakeoffError } from '@bakeoff/model'
import { withTag } from '../building/lookup.js'
import type { EngineClient } from '../client/client.js'
import { diskFull, sentenceOf } from '../client/errors.js'
import type { RegistryAuth } from '../client/image-calls.js'

/** How long a pull may show no progress. A registry that does not exist takes 20 to 40 s to fail. A slow one that sends something is waited for. */
const SILENCE_MS = 25_000

export interface PullOptions {
  /** how long the registry may take until its first answer; default 25 s */
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
  client: EngineClient,
  reference: string,
  signal?: AbortSignal,
  { answerMs = SILENCE_MS, auth = null, onAnswer = () => undefined }: PullOptions = {},
): Promise<void> {
  const silence = new AbortController()
  let limitMs = answerMs
  let timer = setTimeout(() => silence.abort(), limitMs)
  try {
    const either = signal ? AbortSignal.any([signal, silence.signal]) : silence.signal
    for await (const _event of client.images.pull(withTag(reference), auth, either)) {
      clearTimeout(timer)
      limitMs = SILENCE_MS
      timer = setTimeout(() => silence.abort(), limitMs)
      onAnswer()
    }
  } catch (cause) {
    if (signal?.aborted) throw aborted(`while pulling ${reference}`, cause)
    if (silence.signal.aborted)
      throw new PullFailed(reference, `no answer from its registry within ${limitMs / 1000} s`)
    if (cause instanceof BakeoffError) throw cause
    throw diskFull(`${reference} could not be pulled`, cause) ?? new PullFailed(reference, sentenceOf(cause))
  } finally {
    clearTimeout(timer)
  }
}

/** The image could not be pulled. The caller knows whether there is another way. */
export class PullFailed extends Error {
  override readonly name = 'PullFailed'
  readonly reason: string
  constructor(reference: string, reason: string) {
    super(`${reference} could not be pulled: ${reason}`)
    this.reason = reason
  }
}
