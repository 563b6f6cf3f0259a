import OpenAI from 'openai'
import { errors } from 'undici'
import { UpstreamError } from './upstream-error.js'

/** Asks the upstream through OpenAI's client, which retries and decodes; what it leaves to its user is here. */
export class Completions {
  #client
  #model
  #silenceMs

  /** @param fetch what carries the client's requests; the runtime's own where it is undefined */
  constructor({ baseURL, apiKey, model, silenceMs }, fetch) {
    // The client's timeout ends with the headers. Silence after them is watched for below.
    this.#client = new OpenAI({ baseURL, apiKey, timeout: silenceMs, fetch })
    this.#model = model
    this.#silenceMs = silenceMs
  }

  /**
   * Gives the pieces of one completion as they come.
   *
   * @param signal cancels the upstream stream
   * @param take   is given each piece; where it returns a promise the next one waits for it
   * @throws UpstreamError, or the signal's reason
   */
  async each(messages, signal, take) {
    let silent = false
    let watchdog
    let finished = false
    try {
      const stream = await this.#client.chat.completions.create({ model: this.#model, messages, stream: true }, { signal })
      watchdog = setTimeout(() => {
        silent = true
        stream.controller.abort()
      }, this.#silenceMs)
      for await (const chunk of stream) {
        watchdog.refresh()
        for (const { delta, finish_reason } of chunk.choices) {
          finished ||= finish_reason !== null
          if (!delta.content) continue
          const full = take(delta.content)
          if (full) await full
        }
      }
    } catch (error) {
      signal.throwIfAborted()
      throw explain(error)
    } finally {
      clearTimeout(watchdog)
    }
    // The client ends an aborted stream, and one that was cut tidily, as if it were complete.
    signal.throwIfAborted()
    if (silent) throw new UpstreamError(504, 'upstream timed out')
    if (!finished) throw new UpstreamError(502, 'upstream ended early')
  }
}

/** The whole completion at once. */
export async function textOf(completions, messages, signal) {
  let text = ''
  await completions.each(messages, signal, (piece) => {
    text += piece
  })
  return text
}

function explain(cause) {
  if (cause instanceof OpenAI.APIConnectionTimeoutError) return new UpstreamError(504, 'upstream timed out', { cause })
  if (cause instanceof OpenAI.APIConnectionError) return new UpstreamError(502, 'upstream connection broke', { cause })
  if (cause instanceof OpenAI.APIError) return new UpstreamError(502, `upstream answered ${cause.status}`, { cause })
  if (cause instanceof SyntaxError) return new UpstreamError(502, 'upstream sent a malformed chunk', { cause })
  if (isOfConnection(cause)) return new UpstreamError(502, 'upstream connection broke', { cause })
  return cause
}

/**
 * Whether an error is a connection's that broke in mid-stream: fetch reports it as a TypeError whose cause is the socket's error,
 * undici as an error of its own or as the system's.
 */
function isOfConnection(error) {
  return (error instanceof TypeError && error.cause) || error instanceof errors.UndiciError || error.syscall !== undefined
}
