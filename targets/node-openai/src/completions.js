import OpenAI from 'openai'

/** The upstream failed for good; status and message are what our own client is told. */
export class UpstreamError extends Error {
  constructor(statusCode, message, options) {
    super(message, options)
    this.statusCode = statusCode
  }
}

/** Asks the upstream through OpenAI's client, which retries and decodes; what it leaves to its user is here. */
export class Completions {
  #client
  #model
  #silenceMs

  constructor({ baseURL, apiKey, model, silenceMs }) {
    // The client's timeout ends with the headers. Silence after them is watched for below.
    this.#client = new OpenAI({ baseURL, apiKey, timeout: silenceMs })
    this.#model = model
    this.#silenceMs = silenceMs
  }

  /**
   * Yields the pieces of one completion as they come.
   *
   * @param signal cancels the upstream stream
   * @throws UpstreamError, or the signal's reason
   */
  async *stream(messages, signal) {
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
          if (delta.content) yield delta.content
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

  /** The whole completion at once. */
  async text(messages, signal) {
    let text = ''
    for await (const piece of this.stream(messages, signal)) text += piece
    return text
  }
}

function explain(cause) {
  if (cause instanceof OpenAI.APIConnectionTimeoutError) return new UpstreamError(504, 'upstream timed out', { cause })
  if (cause instanceof OpenAI.APIConnectionError) return new UpstreamError(502, 'upstream connection broke', { cause })
  if (cause instanceof OpenAI.APIError) return new UpstreamError(502, `upstream answered ${cause.status}`, { cause })
  if (cause instanceof SyntaxError) return new UpstreamError(502, 'upstream sent a malformed chunk', { cause })
  // A connection that breaks in mid-stream comes as fetch reports it: a TypeError whose cause is the socket's error.
  if (cause instanceof TypeError && cause.cause) return new UpstreamError(502, 'upstream connection broke', { cause })
  return cause
}
