import OpenAI from 'openai'
import { errors } from 'undici'
import { UpstreamError } from './upstream-error.js'

/** Asks the upstream through OpenAI's client, which retries and decodes; what it leaves to its user is here. */
export class Completions {
  #silenceMs

  /** @param fetch what carries the client's requests; the runtime's own where it is undefined */
  constructor({ baseURL, apiKey, model, silenceMs }, fetch) {
    // The client's timeout ends with the headers. Silence after them is watched for below.
    this.client = new OpenAI({ baseURL, apiKey, timeout: silenceMs, fetch })
    this.model = model
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
      const stream = await this.open(messages, signal)
      watchdog = setTimeout(() => {
        silent = true
        stream.controller.abort()
      }, this.#silenceMs)
      finished = await this.read(stream, watchdog, take)
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

  open(messages, signal) {
    return this.client.chat.completions.create({ model: this.model, messages, stream: true }, { signal })
  }

  /** Reads a stream to its end; says whether it was the completion's. */
  async read(stream, watchdog, take) {
    let finished = false
    for await (const chunk of stream) {
      watchdog.refresh()
      for (const { delta, finish_reason } of chunk.choices) {
        finished ||= finish_reason !== null
        if (!delta.content) continue
        const full = take(delta.content)
        if (full) await full
      }
    }
    return finished
  }
}

/** The same by POST /v1/responses, the API's newer form. */
export class Responses extends Completions {
  open(messages, signal) {
    return this.client.responses.create({ model: this.model, input: messages, stream: true }, { signal })
  }

  async read(stream, watchdog, take) {
    let finished = false
    for await (const event of stream) {
      watchdog.refresh()
      switch (event.type) {
        case 'response.output_text.delta': {
          const full = take(event.delta)
          if (full) await full
          break
        }
        case 'response.completed':
        case 'response.incomplete':
          finished = true
          break
        case 'response.failed':
        case 'error':
          throw new UpstreamError(502, 'upstream reported an error')
      }
    }
    return finished
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
 * undici as an error of its own, as the system's, or as Node's own of HTTP/2.
 */
function isOfConnection(error) {
  return (
    (error instanceof TypeError && error.cause) ||
    error instanceof errors.UndiciError ||
    error.syscall !== undefined ||
    error.code?.startsWith('ERR_HTTP2_')
  )
}
